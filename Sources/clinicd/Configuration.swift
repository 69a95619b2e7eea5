import Clinic
import ClinicEnvironment
import Host
import Logging
import Mongo
import Postgres
import RPCServer
import Redis

/// The daemon's configuration, checked. Every key is in `ConfigurationKey.all`.
struct Configuration: Sendable {
  var databaseURL: String
  var redisURL: String
  var mongoURL: String
  var settings: Settings
  var limits: Limits
  var socketPath: String
  var socketMode: UInt32
  var tcp: (host: String, port: Int)?
  var webAddress: (host: String, port: Int)?
  var webOrigins: Set<String>
  var proxies: TrustedProxies
  var clientsDirectory: String
  var tls: TLSSettings?
  var allowsPlainTCP: Bool
  var eventLoops: Int
  var databaseConnections: Int
  var migratesAtStart: Bool
  var stateDirectory: String
  var logLevel: Logger.Level
  /// The keys that were given for listeners of the daemon's own.
  var ownListenerKeys: [String]
  /// What is no mistake and perhaps not meant, a line each.
  var notes: [String]

  /// Everything that is wrong, a line each; never the value of a secret.
  struct Invalid: Error, CustomStringConvertible {
    let problems: [String]
    var description: String { problems.joined(separator: "\n") }
  }

  /// What the process was started with, and what a reload has brought since.
  static func load() throws(Invalid) -> Configuration {
    try Configuration(ConfigurationSource.ofProcess().values)
  }

  /// What `clinicd check` looks at.
  static func ofCommand() throws(Invalid) -> Configuration {
    let source: ConfigurationSource
    do {
      source = try .ofCommand()
    } catch {
      throw Invalid(problems: [
        "\(ConfigurationSource.file) or \(ConfigurationSource.credentials) cannot be read: "
          + "\(error.reason); are you root?"
      ])
    }
    var problems = source.misspelt.map {
      "\($0.name): there is no such key; is \($0.known) meant?"
    }
    do {
      let configuration = try Configuration(source.values)
      if problems.isEmpty { return configuration }
    } catch {
      problems += error.problems
    }
    throw Invalid(problems: problems)
  }

