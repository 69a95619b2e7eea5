import Glibc
import Mongo
import TestSupport
import Testing

/// The server is stopped, killed, frozen and comes back.
@Suite struct MongoOutageTests {
  /// A call that ends well before its own time was ended by the probe.
  private static let quick = MongoClient.Timeouts(
    connect: .milliseconds(500), call: .seconds(60), probe: .milliseconds(300))

  private func withServer(
    _ body: (ServerProcess, MongoClient) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let server = try MongoServer(in: folder)
      let mongo = try MongoClient(url: server.url, database: "clinic", timeouts: Self.quick)
      try await server.process.start()
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await mongo.run() }
          try await eventually("mongod answers") { mongo.isUp }
          try await body(server.process, mongo)
          group.cancelAll()
        }
      } catch {
        await server.process.stop()
        throw error
      }
      await server.process.stop()
    }
  }

  /// How a call ends, and that it does not wait for its own time.
  private func kind(
    of call: () async throws(MongoError) -> Void
  ) async -> MongoError.Kind? {
    let started = ContinuousClock.now
    defer { #expect(ContinuousClock.now - started < .seconds(30)) }
    do {
      try await call()
      return nil
    } catch {
      return error.kind
    }
  }

  @Test(arguments: [SIGTERM, SIGKILL])
  func aServerThatIsGoneIsNoticedAndItsReturnToo(signal: Int32) async throws {
    try await withServer { server, mongo in
      try await mongo.insertMany("log", [["_id": 1]])
      await server.stop(signal)
      #expect(
        await kind { () throws(MongoError) in _ = try await mongo.find("log") } == .unavailable)
      try await eventually("the client knows") { !mongo.isUp }
      // Known to be down: at once.
      let started = ContinuousClock.now
      for _ in 0..<100 {
        await #expect(throws: MongoError(.unavailable)) { try await mongo.count("log") }
      }
      #expect(ContinuousClock.now - started < .seconds(5))
      try await server.start()
      try await eventually("the client is back") { mongo.isUp }
      #expect(
        try await mongo.insertMany("log", [["_id": 1], ["_id": 2]])
          == .init(inserted: 1, duplicates: 1))
    }
  }

  @Test func aRestartBetweenTwoCallsIsNotSeen() async throws {
    try await withServer { server, mongo in
      try await mongo.insertMany("log", [["_id": 1]])
      await server.stop(SIGTERM)
      try await server.start()
      try await eventually("the client is back") { (try? await mongo.ping()) != nil }
      // Its connections are dead; the first call over each finds out and is made again.
      for id in Int64(2)...5 { try await mongo.insertMany("log", [["_id": .int64(id)]]) }
      #expect(try await mongo.count("log") == 5)
    }
  }

  @Test func aFrozenServerHoldsNobodyUp() async throws {
    try await withServer { server, mongo in
      try await mongo.insertMany("log", [["_id": 0]])
      await server.signal(SIGSTOP)
      // More calls than threads: those that wait for one are answered too.
      await withTaskGroup(of: MongoError.Kind?.self) { group in
        for id in Int64(1)...8 {
          group.addTask {
            await kind { () throws(MongoError) in
              try await mongo.insertMany("log", [["_id": .int64(id)]])
            }
          }
        }
        for await kind in group { #expect(kind == .unavailable) }
      }
      #expect(!mongo.isUp)
      await server.signal(SIGCONT)
      try await eventually("the client is back") { mongo.isUp }
      try await mongo.insertMany("log", (0...8).map { ["_id": .int64($0)] })
      #expect(try await mongo.count("log") == 9)
    }
  }

  @Test func aClientMadeBeforeItsServerFindsIt() async throws {
    try await withTemporaryFolder { folder in
      let server = try MongoServer(in: folder)
      let mongo = try MongoClient(url: server.url, database: "clinic", timeouts: Self.quick)
      #expect(!mongo.isUp)
      #expect(await kind { () throws(MongoError) in try await mongo.ping() } == .unavailable)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await mongo.run() }
        try await server.process.start()
        try await eventually("the client is up") { mongo.isUp }
        group.cancelAll()
      }
      // Its run has ended: closed for good.
      #expect(await kind { () throws(MongoError) in try await mongo.ping() } == .unavailable)
      await server.process.stop()
    }
  }

  @Test func killedInTheMiddleOfWritesNothingAcknowledgedIsLost() async throws {
    try await withServer { server, mongo in
      let writer = Task {
        var acknowledged: [Int64] = []
        for batch in Int64(0)..<10_000 {
          let ids = (0..<50).map { batch * 50 + $0 }
          do {
            try await mongo.insertMany("log", ids.map { ["_id": .int64($0)] })
            acknowledged += ids
          } catch {
            return acknowledged
          }
        }
        return acknowledged
      }
      try await eventually("some are written") { (try? await mongo.count("log")) ?? 0 > 1000 }
      await server.stop(SIGKILL)
      let acknowledged = await writer.value
      try await server.start()
      try await eventually("the client is back") { (try? await mongo.ping()) != nil }
      let found = Set(try await mongo.find("log").compactMap { $0["_id"]?.integerValue })
      #expect(!acknowledged.isEmpty)
      #expect(found.isSuperset(of: acknowledged))
    }
  }
}
