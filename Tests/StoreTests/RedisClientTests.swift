import Redis
import StoreLoop
import TestSupport
import Testing

@Suite struct RedisClientTests {
  @Test func valuesComeBackAsTheyWereStored() async throws {
    try await withRedis { redis, prefix in
      let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let set = try await redis.command(["SET", "\(prefix)big", .bytes(bytes)])
      #expect(set == .status("OK"))
      #expect(try await redis.command(["GET", "\(prefix)big"]).bytes == bytes)
      #expect(try await redis.command(["GET", "\(prefix)none"]).isNull)
      #expect(try await redis.command(["INCRBY", "\(prefix)n", .int(5)]).integer == 5)
    }
  }

  @Test func anErrorReplyIsThrownAndOthersGoOn() async throws {
    try await withRedis { redis, prefix in
      _ = try await redis.command(["LPUSH", "\(prefix)list", "x"])
      await #expect(throws: RedisError(.server, code: "WRONGTYPE")) {
        try await redis.command(["INCR", "\(prefix)list"])
      }
      let replies = try await redis.pipeline([
        ["SET", "\(prefix)a", "1"], ["INCR", "\(prefix)list"], ["INCR", "\(prefix)a"],
      ])
      #expect(replies.count == 3)
      #expect(replies[2] == .int(2))
      guard case .error(let message) = replies[1] else {
        Issue.record("the second is an error")
        return
      }
      #expect(message.hasPrefix("WRONGTYPE"))
      #expect(try await redis.pipeline([]).isEmpty)
    }
  }

  @Test func everyCallerGetsItsOwnAnswer() async throws {
    try await withRedis(url: testSetting("CLINIC_TEST_REDIS_URL")) { redis, loop in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<64 {
          // Half of them live on the loop, as the calls of the daemon do.
          group.addTask(executorPreference: task % 2 == 0 ? loop : nil) {
            for number in 0..<200 {
              let text = "\(task)-\(number)"
              if number % 3 == 0 {
                let echoes = try await redis.pipeline([["ECHO", .string(text)], ["ECHO", "x"]])
                #expect(echoes.map(\.text) == [text, "x"])
              } else {
                let echo = try await redis.command(["ECHO", .string(text)])
                #expect(echo.text == text)
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func aScriptThatTheServerForgotIsSentAgain() async throws {
    try await withRedis { redis, prefix in
      let script = RedisScript("return {KEYS[1], ARGV[1], #KEYS} -- \(prefix)")
      for _ in 0..<2 {
        let reply = try await redis.eval(script, keys: ["\(prefix)k"], arguments: [7])
        #expect(
          reply == .array([.string(Array("\(prefix)k".utf8)), .string(Array("7".utf8)), .int(1)]))
      }
      let known = try await redis.command(["SCRIPT", "EXISTS", .string(script.sha1)])
      #expect(known == .array([.int(1)]))
      let failing = RedisScript("return redis.call('NOSUCH', '\(prefix)')")
      let error = await #expect(throws: RedisError.self) { try await redis.eval(failing) }
      #expect(error?.kind == .server)
    }
  }

  @Test func nobodyRunsTheClient() async throws {
    let url = try testSetting("CLINIC_TEST_REDIS_URL")
    let configuration = try RedisClient.Configuration(url: url, connectTimeout: .milliseconds(50))
    let loop = StoreLoop(name: "redis-test")
    defer { loop.shutdown() }
    let redis = RedisClient(configuration: configuration, loop: loop)
    await #expect(throws: RedisError(.unavailable)) { try await redis.command(["PING"]) }
    #expect(!redis.isUp)
  }

  @Test func afterItsRunTheClientIsClosed() async throws {
    let loop = StoreLoop(name: "redis-test")
    defer { loop.shutdown() }
    let url = try testSetting("CLINIC_TEST_REDIS_URL")
    let redis = RedisClient(
      configuration: try .init(url: url, connectTimeout: .seconds(20)), loop: loop)
    let running = Task { try await redis.run() }
    #expect(try await redis.command(["PING"]) == .status("PONG"))
    let events = redis.subscriptions(patterns: ["x"])
    running.cancel()
    try await running.value
    await #expect(throws: RedisError(.unavailable)) { try await redis.command(["PING"]) }
    // The stream ends.
    for await event in events { #expect(event != .lost) }
    #expect(!redis.isUp)
  }
}
