import Glibc
import Redis
import StoreLoop
import TestSupport
import Testing

@Suite struct RedisSubscriptionTests {
  @Test func messagesArriveInOrderFromAllChannelsOfThePatterns() async throws {
    try await withRedis { redis, prefix in
      let events = redis.subscriptions(patterns: ["\(prefix)a:*", "\(prefix)b"])
      var iterator = events.makeAsyncIterator()
      #expect(await iterator.next() == .subscribed)
      for number in 0..<500 {
        let channel = number % 2 == 0 ? "\(prefix)a:\(number)" : "\(prefix)b"
        _ = try await redis.command(["PUBLISH", .string(channel), .int(number)])
      }
      _ = try await redis.command(["PUBLISH", "\(prefix)c", "for nobody"])
      for number in 0..<500 {
        let channel = number % 2 == 0 ? "\(prefix)a:\(number)" : "\(prefix)b"
        let expected = RedisEvent.message(channel: channel, payload: Array("\(number)".utf8))
        #expect(await iterator.next() == expected)
      }
    }
  }

  @Test func aStreamThatIsDroppedIsUnsubscribed() async throws {
    try await withRedis { redis, prefix in
      func subscribers() async throws -> Int64? {
        try await redis.command(["PUBLISH", "\(prefix)x", ""]).integer
      }
      do {
        let events = redis.subscriptions(patterns: ["\(prefix)*"])
        for await event in events where event == .subscribed { break }
      }
      try await eventually("nobody listens") { (try? await subscribers()) == 0 }
    }
  }

  @Test(arguments: [SIGKILL, SIGSTOP])
  func anOutageIsToldAndHealed(signal: Int32) async throws {
    try await withTemporaryFolder { folder in
      let server = RedisServer(in: folder)
      try await server.process.start()
      try await withRedis(url: server.url, callTimeout: .milliseconds(250)) { redis, _ in
        var events = redis.subscriptions(patterns: ["queue:*"]).makeAsyncIterator()
        #expect(await events.next() == .subscribed)
        for round in 0..<2 {
          if signal == SIGKILL {
            await server.process.stop(SIGKILL)
            #expect(await events.next() == .lost)
            try await server.process.start()
          } else {
            await server.process.signal(SIGSTOP)
            #expect(await events.next() == .lost)
            await server.process.signal(SIGCONT)
          }
          #expect(await events.next() == .subscribed)
          try await eventually("the client is back") { redis.isUp }
          _ = try await redis.command(["PUBLISH", "queue:events", .int(round)])
          #expect(
            await events.next()
              == .message(channel: "queue:events", payload: Array("\(round)".utf8)))
        }
      }
      await server.process.stop()
    }
  }

  @Test func aReaderThatFallsBehindIsTold() async throws {
    try await withRedis { redis, prefix in
      var events = redis.subscriptions(patterns: ["\(prefix)*"]).makeAsyncIterator()
      #expect(await events.next() == .subscribed)
      let batch = (0..<1000).map { ["PUBLISH", "\(prefix)x", .int($0)] as [RedisArgument] }
      for _ in 0..<20 { _ = try await redis.pipeline(batch) }
      var messages = 0
      while case .message? = await events.next() { messages += 1 }
      // What came out first is `lost`; then all is well again.
      #expect(messages > 0 && messages < 20_000)
      #expect(await events.next() == .subscribed)
      _ = try await redis.command(["PUBLISH", "\(prefix)x", "again"])
      #expect(
        await events.next() == .message(channel: "\(prefix)x", payload: Array("again".utf8)))
    }
  }

  @Test func aSubscriptionMadeBeforeTheServerStartsFindsIt() async throws {
    try await withTemporaryFolder { folder in
      let server = RedisServer(in: folder)
      try await withRedis(url: server.url) { redis, _ in
        var events = redis.subscriptions(patterns: ["x"]).makeAsyncIterator()
        await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
        try await server.process.start()
        #expect(await events.next() == .subscribed)
      }
      await server.process.stop()
    }
  }
}
