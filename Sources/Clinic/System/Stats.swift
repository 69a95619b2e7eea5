import JSONRPC

/// Counters of this instance.
package struct Stats: Query {
  package struct Result: Codable, Sendable {
    let subscriptions: Int
    let published: Int
    let delivered: Int
    let overflows: Int
    let today: LocalDate
  }
  package static let name = "system.stats"
  package static let summary = "Gives counters of this instance since its start."
  package static let roles = Roles.loggedIn

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let hub = clinic.hub.statistics
    return Result(
      subscriptions: hub.subscriptions, published: hub.published, delivered: hub.delivered,
      overflows: hub.overflows, today: clinic.calendar.today)
  }
}
