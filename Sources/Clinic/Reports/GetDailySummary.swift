import JSONRPC

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
