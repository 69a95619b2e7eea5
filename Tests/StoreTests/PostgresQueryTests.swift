import Postgres
import StoreLoop
import Testing

extension PostgresTests {
  @Suite struct Queries {
    @Test func manyCallersShareAConnection() async throws {
      try await PostgresTesting.run { testing in
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
          for number in 0..<1_000 {
            group.addTask(executorPreference: number.isMultiple(of: 2) ? testing.loop : nil) {
              try await testing.number("SELECT \(number)")
            }
          }
          return try await group.reduce(0, +)
        }
        #expect(sum == 499_500)
        #expect(testing.client.statistics.queriesInFlight == 0)
        #expect(testing.client.isUp)
      }
    }

    @Test func errorsStayWithTheirCaller() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY)")
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
          for number in 0..<200 {
            group.addTask(executorPreference: testing.loop) {
              guard number.isMultiple(of: 4) else {
                let rows = try await client.query("SELECT \(number)")
                #expect(try rows.column(as: Int.self) == [number])
                return false
              }
              do {
                _ = try await client.query("INSERT INTO t VALUES (\(number % 16))")
                return false
              } catch let error as PostgresError {
                #expect(error.kind == .server && error.sqlState == "23505")
                #expect(error.constraint == "t_key" && error.table == "t")
                return true
              }
            }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 46)
        #expect(try await testing.number("SELECT count(*) FROM t") == 4)
      }
    }

    @Test func errorsAtTheImplicitCommitAreErrors() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        _ = try await client.query("INSERT INTO t VALUES (1)")
        async let refused = postgresError { _ = try await client.query("INSERT INTO t VALUES (1)") }
        async let neighbour = client.query("SELECT 2")
        #expect(await refused?.sqlState == "23505")
        #expect(try await neighbour.column(as: Int.self) == [2])
        #expect(try await testing.number("SELECT count(*) FROM t") == 1)
      }
    }

    @Test func wrongStatementsAreRefusedEachTime() async throws {
      try await PostgresTesting.run { testing in
        let codes = await withTaskGroup(of: String?.self) { group in
          for _ in 0..<20 {
            group.addTask(executorPreference: testing.loop) {
              await postgresError { _ = try await testing.client.query("SELECT nonsense") }?
                .sqlState
            }
          }
          return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(codes == ["42703"])
        _ = try await testing.client.query("CREATE TABLE nonsense (nonsense int)")
        let syntax = await postgresError { _ = try await testing.client.query("SELEC 1") }
        #expect(syntax?.sqlState == "42601")
        let two = await postgresError { _ = try await testing.client.query("SELECT 1; SELECT 2") }
        #expect(two?.sqlState == "42601")
        #expect(try await testing.client.query("").isEmpty)
      }
    }

    @Test func changedTablesAreReadAnew() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (a int)")
        _ = try await client.query("INSERT INTO t VALUES (1)")
        for _ in 0..<2 { #expect(try await testing.number("SELECT * FROM t") == 1) }
        try await client.withTransaction { transaction in
          _ = try await transaction.query("SELECT * FROM t")
        }
        _ = try await client.query("ALTER TABLE t ALTER COLUMN a TYPE text")
        _ = try await client.query("ALTER TABLE t ADD COLUMN b int")
        #expect(try await client.query("SELECT * FROM t").column(as: String.self) == ["1"])
        // The transactions' connections prepare anew as well, before they can be refused.
        try await client.withTransaction { transaction in
          _ = try await transaction.query("SELECT 1")
          #expect(try await transaction.query("SELECT * FROM t").column(as: String.self) == ["1"])
        }
      }
    }

    @Test func forgottenStatementsArePreparedAgain() async throws {
      try await PostgresTesting.run { testing in
        for _ in 0..<2 {
          #expect(try await testing.number("SELECT 1") == 1)
          _ = try await testing.client.query("DISCARD ALL")
          async let first = testing.number("SELECT 1")
          async let second = testing.number("SELECT 1")
          #expect(try await [first, second] == [1, 1])
        }
      }
    }

    @Test func manyStatementsFitTheCache() async throws {
      try await PostgresTesting.run { testing in
        for _ in 0..<2 {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<600 {
              group.addTask(executorPreference: testing.loop) {
                let answer = try await testing.number("SELECT \(raw: String(number))")
                #expect(answer == number)
              }
            }
            try await group.waitForAll()
          }
        }
        var kept = 600
        while kept > 257 {
          kept = try await testing.number("SELECT count(*) FROM pg_prepared_statements")
        }
      }
    }

    @Test func theSameTextMayHaveOtherTypes() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        for _ in 0..<2 {
          let number = try await client.query("SELECT \(1)")
          #expect(try number.column(as: Int.self) == [1])
          let text = try await client.query("SELECT \("a")")
          #expect(try text.column(as: String.self) == ["a"])
          let truth = try await client.query("SELECT \(true)")
          #expect(try truth.column(as: Bool.self) == [true])
        }
      }
    }

    @Test func largeResultsAndParametersPass() async throws {
      try await PostgresTesting.run { testing in
        let text = String(repeating: "0123456789", count: 300_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<8 {
            group.addTask(executorPreference: testing.loop) {
              let rows = try await testing.client.query(
                "SELECT \(text) || i FROM generate_series(0, 3) AS i")
              let columns = try rows.column(as: String.self)
              #expect(columns.map(\.utf8.count) == Array(repeating: 3_000_001, count: 4))
            }
          }
          try await group.waitForAll()
        }
      }
    }

    @Test func cancelledQueriesStopAndLeaveTheirNeighboursAlone() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        let sleeper = Task(executorPreference: testing.loop) {
          await postgresError { _ = try await client.query("SELECT pg_sleep(600)") }?.kind
        }
        let neighbours = Task(executorPreference: testing.loop) {
          try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
              group.addTask { try await testing.number("SELECT \(number)") }
            }
            return try await group.reduce(0, +)
          }
        }
        try await testing.wait(
          until: """
            EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)'
              AND state = 'active' AND application_name = \(testing.configuration.applicationName))
            """)
        sleeper.cancel()
        #expect(await sleeper.value == .cancelled)
        #expect(try await neighbours.value == 4_950)
        #expect(client.statistics.connectionsLost == 0)
      }
    }

    @Test func cancelledTasksSendNothing() async throws {
      try await PostgresTesting.run { testing in
        let task = Task {
          unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
          return await postgresError { _ = try await testing.client.query("CREATE TABLE t ()") }
        }
        #expect(await task.value?.kind == .cancelled)
        let absent = try await testing.number("SELECT (to_regclass('t') IS NULL)::int")
        #expect(absent == 1)
      }
    }

    @Test func serversTimeoutsAreTold() async throws {
      try await PostgresTesting.run {
        $0.sessionSettings.append(("statement_timeout", "20ms"))
      } _: { testing in
        let error = await postgresError {
          _ = try await testing.client.query("SELECT pg_sleep(600)")
        }
        #expect(error?.kind == .timedOut && error?.sqlState == "57014")
      }
    }

    @Test func copyIsRefusedAndTheClientRecovers() async throws {
      try await PostgresTesting.run { testing in
        let error = await postgresError {
          _ = try await testing.client.query("COPY (SELECT 1) TO STDOUT")
        }
        #expect(error?.kind == .server)
        let number = try await testing.number("SELECT 1")
        #expect(number == 1)
      }
    }
  }
}
