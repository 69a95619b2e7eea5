import Glibc
import Redis
import StoreLoop
import TestSupport
import Testing

/// The server is stopped, killed, frozen and comes back.
@Suite struct RedisOutageTests {
  private func withServer(
    _ body: (ServerProcess, RedisClient) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let server = RedisServer(in: folder)
      try await server.process.start()
      do {
        try await withRedis(url: server.url, callTimeout: .milliseconds(250)) { redis, _ in
          try await eventually("redis answers") { redis.isUp }
          try await body(server.process, redis)
        }
      } catch {
        await server.process.stop()
        throw error
      }
      await server.process.stop()
    }
  }

  @Test(arguments: [SIGTERM, SIGKILL])
  func aServerThatIsGoneIsNoticedAndItsReturnToo(signal: Int32) async throws {
    try await withServer { server, redis in
      _ = try await redis.command(["SET", "kept", "1"])
      await server.stop(signal)
      try await eventually("the client knows") { !redis.isUp }
      // At once.
      let started = ContinuousClock.now
      for _ in 0..<100 {
        await #expect(throws: RedisError(.unavailable)) { try await redis.command(["PING"]) }
      }
      #expect(ContinuousClock.now - started < .seconds(5))
      try await server.start()
      try await eventually("the client is back") { redis.isUp }
      #expect(try await redis.command(["GET", "kept"]).text == "1")
      // In the database that the address names.
      #expect(try await redis.command(["CLIENT", "INFO"]).text?.contains(" db=3 ") == true)
    }
  }

  @Test func aFrozenServerHoldsNobodyUp() async throws {
    try await withServer { server, redis in
      await server.signal(SIGSTOP)
      let started = ContinuousClock.now
      await withTaskGroup(of: RedisError.Kind?.self) { group in
        for number in 0..<50 {
          group.addTask {
            do throws(RedisError) {
              _ = try await redis.command(["SET", "n", .int(number)])
              return nil
            } catch {
              return error.kind
            }
          }
        }
        for await kind in group { #expect(kind == .timedOut || kind == .unavailable) }
      }
      #expect(ContinuousClock.now - started < .seconds(5))
      #expect(!redis.isUp)
      await #expect(throws: RedisError(.unavailable)) { try await redis.command(["PING"]) }
      await server.signal(SIGCONT)
      try await eventually("the client is back") { redis.isUp }
      // Nothing of the old connection is answered on the new one.
      for number in 0..<100 {
        let echo = try await redis.command(["ECHO", .int(number)])
        #expect(echo.integer == Int64(number))
      }
    }
  }

  @Test func anIdleClientNoticesAFrozenServer() async throws {
    try await withServer { server, redis in
      await server.signal(SIGSTOP)
      try await eventually(within: .seconds(5), "the probe finds out") { !redis.isUp }
      await server.signal(SIGCONT)
      try await eventually("the client is back") { redis.isUp }
    }
  }

  @Test func killedUnderLoadEveryCallEndsAndNoAnswerIsMixedUp() async throws {
    try await withServer { server, redis in
      let count = 32
      try await withThrowingTaskGroup(of: Int.self) { group in
        for task in 0..<count {
          group.addTask {
            var answered = 0
            var wasInterrupted = false
            for number in 0..<1_000_000 {
              do throws(RedisError) {
                let echo = try await redis.command(["ECHO", "\(task)/\(number)"])
                #expect(echo.text == "\(task)/\(number)")
                answered += 1
                if wasInterrupted { return answered }
              } catch {
                wasInterrupted = true
                try await untilNextLook()
              }
            }
            Issue.record("the server was not killed")
            return answered
          }
        }
        for _ in 0..<3 {
          try await eventually("it is under load") { redis.isUp }
          await server.stop(SIGKILL)
          try await server.start()
        }
        for try await answered in group { #expect(answered > 0) }
      }
    }
  }

  @Test func overTCPToo() async throws {
    try await withTemporaryFolder { folder in
      let port = Int.random(in: 20_000..<30_000)
      let server = RedisServer(in: folder, port: port)
      try await server.process.start()
      // Where the name has two addresses, one of them is refused.
      let url = "redis://:s3cret%2F%2B%3A%40@localhost:\(port)/3"
      try await withRedis(url: url) { redis, _ in
        try await eventually("redis answers") { redis.isUp }
        let large = [UInt8](repeating: 7, count: 3_000_000)
        _ = try await redis.command(["SET", "large", .bytes(large)])
        #expect(try await redis.command(["GET", "large"]).bytes == large)
        await server.process.stop()
        try await eventually("the client knows") { !redis.isUp }
      }
    }
  }

  @Test func aWrongPasswordKeepsTheClientDown() async throws {
    try await withTemporaryFolder { folder in
      let server = RedisServer(in: folder)
      try await server.process.start()
      let url = "unix://:wrong@\(folder)/redis.sock"
      try await withRedis(url: url) { redis, _ in
        let refused = RedisError(.notAuthenticated, code: "WRONGPASS")
        try await eventually("the server refuses") {
          do throws(RedisError) {
            _ = try await redis.command(["PING"])
            return false
          } catch {
            return error == refused
          }
        }
        #expect(!redis.isUp)
      }
      await server.process.stop()
    }
  }
}
