import Logging
import Mongo
import Postgres
import Synchronization

/// Carries what PostgreSQL holds to where it is projected, in order: seals audit entries into the
/// chain, copies them to MongoDB, closes days that are over, prunes what is kept for some days.
///
/// One instance does it at a time: the one whose session holds the advisory lock. A frozen leader's
/// session is ended by the server, and its work with it, since all of it runs on that session.
package final class Relay: Sendable {
  /// How far the projections are behind.
  package struct Lag: Sendable, Equatable {
    package var isLeader = false
    /// Entries that are not in the chain yet, as of the last look; `nil` before one.
    package var unsealed: Int?
    /// Sealed entries that MongoDB does not have yet.
    package var unshipped: Int?
  }

  /// "clinicd" as a number, so that no other program's lock is meant.
  private static let lock: Int64 = 0x63_6c69_6e69_6364

  private let postgres: PostgresClient
  private let mongo: MongoClient
  private let queue: QueueLane
  private let scheduling: SchedulingRules
  private let chain: AuditChain
  private let shipment: AuditShipment
  private let log: Logger
  private let keepAnchor: @Sendable (String) -> Void
  private let lag = Shared(Lag())

  init(
    postgres: PostgresClient, mongo: MongoClient, queue: QueueLane, settings: Settings, log: Logger,
    keepAnchor: @escaping @Sendable (String) -> Void
  ) {
    self.keepAnchor = keepAnchor
    self.postgres = postgres
    self.mongo = mongo
    self.queue = queue
    scheduling = settings.scheduling
    self.log = log
    chain = AuditChain(key: settings.auditKey)
    shipment = AuditShipment(mongo: mongo)
  }

  package var status: Lag { lag.value }

  func run() async {
    while !Task.isCancelled {
      do {
        try await postgres.withConnection { connection in
          // A frozen leader goes no longer than this.
          _ = try await connection.query("SET idle_session_timeout = '5s'")
          try await waitForLeadership(connection)
          log.info("this instance carries the outbox now")
          lag.value.isLeader = true
          try await lead(connection)
        }
      } catch {
        lag.value = Lag()
        if !Task.isCancelled {
          log.warning("the outbox waits for PostgreSQL", metadata: ["error": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(500))
      }
    }
  }

  private func waitForLeadership(_ connection: Connection) async throws {
    while true {
      let rows = try await connection.query("SELECT pg_try_advisory_lock(\(Self.lock))")
      if try rows.single() as Bool { return }
      try await Task.sleep(for: .seconds(1))
    }
  }

  private func lead(_ connection: Connection) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.seal(connection) }
      group.addTask { try await self.ship() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func seal(_ connection: Connection) async throws {
    if try await chain.adoptCluster(on: connection) {
      log.notice("the database comes from another cluster: its audit is taken up here")
    }
    var round = 0
    while !Task.isCancelled {
      let sealed = try await chain.seal(on: connection)
      if round % 20 == 0 {
        try await closeDays(connection)
        try await measure(connection)
      }
      if round % 240 == 0 { try await anchor(connection) }
      if round % 2400 == 0 { try await prune(connection) }
      round += 1
      // While there is a lot to seal, go on at once.
      if sealed < AuditChain.depth { try await Task.sleep(for: .milliseconds(250)) }
    }
  }

  /// On its own, so that MongoDB being away or frozen delays nothing else; its return needs no hand.
  private func ship() async throws {
    while !Task.isCancelled {
      var shipped = 0
      if mongo.state == .up {
        do {
          shipped = try await shipment.ship(from: postgres)
        } catch {
          log.debug("the audit waits for a store", metadata: ["error": "\(error)"])
        }
      }
      if shipped < AuditShipment.depth { try await Task.sleep(for: .milliseconds(250)) }
    }
  }

  /// Tells the head of the chain outside of the database, so that a cut tail shows (rule 48).
  private func anchor(_ connection: Connection) async throws {
    let rows = try await connection.query(
      "SELECT position, encode(link, 'hex') FROM audit_chain ORDER BY position DESC LIMIT 1")
    guard let row = rows.first else { return }
    var cells = row.cells
    let position: Int64 = try cells.next()
    let link: String = try cells.next()
    log.info(
      "audit anchor", metadata: ["audit.position": "\(position)", "audit.link": "\(link)"])
    keepAnchor("\(position) \(link)\n")
  }

  /// The daemon itself closes the days that are over (rule 16), and notes who did not come.
  private func closeDays(_ connection: Connection) async throws {
    let rows = try await connection.query(
      "SELECT date FROM queue_days WHERE closed_at IS NULL AND date < current_date ORDER BY date")
    for row in rows {
      var cells = row.cells
      let date: LocalDate = try cells.next()
      if await queue.close(date) {
        log.info("a day of the queue was closed", metadata: ["queue.date": "\(date)"])
      }
    }
    _ = try await connection.query(MissedAppointments.mark(under: scheduling))
  }

  private func measure(_ connection: Connection) async throws {
    let rows = try await connection.query(
      """
      SELECT (SELECT count(*) FROM audit_entries e, projections p WHERE p.name = 'audit_chain' \
      AND (e.xid, e.id) > (p.xid, p.entry_id)), \
      coalesce((SELECT max(position) FROM audit_chain), 0) \
      - (SELECT position FROM projections WHERE name = 'audit_logs')
      """)
    guard let row = rows.first else { return }
    var cells = row.cells
    let unsealed: Int = try cells.next()
    let unshipped: Int = try cells.next()
    lag.value = Lag(isLeader: true, unsealed: unsealed, unshipped: unshipped)
  }

  private func prune(_ connection: Connection) async throws {
    _ = try await connection.query(
      "DELETE FROM queue_events WHERE date < current_date - 2")
    _ = try await connection.query(
      "DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'")
    _ = try await connection.query(
      "DELETE FROM refresh_tokens WHERE expires_at < now() - interval '7 days'")
  }
}
