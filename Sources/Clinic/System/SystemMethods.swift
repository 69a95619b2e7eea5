package import JSONRPC
import Mongo
import Postgres
import Redis

/// The methods of this department. `rpc.discover` is made from the whole table.
func systemMethods() throws -> [MethodEntry] {
  [
    try .query(Ping.self),
    try .query(Version.self),
    try .query(Health.self),
    try .query(Stats.self),
    try .query(Rebuild.self),
    try .query(Reconcile.self),
    try .query(Discover.self),
    try .ofServer(CancelCall.self),
  ]
}

/// Tells that the daemon answers.
package struct Ping: Query {
  package struct Result: Codable, Sendable {
    let pong: Bool
  }
  package static let name = "system.ping"
  package static let summary = "Tells that the daemon answers."
  package static let roles = Roles.withoutLogin

  static let reply = Array(#"{"pong":true}"#.utf8)

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    Result(pong: true)
  }
}

/// Names the daemon and the clinic, so that a program knows what it talks to.
package struct Version: Query {
  package struct Result: Codable, Sendable {
    let name: String
    let version: String
    /// The clinic's name, and the IANA name of the zone that decides its day and its clocks.
    let clinic: String
    let timeZone: String
  }
  package static let name = "system.version"
  package static let summary = "Names the daemon, its version, the clinic and its time zone."
  package static let roles = Roles.withoutLogin

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    Result(
      name: "clinicd", version: Settings.version, clinic: clinic.settings.letterhead.name,
      timeZone: clinic.settings.timeZone)
  }
}

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

/// Makes a projection anew from PostgreSQL.
package struct Rebuild: Query {
  package enum Target: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case redis, mongo
  }
  package struct Result: Codable, Sendable {
    let store: Target
    /// Days of the queue, or entries that will be copied again in the background.
    let items: Int
  }
  package static let name = "system.rebuild"
  package static let summary = "Makes what Redis or MongoDB holds anew from PostgreSQL."
  package static let roles = Roles.only(.admin)
  package static let time: Duration? = .seconds(600)
  package static let isAudited = true

  package let store: Target

  package var isAuditedFirst: Bool { true }
  package var subject: Subject? { Subject("projection", store.rawValue) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    switch store {
    case .redis:
      let rows = try await clinic.postgres.query(
        "SELECT date FROM queue_days WHERE date >= current_date - 2 ORDER BY date")
      for row in rows {
        var cells = row.cells
        let day = try await QueueDay.read(
          try cells.next(), rules: clinic.settings.queue, from: clinic.postgres)
        guard await clinic.liveQueue.rebuild(day, forced: true) else {
          throw ClinicError(.storeUnavailable).with("store", "redis")
        }
      }
      return Result(store: store, items: rows.count)
    case .mongo:
      do {
        try await MongoCollections.drop(from: clinic.mongo)
        try await MongoCollections.createIndexes(in: clinic.mongo)
      } catch {
        throw ClinicError(.storeUnavailable).with("store", "mongodb")
      }
      return Result(
        store: store,
        items: try await clinic.postgres.query(MongoCollections.again, isLong: true).single())
    }
  }
}

/// Describes the methods that the caller may use.
package struct Discover: Query {
  package typealias Result = JSONValue
  package static let name = "rpc.discover"
  package static let summary = "Describes the methods that the caller may use (OpenRPC)."
  package static let roles = Roles.withoutLogin

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> JSONValue {
    if let known = clinic.documents.value[caller?.role] { return known }
    let methods = try MethodTable.all().entries.filter { $0.roles.allow(caller?.role) }
    let document = try JSONDocument(
      parsing: Self.document(of: methods, version: Settings.version)
    ).root
    clinic.documents.value[caller?.role] = document
    return document
  }

  /// The OpenRPC document of some methods.
  package static func document(of methods: [MethodEntry], version: String) -> [UInt8] {
    let canSubscribe = methods.contains { $0.name == SubscribeQueue.name }
    return OpenRPCDocument(
      title: "clinicd", version: version,
      description: "The daemon that runs a clinic. See docs/protocol.md for the wire.",
      methods: methods.map(\.description),
      notifications: canSubscribe ? [queueChanged] : []
    ).json()
  }

  private static let queueChanged = NotificationDescription(
    name: "queue.changed",
    summary: "One version of a queue that this connection follows, or a snapshot of it.",
    params: .object([
      JSONSchema.Property(name: "subscription", schema: .string(), isRequired: true),
      JSONSchema.Property(
        name: "result",
        schema: .object([
          JSONSchema.Property(
            name: "kind", schema: .enumeration(["change", "snapshot", "closed", "shutdown"]),
            isRequired: true),
          JSONSchema.Property(name: "version", schema: .integer(minimum: 0), isRequired: false),
        ]), isRequired: true),
    ]))
}
