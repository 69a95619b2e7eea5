import Postgres
import StoreLoop
import TestSupport
import Testing

extension PostgresTests {
  @Suite struct Sessions {
    private struct Refused: Error {}

    @Test func notificationsArrive() async throws {
      try await PostgresTesting.run { testing in
        let channel = testing.configuration.applicationName
        try await testing.client.withConnection { connection in
          _ = try await connection.query("LISTEN \(raw: channel)")
          for number in 0..<3 {
            _ = try await testing.client.query("SELECT pg_notify(\(channel), \(String(number)))")
          }
          var received: [String] = []
          for await notification in connection.notifications {
            #expect(notification.channel == channel)
            received.append(notification.payload)
            if received.count == 3 { break }
          }
          #expect(received == ["0", "1", "2"])
        }
      }
    }

    @Test func notificationsEndWithTheConnection() async throws {
      try await PostgresTesting.run { testing in
        try await testing.client.withConnection { connection in
          let pid = try await connection.query("SELECT pg_backend_pid()").column(as: Int32.self)
          _ = try await testing.client.query(
            "SELECT pg_terminate_backend(\(try #require(pid.first)))")
          for await _ in connection.notifications {}
          let error = await postgresError { _ = try await connection.query("SELECT 1") }
          #expect(error?.kind == .connectionLost)
        }
      }
    }

