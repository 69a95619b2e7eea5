import JSONRPC
import Mongo
package import Postgres

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
      try await DailySummaryTopic.store([date], from: clinic.postgres, to: clinic.mongo)
    } catch let error as MongoError {
      throw ClinicError(error)
    }
    guard let stored = try await DailySummary.stored(date, in: clinic) else {
      throw ClinicError(.busy)
    }
    return stored
  }
}
