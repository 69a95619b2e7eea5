import Clinic
import JSONRPC
import RPCClient
import TestSupport
import Testing

/// The Swift client over a WebSocket: what it does over a stream of bytes.
@Suite struct WebSocketClientTests {
  @Test("calls, long messages and a subscription")
  func calls() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let endpoint = Endpoint.webSocket(
        host: "127.0.0.1", port: try clinic.daemons[0].webPort, isSecure: false)
      let caller = try await TestConnection.connect(to: endpoint)
      try await caller.call("auth.login", member.login)
      #expect(try await caller.call("auth.whoami").text("role") == "RECEPTION")

      let long = String(repeating: "é", count: 100_000)
      let error = try await caller.refused("patients.create", ["name": .string(long)])
      #expect(error.reason == "too_long")
      let pongs = try await concurrently(50) { _ in
        try await caller.call("system.ping")["pong"]?.bool == true
      }
      #expect(pongs.allSatisfy { $0 })

      let follower = try await caller.subscribe()
      let desk = try await clinic.connect(member)
      for patient in try await clinic.patients(5) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      try await follower.reach(5)
      await caller.close()
    }
  }

  @Test("who speaks no WebSocket is said to speak none")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let daemon = clinic.daemons[0]
      guard case .tcp(let host, let port) = try daemon.tcp else { return }
      for endpoint in [
        Endpoint.webSocket(host: host, port: port, isSecure: false),
        .webSocket(host: host, port: try daemon.webPort, isSecure: true),
      ] {
        let error = await #expect(throws: RPCClientError.self) {
          _ = try await RPCConnection.open(
            to: endpoint, options: ConnectionOptions(connectTimeout: .seconds(10)))
        }
        guard case .unreachable(endpoint, _) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
    }
  }
}
