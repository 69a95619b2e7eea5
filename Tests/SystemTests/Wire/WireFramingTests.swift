import JSONRPC
import Postgres
import Testing

/// What arrives on the sockets of a real daemon is cut, too long, too deep or unknown.
@Suite struct WireFramingTests {
  @Test("messages cut at any byte, over both sockets")
  func cutMessages() async throws {
    try await TestClinic.run(1) { clinic in
      for transport in WireTransport.allCases {
        let socket = try clinic.daemons[0].wire(transport)
        for byte in WireSocket.request("system.ping", id: 1) { try await socket.send([byte]) }
        #expect(try await socket.answer(to: 1)["result"]?["pong"]?.bool == true)
        let three = (2...4).flatMap { WireSocket.request("system.version", id: $0) }
        for start in stride(from: 0, to: three.count, by: 37) {
          try await socket.send(Array(three[start..<min(start + 37, three.count)]))
        }
        var ids: Set<Int> = []
        for _ in 2...4 { ids.insert(try #require(await socket.message()).integer("id")) }
        #expect(ids == [2, 3, 4])
      }
    }
  }

  @Test("half a message stops nobody, and is told at half-close")
  func halfMessage() async throws {
    try await TestClinic.run(1) { clinic in
      for transport in WireTransport.allCases {
        let half = try clinic.daemons[0].wire(transport)
        try await half.send(#"{"jsonrpc":"2.0","id":1,"method":"system.pi"#)
        let other = try clinic.daemons[0].wire(transport)
        #expect(try await other.call("system.ping")["result"] != nil)
        try await half.send(#"ng"}"# + "\n" + #"{"jsonrpc":"2.0","id":2,"met"#)
        #expect(try await half.answer(to: 1)["result"] != nil)
        half.endInput()
        let rest = try await half.rest()
        #expect(rest.map(\.errorCode) == [-32700])
        #expect(rest.first?["id"]?.isNull == true)
        #expect(try await other.call("system.ping")["result"] != nil)
      }
    }
  }

  @Test("a message of 3 MB is answered, then the connection is closed")
  func tooLarge() async throws {
    try await TestClinic.run(1) { clinic in
      for transport in WireTransport.allCases {
        let socket = try clinic.daemons[0].wire(transport)
        let name = String(repeating: "a", count: 3 << 20)
        try? await socket.send(WireSocket.request("patients.create", ["name": .string(name)]))
        let rest = try await socket.rest()
        #expect(rest.map(\.errorCode) == [-32600])
        #expect(rest.first?.errorReason == "message_too_large")
        #expect(rest.first?["error"]?["data"]?["limit"]?.int == 1 << 20)
        let other = try clinic.daemons[0].wire(transport)
        #expect(try await other.call("system.ping")["result"] != nil)
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 0)
    }
  }

  @Test("5,000 levels in one another are refused, and the line after them is read")
  func tooDeep() async throws {
    try await TestClinic.run(1) { clinic in
      for transport in WireTransport.allCases {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
          let socket = try clinic.daemons[0].wire(transport)
          let nested =
            String(repeating: open, count: 5000) + "1" + String(repeating: close, count: 5000)
          try await socket.send(
            #"{"jsonrpc":"2.0","id":1,"method":"system.ping","params":\#(nested)}"# + "\n")
          let answer = try #require(await socket.message())
          #expect(answer.errorCode == -32700)
          #expect(answer.errorReason == "nesting_too_deep")
          #expect(answer["id"]?.isNull == true)
          #expect(try await socket.call("system.ping", id: 2)["result"] != nil)
        }
      }
    }
  }

  @Test("unknown methods")
  func unknownMethods() async throws {
    try await TestClinic.run(1) { clinic in
      let names = [
        "", ".", "queue", "queue.", "QUEUE.TODAY", "queue.today ", "system.ping\u{0}",
        "rpc.nothing",
        "'; DROP TABLE patients; --", "queue.today\n", "🏥", "مريض",
        String(repeating: "long.", count: 20_000),
      ]
      for transport in WireTransport.allCases {
        let socket = try clinic.daemons[0].wire(transport)
        for (id, name) in names.enumerated() {
          let answer = try await socket.call(name, id: id)
          #expect(answer.errorCode == -32601, "\(name.prefix(40))")
          #expect(answer.errorReason == "unknown_method")
          #expect(answer.rawBytes.count < 1000, "a long name is not sent back whole")
        }
        #expect(try await socket.call("system.ping", id: 99)["result"] != nil)
      }
      #expect(!clinic.daemons[0].process.output.contains("DROP TABLE"))
    }
  }
}
