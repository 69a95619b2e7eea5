import JSONRPC
import Mongo
import Postgres

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

  static func stored(
    _ date: LocalDate, in clinic: Clinic
  ) async throws -> DailySummary? {
    let documents = try await clinic.report(
      DailySummaryTopic.collection, ["_id": .string(date.description)], ["_id": 1],
      limit: PageLimit(rawValue: 1))
    // A document that somebody changed by hand does not count.
    return try? documents.first?.decode()
  }
}

extension LocalDate {
  /// Nothing can have happened on a day to come.
  func notAfterToday(of clinic: Clinic) throws(ParamsError) -> LocalDate {
    guard self <= clinic.calendar.today else {
      throw ParamsError(reason: .outOfRange, field: "date", message: "today or before")
    }
    return self
  }
}
