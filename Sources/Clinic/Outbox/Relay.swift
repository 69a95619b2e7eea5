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
  /// How far the projections are behind.
  package struct Lag: Sendable, Equatable {
    package var isLeader = false
    /// Whether the chain was sealed under another key than this instance's, so that sealing waits.
    package var hasWrongKey = false
    /// Entries that were not in the chain at the last look; `nil` before the first look.
    package var unsealed: Int?
    /// Sealed entries that MongoDB does not have yet.
    package var unshipped: Int?
    /// Outbox rows that are still to be shipped, and how long the oldest has waited.
    package var waiting: Int?
    package var oldestSeconds: Double?
  }

  /// How many looks, a second apart, must find MongoDB emptied before everything is shipped again.
  private static let looksBeforeRefill = 10

  /// "clinicd" as a number, so that no other program's lock is meant.
  private static let lock: Int64 = 0x63_6c69_6e69_6364

  private let postgres: PostgresClient
  private let mongo: MongoClient
  private let queue: QueueLane
  private let load: CallLoad
  private let scheduling: SchedulingRules
  private let chain: AuditChain
  private let shipment: AuditShipment
  private let outbox: OutboxShipment
  private let log: Logger
  private let anchorFile: AnchorFile
  private let lag = Shared(Lag())

  init(
    postgres: PostgresClient, mongo: MongoClient, queue: QueueLane, load: CallLoad,
    settings: Settings, log: Logger, anchorFile: AnchorFile
  ) {
    self.anchorFile = anchorFile
    self.postgres = postgres
    self.mongo = mongo
    self.queue = queue
    self.load = load
    scheduling = settings.scheduling
    self.log = log
    chain = AuditChain(key: settings.auditKey)
    shipment = AuditShipment(mongo: mongo)
    outbox = OutboxShipment(mongo: mongo, log: log)
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
      group.addTask { try await self.closeDays() }
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
    var pruning = Every(.seconds(600))
    var measuring = Every(.seconds(5))
    var anchoring = Every(.seconds(60))
    var pace = RelayPace(load: load)
    var lookingAtKey = Every(.seconds(5))
    var notices = OutageNotices()
    var hasBegun = false
    var maySeal = false
    while !Task.isCancelled {
      if !maySeal, lookingAtKey.isDue() { maySeal = try await keyFits(connection, &notices) }
      let (seals, measures, anchors) = (maySeal, measuring.isDue(), anchoring.isDue())
      var sealed = 0
      do {
        // A connection that says nothing is given up, though nobody has closed it.
        sealed = try await postgres.loop.limited(to: .seconds(60), outlivesCaller: false) {
          let sealed = seals ? try await self.chain.seal(on: connection) : 0
          if measures { try await self.measure(connection) }
          if anchors { try await self.anchor(connection) }
          return sealed
        }
      } catch let error as PostgresError
        where error.isOfStatement && ClinicError(error)?.reason != .storeUnavailable
      {
        // Somebody has changed the chain by hand. The other work of the relay goes on.
        if notices.isNews("\(error)") {
          log.error("the audit cannot be sealed", metadata: ["error": "\(error)"])
        }
      }
      if !hasBegun { log.info("this instance carries the outbox now") }
      hasBegun = true
      // As long as it takes: given up, it would begin again.
      if pruning.isDue() { try await prune(connection) }
      try await pace.rest(isBehind: sealed == AuditChain.depth)
    }
  }

  /// Whether the chain goes on under this instance's key. A link of another key could not be told
  /// from a forged one, so without the right key entries wait.
  private func keyFits(
    _ connection: Connection, _ notices: inout OutageNotices
  ) async throws -> Bool {
    let fits = try await postgres.loop.limited(to: .seconds(60), outlivesCaller: false) {
      try self.chain.fits(await connection.query(AuditChain.newest))
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
    var notices = OutageNotices()
    while !Task.isCancelled {
      var shipped = 0
      if mongo.isUp {
        await attempt("MongoDB does not get its copies", &notices) {
          shipped = try await step(postgres)
        }
      }
      try await pace.rest(isBehind: shipped >= depth)
    }
  }

  /// Makes the indexes once MongoDB is there, and fills it again when it was emptied.
  private func keepFilled() async throws {
    var notices = OutageNotices()
    var hasIndexes = false
    var looksThatMissed = 0
    while !Task.isCancelled {
      if mongo.isUp, !hasIndexes {
        await attempt("MongoDB's indexes cannot be made", &notices) {
          try await MongoCollections.createIndexes(in: mongo)
          hasIndexes = true
        }
      }
      if mongo.isUp {
        await attempt("MongoDB cannot be looked at", &notices) {
          // A rebuild or a repair takes things away for a moment.
          let areEmptied = try await MongoCollections.areEmptied(in: mongo, of: postgres)
          looksThatMissed = areEmptied ? looksThatMissed + 1 : 0
          if looksThatMissed == Self.looksBeforeRefill {
            // If this fails, after as many looks again.
            looksThatMissed = 0
            try await MongoCollections.createIndexes(in: mongo)
            _ = try await postgres.query(MongoCollections.again, isLong: true)
            log.notice("MongoDB was emptied: everything is carried there again")
          }
        }
      }
      try await Task.sleep(for: .seconds(1))
    }
  }

  /// Runs a step that is tried again soon in any case, and logs its failure. Stores that are away
  /// are logged elsewhere.
  private func attempt(
    _ failure: Logger.Message, _ notices: inout OutageNotices, _ step: () async throws -> Void
  ) async {
    do {
      try await step()
    } catch {
      let isOfItsOwn =
        switch error {
        case let error as PostgresError: error.kind == .server || error.kind == .decoding
        case is MongoError: mongo.isUp
        default: true
        }
      let isNews = !Task.isCancelled && isOfItsOwn && notices.isNews("\(failure) \(error)")
      log.log(level: isNews ? .warning : .debug, failure, metadata: ["error": "\(error)"])
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

  /// Closes the days that are over (rule 16), and notes who did not come. Somebody may hold a day
  /// for long: nothing else waits for that.
  private func closeDays() async throws {
    var notices = OutageNotices()
    while !Task.isCancelled {
      var dates: [LocalDate] = []
      await attempt("days that are over cannot be looked for", &notices) {
        try await goOnWithToday()
        dates = try await daysThatAreOver()
      }
      for date in dates {
        await attempt("the day of the queue \(date) cannot be closed", &notices) {
          try await queue.close(date)
          log.info("a day of the queue was closed", metadata: ["queue.date": "\(date)"])
        }
      }
      await attempt("missed appointments cannot be noted", &notices) {
        _ = try await postgres.query(MissedAppointments.mark(under: scheduling))
      }
      await attempt("a day cannot be summed up", &notices) { try await sumUpDays() }
      try await Task.sleep(for: .seconds(5))
    }
  }

  private func daysThatAreOver() async throws -> [LocalDate] {
    try await postgres.query(
      "SELECT date FROM queue_days WHERE closed_at IS NULL AND date < current_date ORDER BY date"
    ).column()
  }

  /// A day that was closed may be today again, when the clock or the zone was set right. It goes on,
  /// whoever was missed at its close may come, and it is summed up again when it is over.
  private func goOnWithToday() async throws {
    let dates: [LocalDate] = try await postgres.query(
      """
      WITH days AS (UPDATE queue_days SET closed_at = NULL, version = version + 1 \
      WHERE closed_at IS NOT NULL AND date >= current_date RETURNING date), told AS (\
      \(sql: AuditEntry.insertOfDaemon("queue.reopen", resource: "queue", id: "date", of: "days"))) \
      SELECT date FROM days
      """
    ).column()
    for date in dates {
      log.warning(
        "the clock was set back: a day that was closed goes on",
        metadata: ["queue.date": "\(date)"])
    }
    _ = try await postgres.query(MissedAppointments.takeBack)
    _ = try await postgres.query(
      """
      UPDATE projections SET position = \(sql: Self.yesterday) \
      WHERE name = 'daily_summaries' AND position > \(sql: Self.yesterday)
      """)
  }

  private static let yesterday = DailySummaries.number(of: "(current_date - 1)")

  /// Has each day summed up once it is over: its queue is closed, and no transaction runs that
  /// began on that day.
  private func sumUpDays() async throws {
    _ = try await postgres.query(
      """
      WITH days AS (INSERT INTO outbox (topic, entity_id) SELECT 'daily_summaries', n \
      FROM projections p, generate_series(p.position + 1, \(sql: Self.yesterday)) n \
      WHERE p.name = 'daily_summaries' \
      AND NOT EXISTS (SELECT FROM queue_days WHERE closed_at IS NULL AND date < current_date) \
      AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
      AND backend_type = 'client backend' AND xact_start < day_start(current_date)) \
      RETURNING entity_id) \
      UPDATE projections SET position = (SELECT max(entity_id) FROM days) \
      WHERE name = 'daily_summaries' AND EXISTS (SELECT FROM days)
      """)
  }

  private func measure(_ connection: Connection) async throws {
    let rows = try await connection.query(Self.lagQuery)
    lag.value = try Self.lag(of: rows, as: lag.value)
  }

  /// Whether this instance's key has sealed the end of the chain, whichever instance leads.
  func keyFits() async throws -> Bool { try await chain.fits(postgres) }

  /// How far the projections are behind now, whichever instance leads.
  func measure() async throws -> Lag {
    try Self.lag(of: await postgres.query(Self.lagQuery), as: lag.value)
  }

  private static let lagQuery: SQL = """
    SELECT (SELECT count(*) FROM audit_entries e WHERE \(sql: AuditChain.isUnsealed)), \
    coalesce((SELECT max(position) FROM audit_chain), 0) \
    - (SELECT position FROM projections WHERE name = 'audit_logs'), \
    (SELECT count(*) FROM outbox), \
    (SELECT greatest(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 FROM outbox)
    """

  /// - Parameter before: what was known of this instance.
  private static func lag(of rows: Rows, as before: Lag) throws -> Lag {
    guard let row = rows.first else { throw StoreFailure.noRow }
    var cells = row.cells
    return Lag(
      isLeader: before.isLeader, hasWrongKey: before.hasWrongKey, unsealed: try cells.next(),
      unshipped: try cells.next(), waiting: try cells.next(), oldestSeconds: try cells.next())
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

/// What is due at once, and then each time that an interval has passed.
private struct Every {
  private let interval: Duration
  private var last: ContinuousClock.Instant?

  init(_ interval: Duration) {
    self.interval = interval
  }

  mutating func isDue() -> Bool {
    let now = ContinuousClock.now
    if let last, now - last < interval { return false }
    last = now
    return true
  }
}
