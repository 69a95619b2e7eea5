import JSONRPC
import Testing

@testable import RPCServer

/// Subscriptions over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct HubTests {
  @Test(arguments: bothTransports)
  func subscribersGetWhatIsPublished(isUnix: Bool) async throws {
    try await TestServer.run { server in
      let client = try await server.connect(isUnix)
      #expect(
        try await client.call("subscribe", #"{"text":"s1","version":4}"#).contains(#""s1""#))
      #expect(server.hub.channels == ["c"])
      server.publish(4)
      server.publish(5)
      #expect(
        await client.line()
          == #"{"jsonrpc":"2.0","method":"changed","params":{"subscription":"s1","#
          + #""result":{"kind":"change","version":5,"padding":""}}}"#)
      server.publish(9)
      #expect(
        await client.line()
          == #"{"jsonrpc":"2.0","method":"changed","params":{"subscription":"s1","#
          + #""result":{"kind":"snapshot","reason":"overflow","missed":4,"version":9}}}"#)
      #expect(server.hub.statistics.delivered == 2)
      #expect(server.hub.statistics.overflows == 1)
    }
  }

  @Test func theReplyPrecedesTheFirstNotification() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("subscribe", #"{"text":"s","version":1,"gate":"g"}"#))
      await server.application.until("waiting g")
      // Its state is not read yet; what is published now must not get lost.
      for version in 1...3 { server.publish(Int64(version)) }
      server.application.open("g")
      #expect(await client.line() == #"{"jsonrpc":"2.0","id":1,"result":"s"}"#)
      #expect(await client.line()?.contains(#""version":2"#) == true)
      #expect(await client.line()?.contains(#""version":3"#) == true)
    }
  }

  @Test func inABatchTheNotificationsWaitForItsReply() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(
        #"[{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"text":"s"}},"#
          + #"{"jsonrpc":"2.0","id":2,"method":"wait","params":{"text":"a"}}]"# + "\n")
      await server.application.until { $0.contains("subscribed s") && $0.contains("waiting a") }
      server.publish(1)
      #expect(try await client.call("ping", id: "3").contains(#""id":3"#))
      server.application.open("a")
      #expect(await client.line()?.hasPrefix("[") == true)
      #expect(await client.line()?.contains(#""version":1"#) == true)
    }
  }

  @Test func aCallThatFailsLeavesNoSubscription() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      #expect(try await client.call("subscribe.fail", #"{"text":"s"}"#).contains("refused"))
      #expect(server.hub.statistics.subscriptions == 0)
      #expect(server.hub.channels == [])
      // The id may be used again.
      #expect(try await client.call("subscribe", #"{"text":"s"}"#).contains("result"))
      #expect(try await client.call("subscribe", #"{"text":"s"}"#).contains("error"))
    }
  }

  @Test func unsubscribingEndsIt() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      _ = try await client.call("subscribe", #"{"text":"s"}"#)
      let session = try #require(server.application.sessions.first)
      #expect(server.hub.unsubscribe(session, id: "s"))
      #expect(!server.hub.unsubscribe(session, id: "s"))
      server.publish(1)
      #expect(try await client.call("ping").contains("pong"))
      #expect(server.hub.statistics == HubStatistics())
    }
  }

  @Test func aClosedConnectionIsForgotten() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      _ = try await client.call("subscribe", #"{"text":"s"}"#)
      #expect(server.hub.statistics.subscriptions == 1)
      try await client.close()
      await server.application.until("closed")
      #expect(server.hub.statistics.subscriptions == 0)
      #expect(server.hub.channels == [])
      let session = try #require(server.application.sessions.first)
      #expect(
        !server.hub.subscribe(
          session, id: "t", channel: "c", method: "changed", overflow: .close))
    }
  }

  @Test func theSubscriptionsOfASessionAreEnded() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      _ = try await client.call("subscribe", #"{"text":"s"}"#)
      let session = try #require(server.application.sessions.first)
      server.hub.end(subscriptionsOf: session, reason: "other_user")
      #expect(
        await client.line()?.contains(#""result":{"kind":"closed","reason":"other_user"}"#) == true)
      #expect(server.hub.statistics.subscriptions == 0)
    }
  }

  @Test func aSubscriptionThatEndsBeforeItsReplyIsToldOfInOrder() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("subscribe", #"{"text":"s","gate":"g"}"#))
      await server.application.until("waiting g")
      let session = try #require(server.application.sessions.first)
      server.hub.end(subscriptionsOf: session, reason: "over")
      server.application.open("g")
      #expect(await client.line()?.contains(#""result":"s""#) == true)
      #expect(await client.line()?.contains(#""reason":"over""#) == true)
    }
  }

  @Test func aCallThatIsLateStartsNoOtherCallsSubscription() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("subscribe", #"{"text":"s","version":5,"gate":"g"}"#))
      await server.application.until("waiting g")
      let session = try #require(server.application.sessions.first)
      #expect(server.hub.unsubscribe(session, id: "s"))
      try await client.send(
        request("subscribe", #"{"text":"s","version":1,"gate":"h"}"#, id: "2"))
      await server.application.until("waiting h")
      server.application.open("g")
      #expect(await client.line()?.contains(#""id":1,"result":"s""#) == true)
      server.application.open("h")
      #expect(await client.line()?.contains(#""id":2,"result":"s""#) == true)
      server.publish(2)
      #expect(await client.line()?.contains(#""version":2,"#) == true)
    }
  }

  @Test func theIDOfASubscriptionThatEndedBeforeItsReplyMayBeUsedAgain() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("subscribe.fail", #"{"text":"s","gate":"g"}"#))
      await server.application.until("waiting g")
      let session = try #require(server.application.sessions.first)
      server.hub.end(subscriptionsOf: session, reason: "over")
      #expect(
        try await client.call("subscribe", #"{"text":"s"}"#, id: "2").contains(#""id":2,"result""#))
      server.application.open("g")
      #expect(await client.line()?.contains("refused") == true)
      server.publish(1)
      #expect(await client.line()?.contains(#""version":1,"#) == true)
      server.publish(2)
      #expect(await client.line()?.contains(#""version":2,"#) == true)
    }
  }

  @Test(arguments: bothTransports)
  func aSlowReaderGetsASnapshotAndNoSilentGap(isUnix: Bool) async throws {
    try await TestServer.run { server in
      let slow = try await server.connect(isUnix)
      let quick = try await server.connect(isUnix)
      _ = try await slow.call("subscribe", #"{"text":"s"}"#)
      _ = try await quick.call("subscribe", #"{"text":"q"}"#)
      try await slow.setReading(false)
      // Ten megabytes: more than all buffers between here and there.
      let count = 1_000
      for version in 1...count {
        server.publish(Int64(version), size: 10_000)
        // It costs the other nothing: no version is left out for it.
        #expect(
          await quick.line()?.hasPrefix(
            #"{"jsonrpc":"2.0","method":"changed","params":{"subscription":"q","result":"#
              + #"{"kind":"change","version":\#(version),"#) == true)
      }
      try await slow.setReading(true)
      var seen = 0
      var snapshots = 0
      while seen < count, let line = await slow.line() {
        let document = try JSONDocument(parsing: line)
        let result = try #require(document.root["params"]?["result"])
        let version = try #require(result["version"]?.int)
        if result["kind"]?.string == "snapshot" {
          #expect(result["missed"]?.int == version - seen)
          snapshots += 1
        } else {
          #expect(version == seen + 1)
        }
        seen = version
      }
      #expect(seen == count)
      #expect(snapshots > 0)
      #expect(server.hub.statistics.overflows == snapshots)
    }
  }

  @Test func aSlowReaderMayChooseToBeClosed() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      _ = try await client.call("subscribe", #"{"text":"s","overflow":"close"}"#)
      try await client.setReading(false)
      var version: Int64 = 0
      while server.hub.statistics.slowReadersClosed == 0 {
        version += 1
        server.publish(version, size: 10_000)
        // Lets the event loop keep up.
        _ = try await server.connect().call("ping")
      }
      try await client.setReading(true)
      var last = ""
      while !last.contains("slow_reader"), let line = await client.line() { last = line }
      #expect(
        last == #"{"jsonrpc":"2.0","method":"changed","params":{"subscription":"s","#
          + #""result":{"kind":"closed","reason":"slow_reader"}}}"#)
      #expect(try await client.call("ping").contains("pong"))
    }
  }

  @Test func allEventLoopsSeeTheSameOrder() async throws {
    try await TestServer.run(eventLoops: 3) { server in
      var clients: [TestClient] = []
      for number in 0..<30 {
        let client = try await server.connect(number % 2 == 0)
        _ = try await client.call("subscribe", #"{"text":"s\#(number)"}"#)
        clients.append(client)
      }
      for version in 1...100 { server.publish(Int64(version)) }
      for client in clients {
        for version in 1...100 {
          #expect(await client.line()?.contains(#""version":\#(version),"#) == true)
        }
      }
    }
  }
}