    @Test func sessionLocksEndWithTheClosure() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        let key = Int64.random(in: .min ... .max)
        try await client.withConnection { holder in
          _ = try await holder.query("SELECT pg_advisory_lock(\(key))")
          try await client.withConnection { other in
            let rows = try await other.query("SELECT pg_try_advisory_lock(\(key))")
            #expect(try rows.column(as: Bool.self) == [false])
          }
        }
        try await testing.wait(until: "pg_try_advisory_xact_lock(\(key))")
      }
    }

    @Test func nothingShortWaitsBehindWhatIsLong() async throws {
      try await PostgresTesting.run {
        $0.longConnections = 1
      } _: { testing in
        let client = testing.client
        let key = Int64.random(in: .min ... .max)
        try await testing.waitForConnections(4)
        try await client.withConnection { holder in
          _ = try await holder.query("SELECT pg_advisory_lock(\(key))")
          async let long = client.query("SELECT pg_advisory_xact_lock(\(key))", isLong: true)
          try await testing.wait(
            until: """
              EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' \
              AND application_name = current_setting('application_name'))
              """)
          for _ in 0..<10 { _ = try await client.query("SELECT 1") }
          _ = try await holder.query("SELECT pg_advisory_unlock(\(key))")
          #expect(try await long.count == 1)
        }
      }
    }

    @Test func fewOfManyWaitBehindALongQuery() async throws {
      try await PostgresTesting.run {
        $0.longConnections = 2
      } _: { testing in
        let client = testing.client
        let key = Int64.random(in: .min ... .max)
        try await testing.waitForConnections(5)
        try await client.withConnection { holder in
          _ = try await holder.query("SELECT pg_advisory_lock(\(key))")
          let answered = Tally(0)
          try await withThrowingTaskGroup { group in
            // At once, so that nothing can be known of the first when the others are sent.
            group.addTask {
              _ = try await client.query("SELECT pg_advisory_xact_lock(\(key))", isLong: true)
            }
            for _ in 0..<40 {
              group.addTask {
                _ = try await client.query("SELECT 1", isLong: true)
                answered.update { $0 += 1 }
              }
            }
            try await eventually("all but those sent ahead are answered") {
              answered.value >= 37
            }
            _ = try await holder.query("SELECT pg_advisory_unlock(\(key))")
            try await group.waitForAll()
          }
        }
      }
    }

    @Test func sessionsThatOnlyReadAreLeftTogether() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (n int)")
        let readOnly: SQL = "SET default_transaction_read_only = on"
        try await client.withTransaction { transaction in
          _ = try await transaction.query(readOnly)
          try await client.withTransaction { _ = try await $0.query(readOnly) }
        }
        var refusals: [String?] = []
        for _ in 0..<4 {
          do {
            try await client.withTransaction { _ = try await $0.query("INSERT INTO t VALUES (1)") }
          } catch let error as PostgresError {
            refusals.append(error.sqlState)
          }
        }
        #expect(refusals == ["25006"])
      }
    }

    @Test func copyTakesItsRows() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id bigint, note text)")
        try await client.withConnection { connection in
          let line = String(repeating: "x", count: 1_000)
          var next = 0
          let copied = try await connection.copyIn("COPY t FROM STDIN") {
            guard next < 20_000 else { return nil }
            next += 1
            return Array("\(next)\t\(line)\n".utf8)
          }
          #expect(copied == 20_000)
          let chunks = AsyncStream { continuation in
            for chunk in ["1\tcut ", "anywhere\n2", "\tb\n"] {
              continuation.yield(Array(chunk.utf8))
            }
            continuation.finish()
          }
          #expect(try await connection.copyIn("COPY t FROM STDIN", rows: chunks) == 2)
          #expect(try await connection.copyIn("COPY t FROM STDIN") { nil } == 0)
          let rows = try await connection.query("SELECT count(*), sum(id), max(note) FROM t")
          var cells = rows[0].cells
          #expect(try cells.next() == 20_002)
        }
      }
    }

    @Test func copyThatFailsCopiesNothing() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE t (id bigint)")
        try await client.withConnection { connection in
          var next = 0
          let malformed = await postgresError {
            _ = try await connection.copyIn("COPY t FROM STDIN") {
              next += 1
              return next > 50_000 ? nil : Array((next == 100 ? "x\n" : "\(next)\n").utf8)
            }
          }
          #expect(malformed?.sqlState == "22P02")
          var chunks = 0
          await #expect(throws: Refused.self) {
            try await connection.copyIn("COPY t FROM STDIN") {
              chunks += 1
              if chunks > 3 { throw Refused() }
              return Array("1\n".utf8)
            }
          }
          let unknown = await postgresError {
            _ = try await connection.copyIn("COPY nonsense FROM STDIN") { nil }
          }
          #expect(unknown?.sqlState == "42P01")
          let other = await postgresError {
            _ = try await connection.copyIn("SELECT 1") { nil }
          }
          #expect(other?.kind == .server)
          let rows = try await connection.query("SELECT count(*) FROM t")
          #expect(try rows.column(as: Int.self) == [0])
        }
      }
    }

    @Test func scriptsRunEntirelyOrNotAtAll() async throws {
      try await PostgresTesting.run { testing in
        try await testing.client.withConnection { connection in
          try await connection.execute(
            script: """
              CREATE TABLE t (id int);
              INSERT INTO t VALUES (1); -- a comment; with a semicolon
              DO $$ BEGIN RAISE NOTICE 'hello'; END $$;
              SELECT * FROM t;
              """)
          let error = await postgresError {
            try await connection.execute(script: "INSERT INTO t VALUES (2); SELECT 1 / 0; SELECT 2")
          }
          #expect(error?.sqlState == "22012")
          let inTransaction = await postgresError {
            try await connection.execute(
              script: "BEGIN; INSERT INTO t VALUES (3); SELECT x; COMMIT")
          }
          #expect(inTransaction?.sqlState == "42703")
          try await connection.execute(script: "")
          let rows = try await connection.query("SELECT count(*) FROM t")
          #expect(try rows.column(as: Int.self) == [1])
        }
      }
    }

    @Test func cancelledScriptsStop() async throws {
      try await PostgresTesting.run { testing in
        let client = testing.client
        let task = Task(executorPreference: testing.loop) {
          await postgresError {
            try await client.withConnection { connection in
              try await connection.execute(script: "SELECT 1; SELECT pg_sleep(601)")
            }
          }?.kind
        }
        try await testing.wait(
          until: """
            EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(601)'
              AND state = 'active' AND pid <> pg_backend_pid()
              AND application_name = \(testing.configuration.applicationName))
            """)
        task.cancel()
        #expect(await task.value == .cancelled)
      }
    }
  }
}
