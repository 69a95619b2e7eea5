import Clinic
import Host
import JSONRPC
import Logging
import Mongo
import Postgres
import RPCServer
import Redis
import StoreLoop
import Systemd

/// The daemon: the stores, the clinic, the server, and systemd's protocol round them.
struct Daemon: Sendable {
  /// Unix time in seconds, at the first look.
  static let startedAt = Int(WallClock.microseconds() / 1_000_000)
  static let version = Settings.version

  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(description: String) { self.description = description }

    /// Why PostgreSQL cannot be used. Each session begins with the clinic's zone: a server that
    /// does not know the zone refuses every session.
    init(of postgres: PostgresClient, _ error: PostgresError, zone: String) {
      let message = error.message ?? postgres.lastFailure?.message ?? error.description
      description =
        message.contains("\"TimeZone\"")
        ? "CLINIC_TIME_ZONE: PostgreSQL knows no zone \(zone)" : "postgresql: \(message)"
    }
  }

  let configuration: Configuration
  let log: Logger
  let loop: StoreLoop
  let postgres: PostgresClient
  let redis: RedisClient
  let mongo: MongoClient

  init(_ configuration: Configuration) throws {
    openStandardStreams()
    ignoreSIGPIPE()
    raiseDescriptorLimit()
    ProcessMemory.keep(16 << 20)
    self.configuration = configuration
    log = Logger(label: "clinicd") { _ in DaemonLogHandler(level: configuration.logLevel) }
    loop = StoreLoop(name: "stores")
    var database = PostgresClient.Configuration(url: configuration.databaseURL)
    database.transactionConnections = configuration.databaseConnections
    database.longConnections = 2
    database.applicationName = "clinicd"
    database.sessionSettings = [
      ("TimeZone", configuration.settings.timeZone),
      // Dates that become a part of a text are written in one way.
      ("DateStyle", "ISO"),
      // The server frees what a frozen instance holds, and soon: the sessions of other instances
      // may wait for it.
      ("idle_in_transaction_session_timeout", "5s"),
      // Each call has limits of its own; a role's would hold until the session ends.
      ("statement_timeout", "0"),
      ("lock_timeout", "0"),
      // A kept plan must still fit when a table grows, so whatever an index can find is found by an
      // index. Plans without one look expensive then, and should not be compiled because of that.
      ("enable_seqscan", "off"),
      // A clinic's tables are in memory, or on a disk without a head.
      ("random_page_cost", "1.1"),
      ("jit", "off"),
    ]
    postgres = PostgresClient(configuration: database, loop: loop)
    redis = RedisClient(
      configuration: try RedisClient.Configuration(url: configuration.redisURL), loop: loop)
    mongo = try MongoClient(url: configuration.mongoURL)
  }

  /// Runs until SIGTERM or SIGINT.
  func run() async throws {
    let notifier = SystemdNotifier()
    notifier.status("starting")
    let hub = SubscriptionHub()
    let clinic = Clinic(
      settings: configuration.settings, loop: loop, postgres: postgres, redis: redis, mongo: mongo,
      hub: hub, log: log,
      anchorFile: anchorFile)
    let application = ClinicApplication(clinic, methods: try .all())
    let server = RPCServer(
      application: application, limits: configuration.limits,
      web: configuration.web(for: clinic), logger: log, hub: hub,
      eventLoops: configuration.eventLoops)
    try server.use(configuration.tls)
    let lifetime = Lifetime(
      clinic: clinic, server: server, notifier: notifier, log: log, configuration: configuration,
      reloader: Reloader(configuration, clinic: clinic, server: server, log: log))
    try await lifetime.run()
  }

  /// The file with the head of the audit's chain, outside of the database. No call waits for its
  /// disk.
  private var anchorFile: AnchorFile {
    let path = configuration.stateDirectory + "/audit-anchor"
    @Sendable func read() -> String? {
      do throws(SmallFile.Failure) {
        return String(decoding: try SmallFile.read(path), as: UTF8.self)
      } catch {
        if !error.isMissing {
          log.warning("the audit's anchor cannot be read", metadata: ["error": "\(error.reason)"])
        }
        return nil
      }
    }
    @Sendable func write(_ line: String) {
      do throws(SmallFile.Failure) {
        try SmallFile.write(Array(line.utf8), to: path)
      } catch {
        log.warning("the audit's anchor cannot be written", metadata: ["error": "\(error.reason)"])
      }
    }
    return AnchorFile(
      read: { await withTaskExecutorPreference(globalConcurrentExecutor) { read() } },
      write: { line in
        await withTaskExecutorPreference(globalConcurrentExecutor) { write(line) }
      })
  }

  /// The document of the whole method table.
  static func openRPC() throws -> String {
    String(
      decoding: Discover.document(of: try MethodTable.all().entries, version: version),
      as: UTF8.self)
  }
}
