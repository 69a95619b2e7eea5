import Glibc
import Mongo
import TestSupport
import Testing

/// Runs a test with a database of its own on the tests' MongoDB, and removes it.
func withMongo(
  isolation: isolated (any Actor)? = #isolation, _ body: (MongoClient) async throws -> Void
) async throws {
  let mongo = try MongoClient(
    url: testSetting("CLINIC_TEST_MONGO_URL"),
    database: "clinic_test_\(UInt64.random(in: 0...UInt64.max))")
  do {
    try await body(mongo)
  } catch {
    _ = try? await mongo.command(["dropDatabase": 1])
    throw error
  }
  try await mongo.command(["dropDatabase": 1])
}

/// A `mongod` of a test's own.
struct MongoServer {
  let process: ServerProcess
  let url: String

  init(in folder: String) throws {
    let socket = folder + "/mongodb-27017.sock"
    process = ServerProcess(
      try Self.program(),
      [
        "--dbpath", ".", "--bind_ip", socket, "--unixSocketPrefix", folder, "--quiet",
        "--wiredTigerCacheSizeGB", "0.25",
        "--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0",
      ], in: folder)
    url = "mongodb://" + socket.split(separator: "/").map { "%2F" + $0 }.joined() + "/"
  }

  /// The one on the PATH, or the one that scripts/dependencies keeps.
  private static func program() throws -> String {
    func variable(_ name: String) -> String? {
      unsafe getenv(name).map { unsafe String(cString: $0) }
    }
    let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache"
    let folders = (variable("PATH") ?? "").split(separator: ":").map(String.init)
    let candidates = (folders + [cache + "/clinicd/mongod-6.0.5"]).map { $0 + "/mongod" }
    let found = candidates.first { unsafe access($0, X_OK) == 0 }
    return try #require(found, "there is no mongod: run scripts/dependencies")
  }
}
