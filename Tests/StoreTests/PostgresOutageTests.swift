import Glibc
import Postgres
import StoreLoop
import TestSupport
import Testing
import Threads

extension PostgresTests {
  @Suite struct Outages {
    private static func wait(
      _ testing: PostgresTesting, untilAsleep seconds: Int
    ) async throws {
      try await testing.wait(
        until: """
          EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active'
            AND query LIKE \("%pg_sleep(\(seconds))%") AND pid <> pg_backend_pid()
            AND application_name = \(testing.configuration.applicationName))
          """)
    }

    /// Ends every connection of the client, from a connection that is another client's.
    private static func endConnections(_ testing: PostgresTesting) async throws {
      try await PostgresTesting.run { other in
        _ = try await other.client.query(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = \(testing.configuration.applicationName)
          """)
      }
    }

    @Test func lostConnectionsFailTheirQueriesAndComeBack() async throws {
      try await PostgresTesting.run {
        $0.pipelinedConnections = 2
      } _: { testing in
        let client = testing.client
        let sleeper = Task(executorPreference: testing.loop) {
          await postgresError { _ = try await client.query("SELECT pg_sleep(602)") }?.kind
        }
        try await eventually("all connections are made") { client.statistics.connections >= 4 }
        try await Self.wait(testing, untilAsleep: 602)
        try await Self.endConnections(testing)
        #expect(await sleeper.value == .connectionLost)
        let number = try await testing.number("SELECT 1")
        #expect(number == 1 && client.isUp)
        #expect(client.statistics.connectionsLost >= 4)
      }
    }

    @Test func readsAreRepeatedOnAnotherConnection() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE SEQUENCE attempts")
        // The first and the second attempt end their own sessions.
        let sql: SQL = """
          SELECT CASE WHEN nextval('attempts') <= 2
            THEN pg_terminate_backend(pg_backend_pid())::text ELSE 'answered' END
          """
        let once = await postgresError { _ = try await client.query(sql) }
        #expect(once?.kind == .connectionLost)
        let rows = try await client.query(sql, retry: true)
        #expect(try rows.column(as: String.self) == ["answered"])
      }
    }

    @Test func transactionsOnLostConnectionsAreNotCommitted() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id int)")
        let error = await postgresError {
          try await client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1)")
            _ = try await transaction.query("SELECT pg_terminate_backend(pg_backend_pid())")
          }
        }
        #expect(error?.kind == .connectionLost && error?.sqlState == "57P01")
        let count = try await testing.number("SELECT count(*) FROM t")
        #expect(count == 0)
      }
    }

    @Test func connectionsLostAtCommitLeaveTheOutcomeUnknown() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        try await client.withConnection { connection in
          try await connection.execute(
            script: """
              CREATE TABLE t (id int);
              CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
              CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION leave();
              """)
        }
        let error = await postgresError {
          try await client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1)")
          }
        }
        #expect(error?.kind == .outcomeUnknown)
        let count = try await testing.number("SELECT count(*) FROM t")
        #expect(count == 0)
      }
    }

    @Test func cancelledTransactionsRollBack() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id int)")
        let inStatement = Task(executorPreference: testing.loop) {
          await postgresError {
            try await client.withTransaction { transaction in
              transaction.enqueue("INSERT INTO t VALUES (1)")
              _ = try await transaction.query("SELECT pg_sleep(603)")
            }
          }?.kind
        }
        try await Self.wait(testing, untilAsleep: 603)
        inStatement.cancel()
        #expect(await inStatement.value == .cancelled)
        let beforeCommit = Task(executorPreference: testing.loop) {
          await postgresError {
            try await client.withTransaction { transaction in
              _ = try await transaction.query("INSERT INTO t VALUES (1)")
              unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            }
          }?.kind
        }
        #expect(await beforeCommit.value == .cancelled)
        let count = try await testing.number("SELECT count(*) FROM t")
        #expect(count == 0)
        #expect(client.statistics.connectionsLost == 0)
      }
    }

    @Test func aCancelledCallersStatementLeavesTheTransaction() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id int)")
        try await client.withTransaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          let caller = Task(executorPreference: testing.loop) {
            await postgresError {
              try await transaction.savepoint {
                transaction.enqueue("INSERT INTO t VALUES (2)")
                _ = try await transaction.query("SELECT pg_sleep(604)")
              }
            }?.kind
          }
          try await Self.wait(testing, untilAsleep: 604)
          caller.cancel()
          #expect(await caller.value == .cancelled)
          for id in 3..<20 {
            _ = try await transaction.query("INSERT INTO t VALUES (\(id))")
          }
        }
        let count = try await testing.number("SELECT count(*) FROM t")
        #expect(count == 18)
      }
    }

    @Test func callersWaitInOrderForAConnectionAndCanLeave() async throws {
      try await PostgresTesting.run {
        $0.transactionConnections = 1
      } _: { testing in
        let client = testing.client
        let order = Locked<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
          let left = Task.detached {
            while client.statistics.transactionsWaiting < 1 { await Task.yield() }
            return await postgresError { try await client.withTransaction { _ in } }?.kind
          }
          try await client.withTransaction { _ in
            for number in 0..<4 {
              group.addTask(executorPreference: testing.loop) {
                try await client.withTransaction { _ in order.withLock { $0.append(number) } }
              }
              while client.statistics.transactionsWaiting < (number == 0 ? 1 : number + 2) {
                await Task.yield()
              }
            }
            #expect(client.statistics.transactionsInUse == 1)
            left.cancel()
            #expect(await left.value == .cancelled)
          }
          try await group.waitForAll()
        }
        #expect(order.withLock { $0 } == [0, 1, 2, 3])
        let statistics = client.statistics
        #expect(statistics.transactionsWaiting == 0 && statistics.transactionsInUse == 0)
      }
    }

    @Test func callersOfAnAbsentServerAreToldSoon() async throws {
      var configuration = PostgresClient.Configuration(
        url: "postgres:///clinic?host=/nonexistent&user=clinic")
      configuration.connectTimeout = .seconds(60)
      let (client, loop) = Self.client(configuration)
      let running = Task { try await client.run() }
      let query = await postgresError { _ = try await client.query("SELECT 1") }
      #expect(query?.kind == .unavailable)
      for _ in 0..<3 {
        let transaction = await postgresError { try await client.withTransaction { _ in } }
        #expect(transaction?.kind == .unavailable)
      }
      let connection = await postgresError { try await client.withConnection { _ in } }
      #expect(connection?.kind == .unavailable)
      #expect(!client.isUp && client.lastFailure?.message?.isEmpty == false)
      running.cancel()
      try await running.value
      let late = await postgresError { _ = try await client.query("SELECT 1") }
      #expect(late?.kind == .unavailable)
      loop.shutdown()
    }

    @Test func callersOfAServerThatDoesNotAnswerAreToldInTime() async throws {
      let silent = try SilentServer()
      var configuration = PostgresClient.Configuration(
        url: "postgres://clinic@127.0.0.1:\(silent.port)/clinic")
      configuration.connectTimeout = .milliseconds(200)
      let (client, loop) = Self.client(configuration)
      let running = Task { try await client.run() }
      let start = ContinuousClock.now
      for _ in 0..<3 {
        let query = await postgresError { _ = try await client.query("SELECT 1") }
        #expect(query?.kind == .unavailable)
      }
      let connection = await postgresError { try await client.withConnection { _ in } }
      #expect(connection?.kind == .unavailable)
      #expect(ContinuousClock.now - start < .seconds(20))
      running.cancel()
      try await running.value
      loop.shutdown()
    }

    @Test func unreadableURLsAreRefused() async {
      let (client, loop) = Self.client(PostgresClient.Configuration(url: "postgres://%zz"))
      let run = await postgresError { try await client.run() }
      #expect(run?.kind == .unavailable && run?.message != nil)
      let query = await postgresError { _ = try await client.query("SELECT 1") }
      #expect(query?.kind == .unavailable)
      loop.shutdown()
    }

    private static func client(
      _ configuration: PostgresClient.Configuration
    ) -> (PostgresClient, StoreLoop) {
      let loop = StoreLoop(name: "test")
      return (PostgresClient(configuration: configuration, loop: loop), loop)
    }
  }
}

/// A port at which connections are taken and nothing is ever said, as by a server that is stopped.
private final class SilentServer {
  let port: UInt16
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(descriptor, address, length) == 0 && listen(descriptor, 128) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    try #require(bound)
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit {
    close(descriptor)
  }
}
