import Clinic
import Glibc
import JSONRPC
import Testing

/// A WebSocket on a real daemon: a connection like any other.
@Suite struct WebSocketTests {
  @Test("a subscription sees the queue change, version by version")
  func subscription() async throws {
    try await TestClinic.run { clinic in
      let member = try await clinic.member(.reception)
      let patients = try await clinic.patients(3)
      let socket = try await WebSocketClient(clinic.daemons[0])
      #expect(try await socket.call("auth.whoami").errorReason == "not_authenticated")
      #expect(try await socket.call("auth.login", member.login)["result"] != nil)
      let reply = try await socket.call("queue.subscribe", id: 2)
      let subscription = try #require(reply["result"]?["subscription"]?.string)
      let version = try #require(reply["result"]?["version"]?.int)

      // The changes are made at the other instance.
      let desk = try await clinic.connect(member, on: 1)
      for patient in patients {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      for step in 1...3 {
        let message = try await socket.message()
        #expect(message["method"]?.string == "queue.changed")
        #expect(message["params"]?["subscription"]?.string == subscription)
        #expect(message["params"]?["result"]?["version"]?.int == version + step)
      }
      #expect(
        try await socket.call("queue.unsubscribe", ["subscription": .string(subscription)], id: 3)[
          "result"] != nil)
    }
  }

  @Test("fragments, pings between them, and messages that come with the handshake")
  func framing() async throws {
    try await TestClinic.run(1) { clinic in
      let daemon = clinic.daemons[0]
      let early = try WireSocket(port: try daemon.webPort)
      let ping = WireSocket.request("system.ping")
      try await early.send(
        Array(WebSocketClient.handshake().utf8) + WebSocketClient.frame(.text, ping))
      #expect(try await early.head().status == 101)
      #expect(try await early.bytes(2)[0] == 0x81)

      let socket = try await WebSocketClient(daemon)
      try await socket.send(.text, Array(ping.prefix(9)), isLast: false)
      try await socket.send(.ping, Array("still there?".utf8))
      try await socket.send(.continuation, Array(ping.dropFirst(9)))
      let pong = try await socket.frame()
      #expect(pong.opcode == .pong && pong.data == Array("still there?".utf8))
      #expect(try await socket.message()["result"] != nil)

      // Each frame is one message: half of one is not completed by the next.
      try await socket.send(.text, Array(ping.prefix(9)))
      #expect(try await socket.message().errorCode == -32700)
      #expect(try await socket.call("system.ping")["result"] != nil)
      try await socket.send(
        .text, Array("[".utf8) + ping + Array(",".utf8) + ping + Array("]".utf8))
      #expect(try await socket.message().count == 2)

      try await socket.send(.close, [3, 232])
      #expect(try await socket.closeCode() == 1000)
      try await socket.socket.end()
    }
  }

  @Test("what is not a message is closed with a code")
  func closeCodes() async throws {
    try await TestClinic.run(1, ["CLINIC_MAX_MESSAGE_BYTES": "2000"]) { clinic in
      let daemon = clinic.daemons[0]
      let binary = try await WebSocketClient(daemon)
      try await binary.send(.binary, [1, 2, 3])
      #expect(try await binary.closeCode() == 1003)
      try await binary.socket.end()

      let stray = try await WebSocketClient(daemon)
      try await stray.send(.continuation, [1, 2, 3])
      #expect(try await stray.closeCode() == 1002)

      let large = try await WebSocketClient(daemon)
      try await large.send(.text, [UInt8](repeating: 0x20, count: 3_000))
      #expect(try await large.message().errorReason == "message_too_large")
      #expect(try await large.closeCode() == 1009)

      let parts = try await WebSocketClient(daemon)
      for part in 0..<3 {
        try await parts.send(
          part == 0 ? .text : .continuation, [UInt8](repeating: 0x20, count: 900), isLast: false)
      }
      #expect(try await parts.message().errorReason == "message_too_large")
      #expect(try await parts.closeCode() == 1009)
    }
  }

  @Test("a page of another origin gets no socket")
  func origins() async throws {
    try await TestClinic.run(1, ["CLINIC_WEB_ORIGINS": "https://pages.example"]) { clinic in
      let daemon = clinic.daemons[0]
      for origin in ["https://evil.example", "null", "https://clinic.example.evil"] {
        let socket = try WireSocket(port: try daemon.webPort)
        try await socket.send(WebSocketClient.handshake(origin: origin))
        #expect(try await socket.head().status == 403)
      }
      for origin in ["https://pages.example", "https://clinic.example"] {
        let socket = try await WebSocketClient(daemon, origin: origin)
        #expect(try await socket.call("system.ping")["result"] != nil)
      }
    }
  }

  @Test("a stop answers calls, tells subscribers, and closes with 1001")
  func stop() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let socket = try await WebSocketClient(clinic.daemons[0])
      _ = try await socket.call("auth.login", member.login)
      _ = try await socket.call("queue.subscribe", id: 2)
      clinic.daemons[0].process.signal(SIGTERM)
      let last = try await socket.message()
      #expect(last["params"]?["result"]?["kind"]?.string == "shutdown")
      #expect(try await socket.closeCode() == 1001)
      try await socket.socket.end()
    }
  }
}
