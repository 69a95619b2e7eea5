package import Bcrypt
package import JSONRPC
package import Logging
package import Mongo
package import Postgres
package import Redis
package import StoreLoop
import Synchronization

/// The clinic: its stores, its departments and what runs in the background.
package final class Clinic: Sendable {
  package let settings: Settings
  package let loop: StoreLoop
  package let postgres: PostgresClient
  package let redis: RedisClient
  package let mongo: MongoClient
  package let hub: any NotificationHub
  package let passwords: BcryptHasher
  /// Whether a password is being brought to the configured cost.
  let isRehashing = Atomic(false)
  package let log: Logger

  package let load = CallLoad()
  package let calendar: ClinicCalendar
  package let staff: StaffDirectory
  package let sessions: SessionBook
  package let throttle: Throttle
  let loginAttempts = SingleFlight<Login.Attempt, LoginTable.Account?>()
  package let audit: AuditJournal
  let patients: PatientLookup
  package let refusals: Refusals
  package let postgresRefusals: PostgresRefusalLog
  package let commands: CommandLane
  /// The lane of invoices and payments: an invoice that takes the last number makes others wait
  /// (rule 40).
  package let billing: CommandLane
  /// The lane of daily summaries: a call that waits for MongoDB there takes no place from others.
  package let summaries: CommandLane
  package let liveQueue: LiveQueue
  package let queue: QueueLane
  package let feed: QueueFeed
  package let relay: Relay
  package let printer = PaperPrinter()
  let anchorFile: AnchorFile
  /// What `rpc.discover` tells each role, made when somebody asks.
  let documents = LockedValue<[Role?: Discover.Result]>([:])

  package init(
    settings: Settings, loop: StoreLoop, postgres: PostgresClient, redis: RedisClient,
    mongo: MongoClient, hub: any NotificationHub, log: Logger,
    anchorFile: AnchorFile = .none
  ) {
    self.settings = settings
    self.loop = loop
    self.postgres = postgres
    self.redis = redis
    self.mongo = mongo
    self.hub = hub
    self.log = log
    self.anchorFile = anchorFile
    passwords = BcryptHasher(cost: settings.passwordCost)
    calendar = ClinicCalendar(postgres: postgres)
    staff = StaffDirectory(postgres: postgres, settings: settings, log: log)
    sessions = SessionBook(settings: settings, staff: staff, postgres: postgres, hub: hub)
    throttle = Throttle(redis: redis)
    postgresRefusals = PostgresRefusalLog(log: log)
    audit = AuditJournal(postgres: postgres, refusals: postgresRefusals)
    patients = PatientLookup(postgres: postgres)
    refusals = Refusals(audit: audit)
    commands = CommandLane(postgres: postgres, width: 3, aside: 2, alone: 3)
    billing = CommandLane(postgres: postgres, width: 1, aside: 1, alone: 0)
    summaries = CommandLane(postgres: postgres, width: 0, aside: 1, alone: 1)
    liveQueue = LiveQueue(redis: redis, staff: staff, log: log)
    feed = QueueFeed(
      postgres: postgres, redis: redis, live: liveQueue, hub: hub, staff: staff, calendar: calendar,
      rules: settings.queue, log: log)
    queue = QueueLane(
      postgres: postgres, live: liveQueue, feed: feed, staff: staff, calendar: calendar,
      settings: settings)
    relay = Relay(
      postgres: postgres, mongo: mongo, queue: queue, load: load, settings: settings, log: log,
      anchorFile: anchorFile)
  }

  /// Keeps the stores connected until the task is cancelled.
  package func runStores() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.postgres.run() }
      group.addTask { try await self.redis.run() }
      group.addTask { try await self.mongo.run() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Runs everything that works in the background, on a schema that is up to date, until the task
  /// is cancelled: lanes, the feed, the relay.
  package func runDepartments() async {
    await withTaskGroup { group in
      for work in background { group.addTask(executorPreference: loop) { await work() } }
    }
  }

  /// Whether PostgreSQL answers: a frozen one keeps its connections.
  package var postgresAnswers: Bool { postgres.isUp && staff.heard(within: .seconds(5)) }

  /// The stores and whether each of them answers.
  package var stores: [(name: String, isUp: Bool)] {
    [
      ("postgresql", postgresAnswers),
      ("redis", redis.isUp),
      ("mongodb", mongo.isUp),
    ]
  }

  /// Today's queue; `nil` while PostgreSQL does not tell.
  package func queueLength() async -> QueueLength? {
    try? await loop.limited(to: .seconds(1)) { [postgres] in
      try await postgres.query(
        """
        SELECT count(*) FILTER (WHERE status = 'WAITING'), \
        count(*) FILTER (WHERE status = 'WITH_DOCTOR') FROM queue_tokens \
        WHERE date = current_date AND status IN ('WAITING', 'WITH_DOCTOR')
        """
      ).row()
    }
  }

  /// How often a store was not there, since the start.
  package var storeFailures: [(name: String, failures: Int)] {
    let postgres = postgres.statistics
    return [
      ("postgresql", postgres.connectionsLost + postgres.connectionsFailed),
      ("redis", redis.failures), ("mongodb", mongo.failures),
    ]
  }

  /// Returns when the loop and the pool of PostgreSQL's connections have answered, even if the
  /// answer is that PostgreSQL is away.
  package func storesAnswer() async {
    _ = try? await loop.limited(to: .seconds(1)) { [postgres] in
      _ = try await postgres.query("SELECT 1")
    }
  }

  /// Returns when calls can be answered: PostgreSQL has told what day it is. For who works here it
  /// waits two seconds at most; until that is known, calls ask PostgreSQL.
  package func whenReady() async throws {
    try await calendar.refresh()
    for _ in 0..<2000 where !staff.isTrusted { try await Task.sleep(for: .milliseconds(1)) }
  }

  private var background: [@Sendable () async -> Void] {
    [
      { await self.calendar.run() },
      { await self.staff.run { await self.sessions.recheck($0) } },
      { await self.sessions.run() },
      { await self.audit.run() },
      { await self.patients.run() },
      { await self.refusals.run() },
      { await self.commands.run() },
      { await self.billing.run() },
      { await self.summaries.run() },
      { await self.queue.run() },
      { await self.feed.run() },
      { await self.relay.run() },
      { await StoreWatch(clinic: self).run() },
    ]
  }
}

/// How many patients wait, and how many are with doctors.
package struct QueueLength: Sendable, RowDecodable {
  package let waiting: Int
  package let withDoctors: Int

  package init(cells: inout Cells) throws(PostgresError) {
    waiting = try cells.next()
    withDoctors = try cells.next()
  }
}
