import Glibc
import Mongo
import Postgres
import Redis
import StoreLoop
import TestSupport
import Testing

/// The stores of one test: a database of its own on the tests' PostgreSQL and MongoDB, and a Redis
/// of its own, because publications know no database numbers.
struct TestStores: Sendable {
  let postgresURL: String
  let redisURL: String
  let mongoURL: String
  let loop: StoreLoop
  let postgres: PostgresClient
  let redis: RedisClient
  let mongo: MongoClient
  let redisServer: ChildProcess
  private let name: String
  private let server: PostgresClient

  init(in folder: String) throws {
    name = "clinic_test_\(UInt64.random(in: 0 ... .max))"
    let serverURL = try testSetting("CLINIC_TEST_DATABASE_URL")
    postgresURL = try Self.naming(name, in: serverURL)
    mongoURL = try Self.naming(name, in: try testSetting("CLINIC_TEST_MONGO_URL"))
    redisURL = "unix://:of-this-test@\(folder)/redis.sock?db=0"
    redisServer = ChildProcess(
      "redis-server",
      [
        "--port", "0", "--unixsocket", "redis.sock", "--save", "", "--appendonly", "no",
        "--requirepass", "of-this-test",
      ], in: folder, log: "\(folder)/redis.log")
    loop = StoreLoop(name: "test-stores")
    server = Self.client(of: serverURL, on: loop)
    postgres = Self.client(of: postgresURL, on: loop)
    redis = RedisClient(
      configuration: try RedisClient.Configuration(
        url: redisURL, connectTimeout: .seconds(20), callTimeout: .seconds(20)), loop: loop)
    mongo = try MongoClient(url: mongoURL, database: name)
  }

  private static func client(of url: String, on loop: StoreLoop) -> PostgresClient {
    var configuration = PostgresClient.Configuration(url: url)
    configuration.pipelinedConnections = 1
    configuration.transactionConnections = 1
    configuration.applicationName = "clinic-test"
    configuration.sessionSettings = [("TimeZone", "UTC")]
    return PostgresClient(configuration: configuration, loop: loop)
  }

  /// The same server, another database: the last part of the URL's path.
  static func naming(_ name: String, in url: String) throws -> String {
    let query = url.firstIndex(of: "?") ?? url.endIndex
    let slash = try #require(url[..<query].lastIndex(of: "/"))
    return url[...slash] + name + url[query...]
  }

  /// Runs `body` on fresh stores, which are removed in every case.
  func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
    signal(SIGPIPE, SIG_IGN)
    defer { loop.shutdown() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      defer { group.cancelAll() }
      do {
        try await prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await postgres.run() }
          group.addTask { try await redis.run() }
          group.addTask { try await mongo.run() }
          defer { group.cancelAll() }
          try await eventually("the test's Redis answers") { redis.isUp }
          try await body()
        }
      } catch {
        await remove()
        throw error
      }
      await remove()
    }
  }

  private func prepare() async throws {
    try redisServer.start()
    try await server.withConnection { connection in
      try await connection.execute(script: "CREATE DATABASE \(name)")
    }
  }

  /// Also when the test was cancelled.
  private func remove() async {
    await Task {
      await redisServer.stop()
      do {
        try await server.drop(database: name)
        let cleaner = try MongoClient(url: mongoURL, database: name)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await cleaner.run() }
          defer { group.cancelAll() }
          try await cleaner.command(["dropDatabase": 1])
        }
      } catch {
        Issue.record("the test's databases could not be removed: \(error)")
      }
    }.value
  }
}
