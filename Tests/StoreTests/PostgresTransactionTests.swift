import Postgres
import StoreLoop
import Testing

extension PostgresTests {
  @Suite struct Transactions {
    private struct Refused: Error {}

    private static func withTable(
      _ body: @escaping @Sendable (PostgresTesting) async throws -> Void
    ) async throws {
      try await PostgresTesting.run { testing in
        _ = try await testing.client.query("CREATE TABLE t (id int CONSTRAINT t_key PRIMARY KEY)")
        try await body(testing)
      }
    }

    private static func ids(_ testing: PostgresTesting) async throws -> [Int] {
      try await testing.client.query("SELECT id FROM t ORDER BY id").column()
    }

    @Test func effectsAreCommittedTogether() async throws {
      try await Self.withTable { testing in
        let answer = try await testing.client.withTransaction { transaction in
          transaction.enqueue("INSERT INTO t VALUES (1)")
          let rows = try await transaction.query("INSERT INTO t VALUES (2) RETURNING id")
          transaction.enqueue("INSERT INTO t VALUES (3)")
          #expect(try await testing.number("SELECT count(*) FROM t") == 0)
          return try rows.column(as: Int.self)
        }
        #expect(answer == [2])
        let ids = try await Self.ids(testing)
        #expect(ids == [1, 2, 3])
      }
    }

