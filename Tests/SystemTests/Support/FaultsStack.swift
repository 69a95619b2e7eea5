import Glibc
import Host
import Mongo
import Postgres
import RPCClient
import Redis
import StoreLoop
import Synchronization
import TestSupport
import Testing

@testable import Clinic

/// Stores that a test may kill and freeze, and daemons on them: servers that lose nothing which
/// they have acknowledged, as in a clinic. All of it is torn down in every case.
final class FaultsStack: Sendable {
  enum Store: String, Sendable { case postgres, redis, mongo }

  let folder: String
  let daemons: [Daemon]
  let postgres: PostgresClient
  let redis: RedisClient
  let mongo: MongoClient
  private let loop: StoreLoop

  static func run(
    _ instances: Int = 2, _ body: @escaping @Sendable (FaultsStack) async throws -> Void
  ) async throws {
    signal(SIGPIPE, SIG_IGN)
    let folder = try TemporaryFolder.make()
    do {
      try await script("up", in: folder)
      let urls = try await environment(of: folder)
      let stack = try FaultsStack(folder, urls, instances: instances)
      defer { stack.loop.shutdown() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await stack.postgres.run() }
        group.addTask { try await stack.redis.run() }
        group.addTask { try await stack.mongo.run() }
        defer { group.cancelAll() }
        do {
          try await withThrowingTaskGroup(of: Void.self) { starting in
            for daemon in stack.daemons { starting.addTask { try await daemon.start() } }
            try await starting.waitForAll()
          }
          try await body(stack)
        } catch {
          await stack.stop(after: error)
          throw error
        }
        await stack.stop(after: nil)
      }
    } catch {
      await remove(folder)
      throw error
    }
    await remove(folder)
  }

  private init(_ folder: String, _ urls: [String: String], instances: Int) throws {
    self.folder = folder
    let settings = [
      "DATABASE_URL": try #require(urls["DATABASE_URL"]),
      "REDIS_URL": try #require(urls["REDIS_URL"]), "MONGO_URL": try #require(urls["MONGO_URL"]),
      "SECRET_KEY": "a secret of tests alone, 32 bytes or more",
      "CLINIC_AUDIT_KEY": "another secret of tests alone, 32 bytes",
      "CLINIC_TCP_ADDRESS": "127.0.0.1:0", "CLINIC_WEB_ADDRESS": "127.0.0.1:0",
      "CLINIC_MIGRATE_AT_START": "yes",
      "CLINIC_PASSWORD_COST": "4", "CLINIC_ROLES": "\(getuid())=ADMIN",
      "CLINIC_DATABASE_CONNECTIONS": "4", "CLINIC_STATE_DIRECTORY": folder,
    ]
    daemons = try (0..<instances).map { try Daemon($0, settings: settings, in: folder) }
    loop = StoreLoop(name: "faults")
    var database = PostgresClient.Configuration(url: settings["DATABASE_URL"] ?? "")
    database.pipelinedConnections = 1
    database.transactionConnections = 1
    postgres = PostgresClient(configuration: database, loop: loop)
    redis = RedisClient(
      configuration: try RedisClient.Configuration(url: settings["REDIS_URL"] ?? ""), loop: loop)
    mongo = try MongoClient(url: settings["MONGO_URL"] ?? "", database: "clinic_logs")
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
        let crashes = lines.filter { $0.contains("Fatal error") || $0.contains("internal_error") }
        #expect(crashes.isEmpty, "the daemon's log")
      }
    }.value
  }

  private static func remove(_ folder: String) async {
    await Task {
      do {
        try await script("down", in: folder)
      } catch {
        Issue.record("the stack could not be stopped: \(error)")
      }
      await TemporaryFolder.remove(folder)
    }.value
  }

  /// The number in the only cell of the only row.
  func number(_ sql: SQL) async throws -> Int {
    try #require(try await postgres.query(sql, retry: true).column(as: Int.self).first)
  }

  // MARK: - scripts/stack

  /// Kills or freezes a store, or brings it back.
  func script(_ command: String, _ store: Store) async throws {
    try await Self.script(command, store.rawValue, in: folder)
  }

  private static func script(_ arguments: String..., in folder: String) async throws {
    let script = try checkout() + "/scripts/stack"
    let done = "\(folder)/\(arguments.joined(separator: "-")).\(UInt32.random(in: 0 ... .max))"
    // Its exit status is asked for by a file: a child's is its parent's alone.
    let child = ChildProcess(
      "bash",
      ["-c", #""$@"; echo $? >"$0.new" && mv "$0.new" "$0""#, done, script] + arguments
        + [folder], in: "/", log: "\(folder)/stack.log")
    try child.start()
    do {
      try await eventually(within: .seconds(90), "\(arguments) has ended") { child.hasEnded }
    } catch {
      await child.stop()
      throw error
    }
    let status = String(decoding: try SmallFile.read(done), as: UTF8.self)
    try #require(status == "0\n", "\(arguments): \(child.output)")
  }

  /// The addresses of the stores, as `scripts/stack env` exports them.
  private static func environment(of folder: String) async throws -> [String: String] {
    let child = ChildProcess(
      try checkout() + "/scripts/stack", ["env", folder], in: "/", log: "\(folder)/urls")
    try child.start()
    try await eventually("the stores have addresses") { child.hasEnded }
    let lines = child.output.split(separator: "\n").map { line in
      line.split(separator: "=", maxSplits: 1).map(String.init)
    }
    return lines.reduce(into: [:]) { found, parts in
      guard parts.count == 2 else { return }
      found[String(parts[0].dropFirst("export ".count))] = parts[1].filter { $0 != "'" }
    }
  }

  /// The package's root: this file's, above `Tests/SystemTests/Support`.
  private static func checkout(_ file: String = #filePath) throws -> String {
    let parts = file.split(separator: "/").dropLast(4)
    let root = "/" + parts.joined(separator: "/")
    try #require(SmallFile.exists(root + "/scripts/stack"))
    return root
  }
}
