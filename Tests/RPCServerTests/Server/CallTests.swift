import NIOCore
import Testing

@testable import RPCServer

/// Calls over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct CallTests {
  @Test(arguments: bothTransports)
  func aCallIsAnswered(isUnix: Bool) async throws {
    try await TestServer.run { server in
      let client = try await server.connect(isUnix)
      #expect(
        try await client.call("ping") == #"{"jsonrpc":"2.0","id":1,"result":{"pong":true}}"#)
      #expect(
        try await client.call("echo", #"{"a":[1]}"#, id: "123456789012345678901234567890")
          == #"{"jsonrpc":"2.0","id":123456789012345678901234567890,"result":{"a":[1]}}"#)
      #expect(try await client.call("nothing").contains("-32601"))
    }
  }

  @Test func repliesComeInTheOrderOfTheOutcomes() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("wait", #"{"text":"a"}"#, id: "1"))
      try await client.send(request("wait", #"{"text":"b"}"#, id: "2"))
      await server.application.until("waiting b")
      server.application.open("b")
      #expect(await client.line()?.contains(#""id":2"#) == true)
      server.application.open("a")
      #expect(await client.line()?.contains(#""id":1"#) == true)
    }
  }

  @Test func messagesMayBeCutAnywhere() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      let text = request("echo", #"{"text":"ü"}"#, id: "1") + request("ping", id: "2")
      let bytes = Array(text.utf8)
      for cut in bytes.indices {
        try await client.channel.writeAndFlush(ByteBuffer(bytes: bytes[..<cut]))
        try await client.channel.writeAndFlush(ByteBuffer(bytes: bytes[cut...]))
        let lines = await client.lines(2).sorted()
        #expect(
          lines == [
            #"{"jsonrpc":"2.0","id":1,"result":{"text":"ü"}}"#,
            #"{"jsonrpc":"2.0","id":2,"result":{"pong":true}}"#,
          ])
      }
    }
  }

  @Test func aSenderMayTakeItsTimeForEachByte() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      for byte in Array(request("echo", #"[1]"#).utf8) {
        try await client.channel.writeAndFlush(ByteBuffer(bytes: [byte]))
      }
      #expect(await client.line() == #"{"jsonrpc":"2.0","id":1,"result":[1]}"#)
    }
  }

  @Test(arguments: ["ping", "echo"])
  func tenThousandCallsAtOnce(method: String) async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      var text = ""
      for id in 0..<10_000 { text += request(method, "[\(id)]", id: "\(id)") }
      client.post(text)
      let lines = await client.lines(10_000)
      #expect(lines.count == 10_000)
      #expect(Set(lines).count == 10_000)
      #expect(!lines.contains { !$0.contains(#""result""#) })
    }
  }

  @Test func batchesAreOneReply() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(
        #"[{"jsonrpc":"2.0","id":1,"method":"wait","params":{"text":"a"}},"#
          + #"{"jsonrpc":"2.0","method":"ping"},"#
          + #"{"jsonrpc":"2.0","id":2,"method":"ping"}]"# + "\n")
      await server.application.until("waiting a")
      // Others are not held up by the batch.
      #expect(try await client.call("ping", id: "3").contains(#""id":3"#))
      server.application.open("a")
      #expect(
        await client.line() == #"[{"jsonrpc":"2.0","id":2,"result":{"pong":true}},"#
          + #"{"jsonrpc":"2.0","id":1,"result":"a"}]"#)
    }
  }

  @Test func aBarrierDecidesForWhatComesAfterIt() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(
        request("wait", #"{"text":"first"}"#, id: "1") + request("whoami", id: "2")
          + request("login", #"{"text":"anna"}"#, id: "3") + request("whoami", id: "4"))
      #expect(await client.line()?.contains(#""id":2,"result":"nobody""#) == true)
      #expect(!server.application.notes.contains("login"))
      server.application.open("first")
      #expect(await client.line()?.contains(#""id":1"#) == true)
      await server.application.until("login")
      server.application.open("anna")
      #expect(await client.line()?.contains(#""id":3"#) == true)
      #expect(await client.line()?.contains(#""id":4,"result":"anna""#) == true)
    }
  }

  @Test func theDeadlineCancelsACall() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      let reply = try await client.call("wait.short", #"{"text":"never"}"#)
      #expect(reply.contains(#""reason":"deadline""#))
    }
  }

  @Test func cancelActsWhileTheConnectionIsFull() async throws {
    try await TestServer.run {
      $0.callsInFlight = 2
    } _: { server in
      let client = try await server.connect()
      for id in 1...4 {
        try await client.send(request("wait", #"{"text":"\#(id)"}"#, id: "\(id)"))
      }
      try await client.send(
        request("rpc.cancel", #"{"id":1}"#, id: "5") + request("rpc.cancel", #"{"id":4}"#, id: "6"))
      var replies: [String: String] = [:]
      for line in await client.lines(4) {
        let id = line.split(separator: ",")[1]
        replies[String(id)] = line
      }
      #expect(replies[#""id":1"#]?.contains(#""reason":"client""#) == true)
      #expect(replies[#""id":4"#]?.contains(#""reason":"cancelled""#) == true)
      #expect(replies[#""id":5"#]?.contains(#""cancelled":true"#) == true)
      server.application.open("2")
      server.application.open("3")
      #expect(await client.lines(2).count == 2)
    }
  }

  @Test(arguments: bothTransports)
  func aPageCannotCall(isUnix: Bool) async throws {
    try await TestServer.run { server in
      let client = try await server.connect(isUnix)
      try await client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n"
          + notification("wait", #"{"text":"page"}"#) + request("ping"))
      let answer = await client.rest()
      #expect(answer.count == 1)
      #expect(answer.first?.contains(#""code":-32700"#) == true)
      #expect(answer.first?.contains(#""reason":"http_request""#) == true)
      await server.application.until("closed")
      #expect(!server.application.notes.contains("waiting page"))
    }
  }

  @Test(arguments: bothTransports)
  func aNotificationOutlivesItsConnection(isUnix: Bool) async throws {
    try await TestServer.run {
      $0.callsInFlight = 2
      $0.callsInFlightOfStrangers = 2
    } _: { server in
      let client = try await server.connect(isUnix)
      try await client.send(
        request("wait", #"{"text":"call"}"#) + notification("wait", #"{"text":"first"}"#)
          + request("wait", #"{"text":"waiting call"}"#)
          + notification("wait", #"{"text":"second"}"#)
          + "[" + request("wait", #"{"text":"batched call"}"#) + ","
          + notification("wait", #"{"text":"third"}"#) + "]")
      await server.application.until("waiting first")
      try await client.reset()
      await server.application.until("cancelled call: disconnected")
      await server.application.until("waiting second")
      server.application.open("first")
      await server.application.until("waiting third")
      #expect(!server.application.notes.contains("closed"))
      server.application.open("second")
      server.application.open("third")
      await server.application.until("closed")
      let ended = server.application.notes.filter {
        $0.hasPrefix("cancelled") || $0.hasSuffix(" call") && $0 != "waiting call"
      }
      #expect(ended == ["cancelled call: disconnected"])
    }
  }

  @Test func aNotificationIsReadThoughItsClientHasGone() async throws {
    try await TestServer.run { server in
      for number in 1...20 {
        let client = try await server.connect()
        client.post(notification("wait", #"{"text":"\#(number)"}"#))
        try await client.close()
        await server.application.until("waiting \(number)")
        server.application.open("\(number)")
      }
      await server.application.until { $0.count { $0 == "closed" } == 20 }
      #expect(!server.application.notes.contains { $0.hasPrefix("cancelled") })
    }
  }

  @Test func aNotificationWhoseClientIsGoneHasADeadlineStill() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(notification("wait.short", #"{"text":"never"}"#))
      try await client.close()
      await server.application.until("cancelled never: deadline")
      await server.application.until("closed")
    }
  }

  @Test func theTerminatorIsTheClients() async throws {
    try await TestServer.run { server in
      for (end, expected) in [("\n", "\n"), ("\r\n", "\r\n"), ("", "\n\n")] {
        let client = try await server.connect()
        try await client.send(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"# + end)
        try await client.endInput()
        #expect(
          await client.bytesUntilEnd()
            == #"{"jsonrpc":"2.0","id":1,"result":{"pong":true}}"# + expected)
      }
    }
  }
}
