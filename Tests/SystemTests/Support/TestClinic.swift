import Glibc
import Mongo
import Postgres
import RPCClient
import Redis
import Synchronization
import Testing

@testable import Clinic

/// A clinic of a test's own: real `clinicd` processes on stores of their own. All of it is torn
/// down in every case.
final class TestClinic: Sendable {
  let folder: String
  let stores: TestStores
  let daemons: [Daemon]
  /// What every daemon is told.
  private let settings: [String: String]
  /// Whether a test makes daemons log errors.
  private let mayLogErrors: Bool
  private let tokens = Mutex<[String: String]>([:])
  private let lastName = Mutex(0)

  /// - Parameters:
  ///   - instances: how many daemons share the stores; all of them are up when `body` begins.
  ///   - settings: beside what every test has.
  ///   - each: settings of one instance, by its number.
  static func run(
    _ instances: Int = 2, _ settings: [String: String] = [:], each: [Int: [String: String]] = [:],
    mayLogErrors: Bool = false, _ body: @escaping @Sendable (TestClinic) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    do {
      let stores = try TestStores(in: folder)
      let clinic = try TestClinic(
        folder, stores, instances, settings, each, mayLogErrors: mayLogErrors)
      try await stores.run {
        do {
          try await clinic.start()
          try await body(clinic)
        } catch {
          await clinic.stop(after: error)
          throw error
        }
        await clinic.stop(after: nil)
      }
    } catch {
      await TemporaryFolder.remove(folder)
      throw error
    }
    await TemporaryFolder.remove(folder)
  }

  private init(
    _ folder: String, _ stores: TestStores, _ instances: Int, _ settings: [String: String],
    _ each: [Int: [String: String]], mayLogErrors: Bool
  ) throws {
    self.folder = folder
    self.stores = stores
    self.mayLogErrors = mayLogErrors
    let common = [
      "DATABASE_URL": stores.postgresURL, "REDIS_URL": stores.redisURL,
      "MONGO_URL": stores.mongoURL, "SECRET_KEY": Self.secretKey,
      "CLINIC_AUDIT_KEY": Self.auditKey,
      "CLINIC_TCP_ADDRESS": "127.0.0.1:0", "CLINIC_WEB_ADDRESS": "127.0.0.1:0",
      "CLINIC_MIGRATE_AT_START": "yes",
      "CLINIC_PASSWORD_COST": "4", "CLINIC_ROLES": "\(hostUser())=ADMIN",
      "CLINIC_DATABASE_CONNECTIONS": "4", "CLINIC_LOGIN_FAILURES_PER_MINUTE": "1000",
      "CLINIC_STATE_DIRECTORY": folder, "CLINIC_LOG_LEVEL": "debug",
    ].merging(settings) { $1 }
    self.settings = common
    daemons = try (0..<instances).map { number in
      try Daemon(number, settings: common.merging(each[number] ?? [:]) { $1 }, in: folder)
    }
  }

  private func start() async throws {
    try await withThrowingTaskGroup { group in
      for daemon in daemons { group.addTask { try await daemon.start() } }
      try await group.waitForAll()
    }
  }

  /// Also when the test was cancelled.
  private func stop(after error: (any Error)?) async {
    await Task {
      for daemon in daemons {
        await daemon.process.stop()
        let lines = daemon.process.output.split(separator: "\n")
        if error != nil {
          Issue.record("\(daemon.socket):\n\(lines.suffix(40).joined(separator: "\n"))")
        }
        guard !mayLogErrors else { continue }
        let faults = lines.filter { line in
          Self.faults.contains { line.contains($0) }
        }
        #expect(faults.isEmpty, "the daemon's log")
      }
    }.value
  }

  /// One more daemon, on that database; it is not started yet, and the test's to stop.
  func daemon(
    _ number: Int, on url: String, _ others: [String: String] = [:]
  ) throws -> Daemon {
    let own = others.merging(["DATABASE_URL": url]) { $1 }
    return try Daemon(number, settings: settings.merging(own) { $1 }, in: folder)
  }

  /// What signs the access tokens of tests.
  static let secretKey = "a secret of tests alone, 32 bytes or more"
  /// What seals the audit of tests.
  static let auditKey = "another secret of tests alone, 32 bytes"

  /// What a daemon's log never holds.
  private static let faults = ["clinicd error:", "clinicd critical:", "Fatal error", "MISUSE"]

  var postgres: PostgresClient { stores.postgres }
  var redis: RedisClient { stores.redis }
  var mongo: MongoClient { stores.mongo }
}

// MARK: - Who calls

extension TestClinic {
  /// A user, who can log in.
  struct Member: Sendable {
    let id: Int
    let username: String
    let password: String
    let role: Role
  }

  /// The host's own connection: the kernel says that it is an administrator's.
  func admin(on instance: Int = 0) async throws -> TestConnection {
    try await TestConnection.connect(to: daemons[instance].unix)
  }

  /// A connection that nobody has logged in on.
  func stranger(on instance: Int = 0) async throws -> TestConnection {
    try await TestConnection.connect(to: daemons[instance].tcp)
  }

  /// Makes a user.
  func member(_ role: Role, name: String? = nil, room: String? = nil) async throws -> Member {
    let number = lastName.withLock {
      $0 += 1
      return $0
    }
    let username = "\(role.rawValue.lowercased())-\(number)"
    let password = "a password of \(username)"
    let admin = try await admin()
    let user = try await admin.call(
      "auth.register",
      [
        "username": .string(username), "password": .string(password),
        "full_name": .string(name ?? "The \(username)"), "role": .string(role.rawValue),
        "room": room.map(JSON.string) ?? .null,
      ])
    await admin.close()
    return Member(
      id: try user.integer("id"), username: username, password: password, role: role)
  }

  /// A connection of a user, over TCP. The first one logs in by password, the others with its
  /// token.
  func connect(_ member: Member, on instance: Int = 0) async throws -> TestConnection {
    let caller = try await stranger(on: instance)
    if let token = tokens.withLock({ $0[member.username] }) {
      try await caller.call("auth.authenticate", ["access_token": .string(token)])
    } else {
      let credentials = try await caller.call("auth.login", member.login)
      let token = try credentials.text("access_token")
      tokens.withLock { $0[member.username] = token }
    }
    return caller
  }

  /// A new user, connected.
  func connect(_ role: Role, on instance: Int = 0) async throws -> TestConnection {
    try await connect(try await member(role), on: instance)
  }
}

extension TestClinic.Member {
  var login: JSON { ["username": .string(username), "password": .string(password)] }
}

// MARK: - What there is

extension TestClinic {
  /// The number in the only cell of the only row.
  func number(_ sql: SQL) async throws -> Int {
    try #require(try await postgres.query(sql).column(as: Int.self).first)
  }

  func texts(_ sql: SQL) async throws -> [String] {
    try await postgres.query(sql).column(as: String.self)
  }

  /// A date, counted from today in a zone.
  func day(_ days: Int, in zone: String = "UTC") async throws -> String {
    try #require(
      try await texts(
        "SELECT ((now() AT TIME ZONE \(zone))::date + \(days)::integer)::text"
      ).first)
  }
}

/// The user that the tests run as, by number.
func hostUser() -> UInt32 { getuid() }
