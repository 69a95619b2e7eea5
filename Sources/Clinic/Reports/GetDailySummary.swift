import JSONRPC
import Mongo
package import Postgres

/// A day in figures: the stored document of a day that is over, today's figures so far.
package struct GetDailySummary: Query {
  package typealias Result = DailySummary
  package static let name = "reports.daily_summary"
  package static let summary = "Gives a day in figures; today's so far without a date."
  package static let roles = Roles.only(.admin)

  package let date: LocalDate?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> DailySummary {
    try await DailySummary.read(date, in: clinic)
  }
}

extension DailySummary {
  /// The summary of a day: the stored document, or what PostgreSQL gives as long as there is no
  /// final one. Without a date, today's so far.
  static func read(_ date: LocalDate?, in clinic: Clinic) async throws -> DailySummary {
    let date = try date.map { try $0.notAfterToday(of: clinic) } ?? clinic.calendar.today
    // Only a final document counts; one made during the day is incomplete.
    if date < clinic.calendar.today, let stored = try await stored(date, in: clinic), stored.final {
      return stored
    }
    return try await clinic.postgres.query(json(of: date), retry: true, isLong: true).row()
  }

  fileprivate static func stored(
    _ date: LocalDate, in clinic: Clinic
  ) async throws -> DailySummary? {
    let documents = try await clinic.report(
      DailySummaries.collection, ["_id": .string(date.description)], ["_id": 1],
      limit: PageLimit(rawValue: 1))
    // A document that somebody changed by hand does not count.
    return try? documents.first?.decode()
  }
}

/// Makes a day's summary anew from PostgreSQL and stores it. Doing it again changes nothing.
package struct RollUp: Command {
  package typealias Result = DailySummary
  package static let name = "reports.roll_up"
  package static let summary =
    "Makes a day's summary anew and stores it; yesterday's without a date."
  package static let roles = Roles.only(.admin)
  package static let time: Duration? = .seconds(60)
  package static let sharesTransaction = false
  package static func lane(of clinic: Clinic) -> CommandLane { clinic.summaries }

  package let date: LocalDate?

  package var subject: Subject? { Subject("daily_summary", date?.description) }
  package func subject(of result: DailySummary) -> Subject? {
    Subject("daily_summary", result.date.description)
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> DailySummary {
    let date =
      try date.map { try $0.notAfterToday(of: clinic) } ?? clinic.calendar.today.adding(days: -1)
    // The work is done on other connections; this one holds the key of the call meanwhile.
    let limit = clinic.settings.limit(of: Self.time) + .seconds(5)
    _ = try await transaction.query(
      """
      SELECT set_config('idle_in_transaction_session_timeout', \
      \("\(limit.components.seconds)s"), true)
      """)
    do {
      try await DailySummaries.store([date], from: clinic.postgres, to: clinic.mongo)
    } catch is MongoError {
      throw ClinicError(.storeUnavailable).with("store", "mongodb")
    }
    guard let stored = try await DailySummary.stored(date, in: clinic) else {
      throw ClinicError(.busy)
    }
    return stored
  }
}

extension LocalDate {
  /// Nothing can have happened on a day to come.
  fileprivate func notAfterToday(of clinic: Clinic) throws(ParamsError) -> LocalDate {
    guard self <= clinic.calendar.today else {
      throw ParamsError(reason: .outOfRange, field: "date", message: "today or before")
    }
    return self
  }
}
