import JSONRPC

/// Whether each store is up, and how far its projection is behind. Details are for administrators.
package struct Health: Query {
  package enum State: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case up, down
  }
  package struct Store: Codable, Sendable {
    let name: String
    let state: State
  }
  package struct Details: Codable, Sendable {
    let relayLeader: Bool
    /// Whether this instance has the key that sealed the audit. Without it, it seals nothing.
    let auditKeyFits: Bool?
    let auditUnsealed: Int?
    let auditUnshipped: Int?
    /// Outbox rows that are still to be shipped, and how long the oldest has waited.
    let outboxWaiting: Int?
    let outboxOldestSeconds: Double?
    let queueVersion: Int64
    let queueVersionRedis: Int64?
  }
  package struct Result: Codable, Sendable {
    /// `up` when the front desk can work: PostgreSQL answers.
    let status: State
    let stores: [Store]
    let details: Details?
  }
  package static let name = "system.health"
  package static let summary = "Tells whether the stores are up and how far they are behind."
  package static let roles = Roles.loggedIn

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let stores = clinic.stores.map { Store(name: $0.name, state: $0.isUp ? .up : .down) }
    var details: Details?
    if caller?.role == .admin {
      let today = clinic.calendar.today
      let measured = try? await clinic.loop.limited(to: .seconds(1)) {
        (lag: try await clinic.relay.measure(), keyFits: try await clinic.relay.keyFits())
      }
      let lag = measured?.lag ?? clinic.relay.status
      details = Details(
        relayLeader: lag.isLeader, auditKeyFits: measured?.keyFits, auditUnsealed: lag.unsealed,
        auditUnshipped: lag.unshipped,
        outboxWaiting: lag.waiting, outboxOldestSeconds: lag.oldestSeconds,
        queueVersion: (try? await clinic.feed.day(today).day.version) ?? 0,
        queueVersionRedis: await clinic.liveQueue.version(of: today))
    }
    return Result(status: stores[0].state, stores: stores, details: details)
  }
}
