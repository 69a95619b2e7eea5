import JSONRPC
import Testing

@testable import RPCServer

/// What the server does with clients that ask too much of it.
@Suite(.timeLimit(.minutes(1)))
struct LimitTests {
  @Test(arguments: bothTransports)
  func aTooLargeMessageIsAnsweredBeforeTheClose(isUnix: Bool) async throws {
    try await TestServer.run {
      $0.messageBytes = 10_000
    } _: { server in
      let client = try await server.connect(isUnix)
      // More than is ever read, so that a plain close would be a reset.
      client.post(#"["# + String(repeating: "1,", count: 200_000))
      let lines = await client.rest()
      #expect(lines.count == 1)
      let line = try #require(lines.first)
      #expect(line.contains(#""reason":"message_too_large""#))
      #expect(line.contains(#""limit":10000,"actual":"#))
    }
  }

  @Test func deepNestingIsASyntaxError() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65) + "\n")
      #expect(await client.line()?.contains("-32700") == true)
      #expect(try await client.call("ping").contains("pong"))
    }
  }

  @Test func anErrorInAMessageOfSeveralLinesEndsTheConnection() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send("{\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n")
      let lines = await client.rest()
      #expect(lines.count == 1)
      #expect(lines.first?.contains("-32700") == true)
    }
  }

  @Test(arguments: bothTransports)
  func halfAConnectionIsAnswered(isUnix: Bool) async throws {
    try await TestServer.run { server in
      let client = try await server.connect(isUnix)
      var text = ""
      for id in 0..<500 { text += request(id % 2 == 0 ? "ping" : "echo", "[\(id)]", id: "\(id)") }
      client.post(text)
      try await client.endInput()
      #expect(await client.rest().count == 500)
      await server.application.until("closed")
    }
  }

  @Test(arguments: bothTransports)
  func aClientThatNeverReadsIsNotReadAndThenClosed(isUnix: Bool) async throws {
    try await TestServer.run {
      $0.writeStallTimeout = .milliseconds(400)
    } _: { server in
      let client = try await server.connect(isUnix, reads: false)
      var text = ""
      for id in 0..<20_000 {
        text += request("large", #"{"size":5000}"#, id: "\(id)")
      }
      client.post(text)
      await server.application.until("closed")
      // A hundred megabytes were asked for; what was computed is what the buffers take.
      #expect(server.server.statistics.calls < 5_000)
    }
  }

  @Test("replies that strangers do not read are bounded together")
  func unreadReplies() async throws {
    try await TestServer.run {
      $0.unreadBytesOfStrangers = 1_000_000
    } _: { server in
      server.application.open("anna")
      let known = try await server.connect(false)
      _ = try await known.call("login", #"{"text":"anna"}"#)
      let ask = request("large", #"{"size":1000000}"#)
      let first = try await server.connect(false, reads: false)
      try await first.send(ask)
      let second = try await server.connect(false, reads: false)
      try await second.send(ask + ask)
      await server.application.until("closed")
      // Who is known is not one of them.
      #expect(try await known.call("large", #"{"size":2000000}"#).count > 2_000_000)
    }
  }

  @Test(
    "replies that others do not read are bounded together, those of a batch too",
    arguments: [false, true])
  func unreadRepliesOfOthers(inBatches: Bool) async throws {
    try await TestServer.run {
      $0.unreadBytes = 20_000_000
    } _: { server in
      server.application.open("anna")
      let ask = (1...8).map { request("large", #"{"size":1000000}"#, id: "\($0)") }
      let asked = inBatches ? "[" + ask.joined(separator: ",") + "]\n" : ask.joined()
      for _ in 1...4 {
        let client = try await server.connect(false)
        _ = try await client.call("login", #"{"text":"anna"}"#)
        try await client.setReading(false)
        client.post(asked)
      }
      await server.application.until("closed")
    }
  }

  @Test("a stranger has few calls in flight, and as many as others when it has said who it is")
  func callsOfStrangers() async throws {
    try await TestServer.run { server in
      server.application.open("anna")
      let client = try await server.connect(false)
      for id in 1...6 {
        try await client.send(request("wait", #"{"text":"\#(id)"}"#, id: "\(id)"))
      }
      await server.application.until("waiting 4")
      #expect(server.server.statistics.callsInFlight == 4)
      for id in 1...6 { server.application.open("\(id)") }
      #expect(await client.lines(6).count == 6)
      _ = try await client.call("login", #"{"text":"anna"}"#)
      for id in 7...14 {
        try await client.send(request("wait", #"{"text":"\#(id)"}"#, id: "\(id)"))
      }
      await server.application.until("waiting 14")
      #expect(server.server.statistics.callsInFlight == 8)
      for id in 7...14 { server.application.open("\(id)") }
      #expect(await client.lines(8).count == 8)
    }
  }

  @Test func aClientThatSaidAllAndNeverReadsIsClosed() async throws {
    try await TestServer.run {
      $0.writeStallTimeout = .milliseconds(400)
    } _: { server in
      let client = try await server.connect(reads: false)
      try await client.send(request("large", #"{"size":1000000}"#))
      try await client.endInput()
      await server.application.until("closed")
    }
  }

  @Test func aClientThatReadsLateGetsEverything() async throws {
    try await TestServer.run { server in
      let client = try await server.connect(reads: false)
      var text = ""
      for id in 0..<1_000 { text += request("large", #"{"size":5000}"#, id: "\(id)") }
      client.post(text)
      await server.application.until("opened")
      try await client.setReading(true)
      #expect(await client.lines(1_000).count == 1_000)
    }
  }

  @Test func aClientThatVanishesTakesItsCallsWithIt() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("wait", #"{"text":"unix"}"#))
      await server.application.until("waiting unix")
      try await client.close()
      await server.application.until("cancelled unix: disconnected")

      let other = try await server.connect(false)
      try await other.send(request("wait", #"{"text":"tcp"}"#))
      await server.application.until("waiting tcp")
      try await other.reset()
      await server.application.until("cancelled tcp: disconnected")
    }
  }

  @Test("messages that do not end are bounded together, and staff finds room nevertheless")
  func unfinishedMessages() async throws {
    try await TestServer.run {
      $0.unfinishedBytes = 1_000_000
    } _: { server in
      server.application.open("anna")
      let known = try await server.connect(false)
      _ = try await known.call("login", #"{"text":"anna"}"#)
      // What is kept of such a message is many times its size.
      let endless = "[" + String(repeating: "1,", count: 10_000)
      var strangers: [TestClient] = []
      for _ in 0..<5 {
        let stranger = try await server.connect(false)
        try await stranger.send(endless)
        strangers.append(stranger)
        // While these are answered, what came before them is read.
        for _ in 0..<20 { _ = try await known.call("ping") }
      }
      #expect(
        await strangers[4].rest().first?.contains(
          #""reason":"too_many_unfinished","limit":500000"#) == true)
      let long = request("echo", "[\"\(String(repeating: "a", count: 100_000))\"]")
      try await known.send(String(long.prefix(90_000)))
      try await known.send(String(long.dropFirst(90_000)))
      #expect(await known.line()?.contains("aaaa") == true)
      // Those who leave make room.
      for stranger in strangers { try await stranger.close() }
      let next = try await server.connect(false)
      try await next.send(long)
      #expect(await next.line()?.contains("aaaa") == true)
    }
  }

  @Test func tooManyConnectionsOfOnePeer() async throws {
    try await TestServer.run {
      $0.connectionsPerPeer = 3
    } _: { server in
      var clients: [TestClient] = []
      for _ in 0..<3 {
        let client = try await server.connect()
        _ = try await client.call("ping")
        clients.append(client)
      }
      let refused = try await server.connect()
      try await refused.send(request("ping"))
      let lines = await refused.rest()
      #expect(lines.count == 1)
      #expect(
        lines.first?.contains(#"{"reason":"too_many_connections","limit":3,"actual":4}"#) == true)
      // Another peer has its own count.
      let other = try await server.connect(false)
      #expect(try await other.call("ping").contains("pong"))
      // There is room as soon as the application knows that one has left.
      try await clients[0].close()
      await server.application.until("closed")
      #expect(try await server.connect().call("ping").contains("pong"))
      #expect(try await other.call("ping").contains("pong"))
      #expect(server.server.statistics.connectionsRefused == 1)
    }
  }

  @Test("a flood from the network leaves room on the Unix socket")
  func floodFromTheNetwork() async throws {
    try await TestServer.run {
      $0.connections = 32
    } _: { server in
      var flood: [TestClient] = []
      for _ in 0..<32 {
        let client = try await server.connect(false)
        _ = try await client.call("ping")
        flood.append(client)
      }
      let refused = try await server.connect(false)
      #expect(await refused.rest().first?.contains(#""limit":32,"actual":33"#) == true)
      var desks: [TestClient] = []
      for _ in 0..<2 {
        desks.append(try await server.connect(true))
        #expect(try await desks.last?.call("ping").contains("pong") == true)
      }
      let third = try await server.connect(true)
      #expect(await third.rest().first?.contains("too_many_connections") == true)
      for client in flood { try await client.close() }
    }
  }

  @Test func twoThousandConnections() async throws {
    try await TestServer.run {
      $0.connections = 2_000
      $0.connectionsPerPeer = 2_000
      $0.unauthenticatedTime = .seconds(60)
    } _: { server in
      var clients: [TestClient] = []
      for number in 0..<2_000 { clients.append(try await server.connect(number >= 1_000)) }
      for client in clients { client.post(request("echo", "[1]")) }
      for client in clients { #expect(await client.line()?.contains("result") == true) }
      #expect(server.server.statistics.connections == 2_000)
      #expect(
        await (try server.connect(false)).rest().first?.contains("too_many_connections") == true)
      for client in clients { try await client.close() }
    }
  }

  @Test func aTCPConnectionHasToSayWhoItIs() async throws {
    try await TestServer.run {
      $0.unauthenticatedTime = .seconds(1)
    } _: { server in
      server.application.open("anna")
      let known = try await server.connect(false)
      _ = try await known.call("login", #"{"text":"anna"}"#)
      let unix = try await server.connect(true)
      let stranger = try await server.connect(false)
      let lines = await stranger.rest()
      #expect(lines.count == 1)
      #expect(lines.first?.contains(#""reason":"authentication_timeout""#) == true)
      #expect(try await known.call("ping").contains("pong"))
      #expect(try await unix.call("ping").contains("pong"))
      // Who logs out is a stranger again.
      for session in server.application.sessions { session.isAuthenticated = false }
      #expect(await known.rest().count == 1)
    }
  }

  @Test func theApplicationClosesASession() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("wait", #"{"text":"a"}"#))
      await server.application.until("waiting a")
      server.application.sessions.first?.close(
        after: RPCError(.notAuthenticated, reason: "token_revoked", message: "Gone."))
      let lines = await client.rest()
      #expect(lines.count == 2)
      #expect(lines.first?.contains(#""reason":"token_revoked""#) == true)
      #expect(lines.last?.contains(#""reason":"disconnected""#) == true)
    }
  }
}
