import Glibc
import Postgres
import StoreLoop
import TestSupport
import Testing

/// The tests that need a PostgreSQL: one after another, because each opens connections of its own.
@Suite(.serialized) struct PostgresTests {}

/// What a test has: a client whose tables live in a schema that is the test's own.
struct PostgresTesting: Sendable {
  let client: PostgresClient
  let loop: StoreLoop
  let configuration: PostgresClient.Configuration

  /// Runs `body` on the loop, as the daemon runs its calls.
  static func run(
    configure: (inout PostgresClient.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (PostgresTesting) async throws -> Void
  ) async throws {
    signal(SIGPIPE, SIG_IGN)
    let schema = "test_\(UInt64.random(in: 0 ... .max))"
    var configuration = PostgresClient.Configuration(url: try url)
    configuration.pipelinedConnections = 1
    configuration.transactionConnections = 2
    configuration.applicationName = schema
    configuration.sessionSettings = [("search_path", schema), ("TimeZone", "UTC")]
    configure(&configuration)
    let loop = StoreLoop(name: "test")
    let testing = PostgresTesting(
      client: PostgresClient(configuration: configuration, loop: loop), loop: loop,
      configuration: configuration)
    try await testing.whileRunning {
      _ = try await testing.client.query("CREATE SCHEMA \(raw: schema)")
      do {
        try await body(testing)
      } catch {
        _ = try? await testing.client.query("DROP SCHEMA \(raw: schema) CASCADE")
        throw error
      }
      _ = try await testing.client.query("DROP SCHEMA \(raw: schema) CASCADE")
    }
    loop.shutdown()
  }

  /// The database that the tests may use.
  static var url: String {
    get throws { try testSetting("CLINIC_TEST_DATABASE_URL") }
  }

  private func whileRunning(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await client.run() }
      group.addTask(executorPreference: loop) { try await body() }
      try await group.next()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  /// The number in the only cell of the only row.
  func number(_ sql: SQL) async throws -> Int {
    let rows = try await client.query(sql, retry: true)
    return try #require(try rows.column(as: Int.self).first)
  }

  /// Waits until the client has as many connections open.
  func waitForConnections(_ count: Int) async throws {
    try await wait(
      until: """
        (SELECT count(*) >= \(count) FROM pg_stat_activity \
        WHERE application_name = current_setting('application_name'))
        """)
  }

  /// Asks until the answer is yes: what the test waits for has no event of its own. Not on a shared
  /// connection, where the question would wait behind what it asks for.
  func wait(until sql: SQL) async throws {
    var isTrue = false
    while !isTrue {
      isTrue = try await client.withTransaction { transaction in
        try await transaction.query("SELECT \(sql: sql)").column(as: Bool.self) == [true]
      }
    }
  }
}

/// The error of a call that has to fail.
func postgresError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> PostgresError? {
  do {
    try await body()
    Issue.record("Nothing was thrown.", sourceLocation: sourceLocation)
  } catch let error as PostgresError {
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
  return nil
}
