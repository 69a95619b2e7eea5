import Redis
import StoreLoop
import TestSupport
import Testing

/// A Redis client that runs, on a loop of its own. It is patient: the tests keep the machine busy.
func withRedis(
  url: String, callTimeout: Duration = .seconds(20),
  isolation: isolated (any Actor)? = #isolation,
  _ body: (RedisClient, StoreLoop) async throws -> Void
) async throws {
  let configuration = try RedisClient.Configuration(
    url: url, connectTimeout: .seconds(20), callTimeout: callTimeout)
  let loop = StoreLoop(name: "redis-test")
  defer { loop.shutdown() }
  let redis = RedisClient(configuration: configuration, loop: loop)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await redis.run() }
    defer { group.cancelAll() }
    try await body(redis, loop)
  }
}

/// A client of the tests' Redis, and a prefix for the test's keys, which are removed.
func withRedis(
  isolation: isolated (any Actor)? = #isolation,
  _ body: (RedisClient, _ prefix: String) async throws -> Void
) async throws {
  try await withRedis(url: testSetting("CLINIC_TEST_REDIS_URL")) { redis, _ in
    let prefix = "test:\(UInt64.random(in: 0...UInt64.max)):"
    try await body(redis, prefix)
    let keys = try await redis.command(["KEYS", "\(prefix)*"]).elements ?? []
    let names = keys.compactMap(\.bytes).map { RedisArgument.bytes($0) }
    if !names.isEmpty { _ = try await redis.command(["DEL"] + names) }
  }
}

/// A `redis-server` of a test's own, with a password.
struct RedisServer {
  let process: ServerProcess
  let url: String

  init(in folder: String, port: Int = 0) {
    process = ServerProcess(
      "redis-server",
      [
        "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", "redis.sock", "--save", "",
        "--appendonly", "yes",
        "--requirepass", "s3cret/+:@",
      ], in: folder)
    url = "unix://:s3cret%2F%2B%3A%40@\(folder)/redis.sock?db=3"
  }
}
