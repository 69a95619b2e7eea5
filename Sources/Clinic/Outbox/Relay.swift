import Logging
import Mongo
import Postgres
import Synchronization

/// Brings what PostgreSQL holds to its projections, in order: seals audit entries into the chain,
/// ships them and what the outbox names to MongoDB, closes days that are over and has them summed
/// up, prunes what is kept only for some days.
///
/// One instance does it at a time: the one whose session holds the advisory lock. The server ends
/// the session of a frozen leader, and with it the sealing, which runs on that session. What runs
/// on other sessions may be done twice without harm: copies are written under their own ids, and
/// days are closed under their lock.
package final class Relay: Sendable {
  /// How many looks, a second apart, must find MongoDB emptied before everything is shipped again.
  private static let looksBeforeRefill = 10

  /// "clinicd" as a number, so that no other program's lock is meant.
  private static let lock: Int64 = 0x63_6c69_6e69_6364

  let postgres: PostgresClient
  private let mongo: MongoClient
  private let load: CallLoad
  let chain: AuditChain
  private let shipment: AuditShipment
  private let outbox: OutboxShipment
  private let pastDays: PastDays
  private let log: Logger
  private let anchorFile: AnchorFile
  let lag = LockedValue(Lag())

  init(
    postgres: PostgresClient, mongo: MongoClient, queue: QueueLane, load: CallLoad,
    settings: Settings, log: Logger, anchorFile: AnchorFile
  ) {
    self.anchorFile = anchorFile
    self.postgres = postgres
    self.mongo = mongo
    self.load = load
    self.log = log
    chain = AuditChain(key: settings.auditKey)
    shipment = AuditShipment(mongo: mongo)
    outbox = OutboxShipment(mongo: mongo, log: log)
    pastDays = PastDays(
      postgres: postgres, queue: queue, scheduling: settings.scheduling, log: log,
      attempts: Attempts(mongo: mongo, log: log))
  }

  package var status: Lag { lag.value }

  func run() async {
    var notices = OutageNotices()
    while !Task.isCancelled {
      do {
        try await postgres.withConnection { connection in
          // A frozen leader goes no longer than this.
          _ = try await connection.query("SET idle_session_timeout = '5s'")
          try await waitForLeadership(connection)
          lag.value.isLeader = true
          try await lead(connection)
        }
      } catch {
        lag.value = Lag()
        if !Task.isCancelled {
          log.log(
            level: notices.isNews("\(error)") ? .warning : .debug,
            "the outbox waits for PostgreSQL",
            metadata: ["error": "\(error)"])
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
      group.addTask { try await self.pastDays.run() }
      group.addTask { try await self.keepFilled() }
      group.addTask {
        try await self.ship(atOnce: AuditShipment.depth) { try await self.shipment.ship(from: $0) }
      }
      group.addTask {
        try await self.ship(atOnce: OutboxShipment.depth) { try await self.outbox.ship(from: $0) }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func seal(_ connection: Connection) async throws {
    if try await chain.adoptCluster(on: connection) {
      log.notice("the database comes from another cluster: its audit is taken up here")
    }
    var pruning = Periodic(.seconds(600))
    var measuring = Periodic(.seconds(5))
    var anchoring = Periodic(.seconds(60))
    var pace = RelayPace(load: load)
    var lookingAtKey = Periodic(.seconds(5))
    var notices = OutageNotices()
    var hasBegun = false
    var maySeal = false
    while !Task.isCancelled {
      if !maySeal, lookingAtKey.isDue() { maySeal = try await keyFits(connection, &notices) }
      let sealed = maySeal ? try await sealSome(connection, &notices) : 0
      if sealed == nil { maySeal = false }
      let (measures, anchors) = (measuring.isDue(), anchoring.isDue())
      // A connection that says nothing is given up, though nobody has closed it.
      try await postgres.loop.limited(to: .seconds(60), outlivesCaller: false) {
        if measures { try await self.measure(connection) }
        if anchors { try await self.anchor(connection) }
      }
      if !hasBegun { log.info("this instance carries the outbox now") }
      hasBegun = true
      // As long as it takes: given up, it would begin again.
      if pruning.isDue() { try await prune(connection) }
      try await pace.rest(isBehind: sealed == AuditChain.depth)
    }
  }

  /// - Returns: how many entries were sealed; `nil` when PostgreSQL refuses it, because somebody has
  ///   changed the chain by hand. The other work of the relay goes on.
  private func sealSome(
    _ connection: Connection, _ notices: inout OutageNotices
  ) async throws -> Int? {
    do {
      return try await postgres.loop.limited(to: .seconds(60), outlivesCaller: false) {
        try await self.chain.seal(on: connection)
      }
    } catch let error as PostgresError
      where error.isOfStatement && ClinicError(error)?.reason != .storeUnavailable
    {
      if notices.isNews("\(error)") {
        log.error("the audit cannot be sealed", metadata: ["error": "\(error)"])
      }
      return nil
    }
  }

  /// Whether the chain goes on under this instance's key. A link of another key could not be told
  /// from a forged one, so without the right key entries wait.
  private func keyFits(
    _ connection: Connection, _ notices: inout OutageNotices
  ) async throws -> Bool {
    let fits = try await postgres.loop.limited(to: .seconds(60), outlivesCaller: false) {
      try self.chain.fits(await connection.query(AuditChain.samples))
    }
    lag.update { $0.hasWrongKey = !fits }
    if !fits, notices.isNews("key") {
      log.error(
        """
        the audit was sealed under another CLINIC_AUDIT_KEY: its entries wait, unsealed; \
        put that key back and restart clinicd
        """)
    }
    return fits
  }

  /// Ships by itself, so that MongoDB being away or frozen delays nothing else; when MongoDB
  /// returns, nobody has to do anything.
  ///
  /// - Parameters:
  ///   - depth: a step that shipped this many has left more to ship.
  ///   - step: ships some, and gives how many.
  private func ship(
    atOnce depth: Int, _ step: (PostgresClient) async throws -> Int
  ) async throws {
    var pace = RelayPace(load: load)
    var attempts = Attempts(mongo: mongo, log: log)
    while !Task.isCancelled {
      var shipped = 0
      if mongo.isUp {
        await attempts.run("MongoDB does not get its copies") {
          shipped = try await step(postgres)
        }
      }
      try await pace.rest(isBehind: shipped >= depth)
    }
  }

  /// Makes the indexes once MongoDB is there, and fills it again when it was emptied.
  private func keepFilled() async throws {
    var attempts = Attempts(mongo: mongo, log: log)
    var hasIndexes = false
    var looksThatMissed = 0
    while !Task.isCancelled {
      if mongo.isUp, !hasIndexes {
        await attempts.run("MongoDB's indexes cannot be made") {
          try await MongoCollections.createIndexes(in: mongo)
          hasIndexes = true
        }
      }
      if mongo.isUp {
        await attempts.run("MongoDB cannot be looked at") {
          // A rebuild or a repair takes things away for a moment.
          let areEmptied = try await MongoCollections.areEmptied(in: mongo, of: postgres)
          looksThatMissed = areEmptied ? looksThatMissed + 1 : 0
          if looksThatMissed == Self.looksBeforeRefill {
            // If this fails, after as many looks again.
            looksThatMissed = 0
            try await MongoCollections.createIndexes(in: mongo)
            _ = try await postgres.query(MongoCollections.refillOutbox, isLong: true)
            log.notice("MongoDB was emptied: everything is carried there again")
          }
        }
      }
      try await Task.sleep(for: .seconds(1))
    }
  }

  /// Records the head of the chain outside of the database, so that a cut tail is noticed (rule
  /// 48). If the chain does not hold the head recorded before, nothing new is recorded: the anchor
  /// is the proof.
  private func anchor(_ connection: Connection) async throws {
    let before = await anchorFile.read().flatMap(AuditAnchor.init)
    let rows = try await connection.query(
      """
      SELECT h.position, h.link, (SELECT link FROM audit_chain WHERE position = \(before?.position)) \
      FROM audit_chain h ORDER BY h.position DESC LIMIT 1
      """)
    guard let row = rows.first else { return }
    var cells = row.cells
    let head = AuditAnchor(position: try cells.next(), link: try cells.next())
    let kept: [UInt8]? = try cells.next()
    if let before, before.link != kept {
      log.error(
        """
        the audit chain is not the one that was anchored: see clinicctl audit verify; \
        if PostgreSQL lost its last changes, clinicctl rebuild mongo
        """,
        metadata: ["audit.position": "\(before.position)"])
      return
    }
    log.info(
      "audit anchor",
      metadata: ["audit.position": "\(head.position)", "audit.link": "\(head.hexadecimal)"])
    await anchorFile.write(head.description + "\n")
  }

  private func prune(_ connection: Connection) async throws {
    _ = try await connection.query(
      "DELETE FROM queue_events WHERE date < current_date - 2")
    _ = try await connection.query(
      "DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'")
    _ = try await connection.query(
      "DELETE FROM refresh_tokens WHERE expires_at < now() - interval '7 days'")
    _ = try await connection.query(
      """
      DELETE FROM logins l WHERE created_at < now() - interval '7 days' \
      AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.login_id = l.id)
      """)
    _ = try await connection.query("DELETE FROM visitors WHERE expires_at < now()")
  }
}