    @Test func thrownErrorsRollBack() async throws {
      try await Self.withTable { testing in
        let client = testing.client
        await #expect(throws: Refused.self) {
          try await client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1)")
            transaction.enqueue("INSERT INTO t VALUES (2)")
            throw Refused()
          }
        }
        let error = await postgresError {
          try await client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1), (1)")
          }
        }
        #expect(error?.constraint == "t_key")
        let ids = try await Self.ids(testing)
        #expect(ids == [])
        #expect(client.statistics.connectionsLost == 0)
      }
    }

    @Test func emptyTransactionsSendNothing() async throws {
      try await Self.withTable { testing in
        #expect(try await testing.client.withTransaction { _ in 7 } == 7)
        try await testing.client.withTransaction { transaction in
          try await transaction.savepoint {}
          #expect(try await transaction.pipeline([]).isEmpty)
        }
      }
    }

    @Test func errorsOfEnqueuedStatementsSurface() async throws {
      try await Self.withTable { testing in
        let atTheNextTrip = await postgresError {
          try await testing.client.withTransaction { transaction in
            transaction.enqueue("INSERT INTO t VALUES (1), (1)")
            _ = try await transaction.query("SELECT 1")
          }
        }
        #expect(atTheNextTrip?.sqlState == "23505")
        let atCommit = await postgresError {
          try await testing.client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1)")
            transaction.enqueue("INSERT INTO t VALUES (1)")
          }
        }
        #expect(atCommit?.sqlState == "23505")
        let ids = try await Self.ids(testing)
        #expect(ids == [])
      }
    }

    @Test func pipelinesGiveEveryResultOrTheFirstError() async throws {
      try await Self.withTable { testing in
        try await testing.client.withTransaction { transaction in
          transaction.enqueue("INSERT INTO t VALUES (1)")
          let results = try await transaction.pipeline([
            "INSERT INTO t VALUES (2)", "SELECT count(*) FROM t", "SELECT \(5)",
          ])
          #expect(results.count == 3 && results[0].affected == 1)
          #expect(try results[1].column(as: Int.self) == [2])
          #expect(try results[2].column(as: Int.self) == [5])
        }
        let error = await postgresError {
          try await testing.client.withTransaction { transaction in
            _ = try await transaction.pipeline([
              "INSERT INTO t VALUES (3)", "INSERT INTO t VALUES (2)", "SELECT nonsense",
            ])
          }
        }
        #expect(error?.sqlState == "23505")
        let ids = try await Self.ids(testing)
        #expect(ids == [1, 2])
      }
    }

    @Test func commitCanCarryTheLastStatements() async throws {
      try await Self.withTable { testing in
        try await testing.client.withTransaction { transaction in
          _ = try await transaction.query("INSERT INTO t VALUES (1)")
          let results = try await transaction.commit(with: [
            "INSERT INTO t VALUES (2)", "SELECT count(*) FROM t",
          ])
          #expect(try results.last?.column(as: Int.self) == [2])
          let ids = try await Self.ids(testing)
          #expect(ids == [1, 2])
          let late = await postgresError { _ = try await transaction.query("SELECT 1") }
          #expect(late?.sqlState == "25P01")
        }
        let refused = await postgresError {
          try await testing.client.withTransaction { transaction in
            _ = try await transaction.commit(with: ["DELETE FROM t", "SELECT 1 / 0"])
          }
        }
        #expect(refused?.sqlState == "22012")
        let ids = try await Self.ids(testing)
        #expect(ids == [1, 2])
      }
    }

    @Test func swallowedErrorsDoNotCommit() async throws {
      try await Self.withTable { testing in
        let error = await postgresError {
          try await testing.client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1)")
            _ = try? await transaction.query("SELECT 1 / 0")
          }
        }
        #expect(error?.sqlState == "22012")
        let ids = try await Self.ids(testing)
        #expect(ids == [])
      }
    }

    @Test func deferredConstraintsRefuseAtCommit() async throws {
      try await Self.withTable { testing in
        let client = testing.client
        _ = try await client.query("CREATE TABLE u (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        let error = await postgresError {
          try await client.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO u VALUES (1), (1)")
          }
        }
        #expect(error?.kind == .server && error?.sqlState == "23505")
        #expect(try await testing.number("SELECT count(*) FROM u") == 0)
        #expect(client.statistics.connectionsLost == 0)
      }
    }

    @Test func savepointsUndoWhatFailed() async throws {
      try await Self.withTable { testing in
        try await testing.client.withTransaction { transaction in
          for id in 1...5 {
            do {
              try await transaction.savepoint {
                _ = try await transaction.query("INSERT INTO t VALUES (\(id))")
                if id == 2 { throw Refused() }
                if id == 4 { _ = try await transaction.query("INSERT INTO t VALUES (1)") }
              }
              #expect(id != 2 && id != 4)
            } catch {
              #expect(id == 2 || id == 4)
            }
          }
          let rows = try await transaction.query("SELECT id FROM t ORDER BY id")
          #expect(try rows.column(as: Int.self) == [1, 3, 5])
        }
        let ids = try await Self.ids(testing)
        #expect(ids == [1, 3, 5])
      }
    }

    /// Cancelled at any moment: before anything is sent, while it waits for the request that cancels
    /// another part, while it runs, or when it is done.
    @Test func whatIsCancelledUndoesNoOther() async throws {
      try await Self.withTable { testing in
        for round in 0..<20 {
          let kept = try await testing.client.withTransaction { transaction in
            var kept: [Int] = []
            for part in 1...30 {
              let id = round * 100 + part
              let task = Task {
                try await transaction.savepoint {
                  if part % 3 > 0 { _ = try await transaction.query("SELECT 1") }
                  transaction.enqueue("INSERT INTO t VALUES (\(id))")
                  if part % 3 > 1 { _ = try await transaction.query("SELECT 2") }
                }
              }
              for _ in 0..<(part * 7 + round * 3) % 60 { await Task.yield() }
              if part % 5 != 0 { task.cancel() }
              if case .success = await task.result { kept.append(id) }
            }
            return kept
          }
          let first = round * 100
          let rows = try await testing.client.query(
            "SELECT id FROM t WHERE id BETWEEN \(first) AND \(first + 99) ORDER BY id")
          #expect(try rows.column(as: Int.self) == kept)
        }
      }
    }

    @Test func enqueuedStatementsFailInsideTheirSavepoint() async throws {
      try await Self.withTable { testing in
        try await testing.client.withTransaction { transaction in
          transaction.enqueue("INSERT INTO t VALUES (1)")
          let error = await postgresError {
            try await transaction.savepoint { transaction.enqueue("INSERT INTO t VALUES (1)") }
          }
          #expect(error?.sqlState == "23505")
          await #expect(throws: Refused.self) {
            try await transaction.savepoint {
              transaction.enqueue("INSERT INTO t VALUES (7)")
              throw Refused()
            }
          }
          try await transaction.savepoint { transaction.enqueue("INSERT INTO t VALUES (2)") }
        }
        let ids = try await Self.ids(testing)
        #expect(ids == [1, 2])
      }
    }

    @Test func savepointsNest() async throws {
      try await Self.withTable { testing in
        try await testing.client.withTransaction { transaction in
          try await transaction.savepoint {
            try await transaction.savepoint {
              _ = try await transaction.query("INSERT INTO t VALUES (1)")
            }
            let inner = await postgresError {
              try await transaction.savepoint {
                transaction.enqueue("INSERT INTO t VALUES (2)")
                _ = try await transaction.query("INSERT INTO t VALUES (1)")
              }
            }
            #expect(inner?.constraint == "t_key")
            await #expect(throws: Refused.self) {
              try await transaction.savepoint {
                try await transaction.savepoint {
                  _ = try await transaction.query("INSERT INTO t VALUES (3)")
                }
                throw Refused()
              }
            }
            transaction.enqueue("INSERT INTO t VALUES (4)")
          }
          await #expect(throws: Refused.self) {
            try await transaction.savepoint {
              _ = try await transaction.query("DELETE FROM t")
              _ = try? await transaction.query("SELECT nonsense")
              throw Refused()
            }
          }
        }
        let ids = try await Self.ids(testing)
        #expect(ids == [1, 4])
      }
    }

    @Test func errorsBeforeASavepointFailTheTransaction() async throws {
      try await Self.withTable { testing in
        let error = await postgresError {
          try await testing.client.withTransaction { transaction in
            transaction.enqueue("SELECT 1 / 0")
            _ = try? await transaction.savepoint {
              _ = try await transaction.query("INSERT INTO t VALUES (1)")
            }
            _ = try? await transaction.query("INSERT INTO t VALUES (2)")
          }
        }
        #expect(error?.kind == .server)
        let ids = try await Self.ids(testing)
        #expect(ids == [])
      }
    }

    @Test func changedTablesAreReadAnewInsideTransactions() async throws {
      try await Self.withTable { testing in
        let read: @Sendable (Transaction) async throws -> Int = { transaction in
          try await transaction.query("SELECT * FROM t").count
        }
        try await testing.client.withConnection { connection in
          _ = try await connection.withTransaction { try await read($0) }
          _ = try await testing.client.query("ALTER TABLE t ADD COLUMN a int")
          // At the first trip the transaction can be begun again,
          #expect(try await connection.withTransaction { try await read($0) } == 0)
          _ = try await testing.client.query("ALTER TABLE t ADD COLUMN b int")
          try await connection.withTransaction { transaction in
            _ = try await transaction.query("INSERT INTO t VALUES (1)")
            // inside a savepoint the savepoint can,
            let count = try await transaction.savepoint { try await read(transaction) }
            #expect(count == 1)
          }
          _ = try await testing.client.query("ALTER TABLE t ADD COLUMN c int")
          let error = await postgresError {
            try await connection.withTransaction { transaction in
              _ = try await transaction.query("SELECT 1")
              // and here nothing can: the caller has to begin anew.
              _ = try await read(transaction)
            }
          }
          #expect(error?.sqlState == "0A000")
          #expect(try await connection.withTransaction { try await read($0) } == 1)
        }
      }
    }

    @Test func snapshotsSeeOneMoment() async throws {
      try await Self.withTable { testing in
        await #expect(throws: PostgresError.self) {
          try await testing.client.withTransaction(.snapshot) { transaction in
            #expect(try await transaction.query("SELECT id FROM t").isEmpty)
            _ = try await testing.client.query("INSERT INTO t VALUES (1)")
            #expect(try await transaction.query("SELECT id FROM t").isEmpty)
            let error = await postgresError {
              _ = try await transaction.query("INSERT INTO t VALUES (2)")
            }
            #expect(error?.sqlState == "25006")
          }
        }
      }
    }

    @Test func transactionsRunOnAnyExecutor() async throws {
      try await Self.withTable { testing in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for id in 0..<50 {
            group.addTask(executorPreference: globalConcurrentExecutor) {
              try await testing.client.withTransaction { transaction in
                transaction.enqueue("INSERT INTO t VALUES (\(id))")
                try await transaction.savepoint {
                  _ = try await transaction.query("SELECT \(id)")
                }
                transaction.enqueue("UPDATE t SET id = id + 100 WHERE id = \(id)")
              }
            }
          }
          try await group.waitForAll()
        }
        let ids = try await Self.ids(testing)
        #expect(ids == Array(100..<150))
      }
    }

    @Test func aGroupSharesOneTransaction() async throws {
      try await Self.withTable { testing in
        let refused = try await testing.client.withTransaction { transaction in
          var refused = 0
          for number in 0..<64 {
            do {
              try await transaction.savepoint {
                _ = try await transaction.query("INSERT INTO t VALUES (\(number % 48))")
              }
            } catch let error as PostgresError where error.constraint == "t_key" {
              refused += 1
            }
          }
          return refused
        }
        #expect(refused == 16)
        #expect(try await testing.number("SELECT count(*) FROM t") == 48)
      }
    }
  }
}