  init(_ values: [String: String]) throws(Invalid) {
    var reader = ConfigurationReader(values)
    reader.refuseUnknown()
    databaseURL = reader.url("DATABASE_URL", like: "postgresql://clinic:…@localhost/clinic") {
      (try? PostgresClient.environment(of: $0)) != nil
    }
    redisURL = reader.url("REDIS_URL", like: "redis://:…@localhost") {
      (try? RedisClient.Configuration(url: $0)) != nil
    }
    mongoURL = reader.url(
      "MONGO_URL", like: "mongodb://clinic:…@localhost/clinic", MongoClient.understands)
    settings = Settings(
      secretKey: reader.secret("SECRET_KEY"), auditKey: reader.secret("CLINIC_AUDIT_KEY"))
    settings.signatureAlgorithm =
      reader.choice("ALGORITHM", JWTAlgorithm.allCases.map { ($0.rawValue, $0) }) ?? .hs256
    settings.accessTokenSeconds =
      60 * Int64(reader.number("ACCESS_TOKEN_EXPIRE_MINUTES", 1...1440))
    settings.refreshTokenDays = reader.number("CLINIC_REFRESH_TOKEN_DAYS", 1...365)
    settings.timeZone = reader.timeZone("CLINIC_TIME_ZONE")
    settings.queue = QueueRules(
      passOverLimit: reader.number("CLINIC_QUEUE_PASS_OVER_LIMIT", 1...1000),
      recallAfter: reader.number("CLINIC_QUEUE_RECALL_AFTER", 0...1000),
      ordersBySlot: reader.choice(
        "CLINIC_QUEUE_APPOINTMENTS_BY", [("arrival", false), ("slot", true)]) ?? false)
    settings.scheduling.checkInEarlyMinutes = reader.number(
      "CLINIC_CHECK_IN_EARLY_MINUTES", 0...1440)
    settings.scheduling.checkInLateMinutes = reader.number("CLINIC_CHECK_IN_LATE_MINUTES", 0...1440)
    settings.scheduling.noShowGraceMinutes = reader.number("CLINIC_NO_SHOW_GRACE_MINUTES", 0...1440)
    settings.pharmacy.dispensesUnpaid = reader.flag("CLINIC_DISPENSE_UNPAID")
    settings.pharmacy.prescriptionDays = reader.number("CLINIC_PRESCRIPTION_DAYS", 1...3650)
    settings.billing.taxPercent = reader.percent("CLINIC_TAX_PERCENT")
    settings.letterhead = reader.letterhead()
    settings.callTime = .seconds(reader.number("CLINIC_CALL_SECONDS", 1...600))
    settings.loginFailuresPerMinute = reader.number("CLINIC_LOGIN_FAILURES_PER_MINUTE", 1...1000)
    settings.passwordCost = reader.number("CLINIC_PASSWORD_COST", 4...15)
    (settings.rolesByUID, settings.rolesByGID) = reader.roles("CLINIC_ROLES")
    limits = Limits()
    limits.messageBytes = reader.number("CLINIC_MAX_MESSAGE_BYTES", 1024...(64 << 20))
    limits.nesting = reader.number("CLINIC_MAX_DEPTH", 4...1000)
    limits.batchItems = reader.number("CLINIC_MAX_BATCH", 1...10_000)
    limits.callsInFlight = reader.number("CLINIC_MAX_IN_FLIGHT", 1...10_000)
    limits.connections = reader.number("CLINIC_MAX_CONNECTIONS", 1...1_000_000)
    limits.connectionsPerPeer = reader.number("CLINIC_MAX_CONNECTIONS_PER_PEER", 1...1_000_000)
    limits.unauthenticatedTime = .seconds(reader.number("CLINIC_UNAUTHENTICATED_SECONDS", 1...3600))
    limits.drainTime = .seconds(reader.number("CLINIC_DRAIN_SECONDS", 1...600))
    socketPath = reader.socketPath("CLINIC_SOCKET")
    socketMode = reader.octal("CLINIC_SOCKET_MODE")
    allowsPlainTCP = reader.flag("CLINIC_ALLOW_PLAIN_TCP")
    tls = reader.tls()
    settings.rolesByCertificate = reader.certificateRoles("CLINIC_TLS_CLIENT_ROLES")
    let allowsAnywhere = allowsPlainTCP || tls != nil
    tcp = reader.address(
      "CLINIC_TCP_ADDRESS", orPort: "CLINIC_TCP_PORT", allowsPlain: allowsAnywhere)
    webAddress = reader.address(
      "CLINIC_WEB_ADDRESS", orPort: "CLINIC_WEB_PORT", allowsPlain: allowsAnywhere)
    if let tcp, let webAddress, tcp == webAddress, tcp.port != 0 {
      reader.fault("CLINIC_WEB_ADDRESS: the address of CLINIC_TCP_ADDRESS")
    }
    proxies = reader.proxies("CLINIC_TRUSTED_PROXIES")
    clientsDirectory = reader.text("CLINIC_CLIENTS_DIRECTORY")
    webOrigins = reader.origins("CLINIC_WEB_ORIGINS")
    eventLoops = reader.number("CLINIC_EVENT_LOOPS", 1...64)
    databaseConnections = reader.number("CLINIC_DATABASE_CONNECTIONS", 2...200)
    migratesAtStart = reader.flag("CLINIC_MIGRATE_AT_START")
    stateDirectory = reader.text("CLINIC_STATE_DIRECTORY")
    let levels: [Logger.Level] = [.debug, .info, .notice, .warning, .error]
    logLevel = reader.choice("CLINIC_LOG_LEVEL", levels.map { ($0.rawValue, $0) }) ?? .info
    ownListenerKeys = reader.given([
      "CLINIC_SOCKET_MODE", "CLINIC_TCP_ADDRESS", "CLINIC_TCP_PORT", "CLINIC_WEB_ADDRESS",
      "CLINIC_WEB_PORT",
    ])
    notes = reader.notes
    if !reader.problems.isEmpty { throw Invalid(problems: reader.problems) }
  }
}

extension Configuration {
  /// Refuses an unencrypted socket beyond loopback, unless the configuration allows it explicitly.
  func requireEncryption(of address: ListenerAddress) throws(Daemon.Failure) {
    if case .tcp(let host, _) = address, !allowsPlainTCP, tls == nil,
      !ConfigurationReader.isLoopback(host)
    {
      throw Daemon.Failure(description: "a socket beyond loopback, and not encrypted: \(address)")
    }
  }
}
