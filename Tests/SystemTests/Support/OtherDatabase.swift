import Postgres
import StoreLoop
import TestSupport
import Testing

/// Connects to a database while `body` runs.
func onDatabase<Value: Sendable>(
  _ url: String, _ body: @escaping @Sendable (PostgresClient) async throws -> Value
) async throws -> Value {
  var configuration = PostgresClient.Configuration(url: url)
  configuration.pipelinedConnections = 1
  configuration.transactionConnections = 1
  let loop = StoreLoop(name: "other-database")
  defer { loop.shutdown() }
  let client = PostgresClient(configuration: configuration, loop: loop)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await client.run() }
    defer { group.cancelAll() }
    return try await body(client)
  }
}

/// A database of one test's own, which is removed afterwards.
///
/// - Parameter options: of CREATE DATABASE.
func withEmptyDatabase(
  _ options: String = "", _ body: @Sendable (String) async throws -> Void
) async throws {
  let server = try testSetting("CLINIC_TEST_DATABASE_URL")
  let name = "clinic_test_\(UInt64.random(in: 0 ... .max))"
  try await onDatabase(server) { postgres in
    try await postgres.withConnection {
      try await $0.execute(script: "CREATE DATABASE \(name) \(options)")
    }
  }
  let result: Result<Void, any Error>
  do {
    result = .success(try await body(try TestStores.naming(name, in: server)))
  } catch {
    result = .failure(error)
  }
  try await onDatabase(server) { try await $0.drop(database: name) }
  try result.get()
}

extension PostgresClient {
  /// Removes a database, if it is there. A maintenance process of the server may be in it for a
  /// moment.
  func drop(database name: String) async throws {
    try await eventually("the test's database is removed") {
      do {
        try await withConnection { connection in
          try await connection.execute(script: "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        }
        return true
      } catch let error as PostgresError where error.kind == .server {
        return false
      }
    }
  }
}
