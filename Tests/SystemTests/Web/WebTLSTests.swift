import Clinic
import Glibc
import Host
import JSONRPC
import RPCClient
import TestSupport
import Testing

/// TLS on the TCP and web listeners, with certificates that the test makes.
@Suite struct WebTLSTests {
  private func run(
    _ more: [String: String] = [:],
    _ body: @escaping @Sendable (TestClinic, TestAuthority) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    do {
      let authority = try await TestAuthority(in: folder)
      for name in ["server", "board-1", "stranger"] { try await authority.issue(name) }
      let settings = [
        "CLINIC_TLS_CERTIFICATE": "\(folder)/server.pem", "CLINIC_TLS_KEY": "\(folder)/server.key",
        "CLINIC_TLS_CLIENT_CA": authority.root, "CLINIC_TLS_CLIENT_ROLES": "board-1=DISPLAY",
      ].merging(more) { $1 }
      try await TestClinic.run(1, settings) { try await body($0, authority) }
    } catch {
      await TemporaryFolder.remove(folder)
      throw error
    }
    await TemporaryFolder.remove(folder)
  }

  @Test("TCP speaks TLS 1.2 and 1.3, nothing older and nothing plain")
  func versions() async throws {
    try await run { clinic, authority in
      let daemon = clinic.daemons[0]
      let connection = try await daemon.connectByTLS(authority.tls())
      let pong = try await connection.call("system.ping", rawParams: nil)
      #expect(pong["pong"]?.bool == true)

      guard case .tcp(_, let port) = try daemon.tcp else { return }
      for (version, isSpoken) in [("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
        let output = try await TestProgram.run(
          "openssl",
          [
            "s_client", "-connect", "127.0.0.1:\(port)", version, "-brief", "-CAfile",
            authority.root,
          ],
          in: clinic.folder)
        #expect(output.contains("Verification: OK") == isSpoken, "\(version): \(output)")
      }

      let plain = try WireSocket(port: port)
      try await plain.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.ping\"}\n")
      try await plain.end()
      await connection.close()
    }
  }

  @Test("the Swift client's WebSocket speaks TLS, and to a known server alone")
  func webSocket() async throws {
    try await run { clinic, authority in
      let endpoint = Endpoint.webSocket(
        host: "127.0.0.1", port: try clinic.daemons[0].webPort, isSecure: true)
      var options = ConnectionOptions(callTimeout: .seconds(60))
      options.tls = authority.tls()
      let connection = try await RPCConnection.open(to: endpoint, options: options)
      let pong = try await connection.call("system.ping", rawParams: nil)
      #expect(pong["pong"]?.bool == true)
      await connection.close()
      await #expect(throws: RPCClientError.self) {
        _ = try await RPCConnection.open(to: endpoint, options: ConnectionOptions())
      }
    }
  }

  @Test("the certificate and its key may be credentials")
  func credentials() async throws {
    let folder = try TemporaryFolder.make()
    let none = [
      "CLINIC_TLS_CERTIFICATE": "", "CLINIC_TLS_KEY": "", "CLINIC_TLS_CLIENT_CA": "",
      "CLINIC_TLS_CLIENT_ROLES": "none", "CREDENTIALS_DIRECTORY": folder,
    ]
    let authority = try await TestAuthority(in: folder)
    try await authority.issue("server")
    for (file, credential) in [("server.pem", "tls_certificate"), ("server.key", "tls_key")] {
      try SmallFile.write(
        try SmallFile.read("\(folder)/\(file)"), to: "\(folder)/\(credential)")
    }
    try await run(none) { clinic, _ in
      let connection = try await clinic.daemons[0].connectByTLS(authority.tls())
      #expect(try await connection.call("system.ping", rawParams: nil)["pong"]?.bool == true)
      await connection.close()
    }
    await TemporaryFolder.remove(folder)
  }

  @Test("a server that nobody vouches for is not spoken to")
  func unknownServer() async throws {
    try await run { clinic, authority in
      await #expect(throws: RPCClientError.self) {
        _ = try await clinic.daemons[0].connectByTLS(TLSOptions())
      }
    }
  }

  @Test("a client's certificate gives the role of its name")
  func clientCertificates() async throws {
    try await run { clinic, authority in
      let daemon = clinic.daemons[0]
      let board = try await daemon.connectByTLS(authority.tls(as: "board-1"))
      let itself = try await board.call("auth.whoami", rawParams: nil)
      #expect(itself["role"]?.string == "DISPLAY")
      #expect(itself["username"]?.string == "certificate:board-1")
      let reply = try await board.call("queue.subscribe", rawParams: nil)
      #expect(reply["subscription"] != nil)

      // Known, but without a role; and nobody.
      for tls in [authority.tls(as: "stranger"), authority.tls()] {
        let other = try await daemon.connectByTLS(tls)
        await #expect(throws: RPCError.self) {
          _ = try await other.call("auth.whoami", rawParams: nil)
        }
        await other.close()
      }
      await board.close()
    }
  }

  @Test("a client's certificate from elsewhere is refused")
  func foreignCertificate() async throws {
    try await run { clinic, authority in
      let folder = try TemporaryFolder.make()
      let elsewhere = try await TestAuthority(in: folder)
      try await elsewhere.issue("board-1")
      var tls = elsewhere.tls(as: "board-1")
      tls.authorities = authority.root
      // By TLS 1.3 the client hears of it after its own side of the handshake.
      await #expect(throws: RPCClientError.self) {
        let connection = try await clinic.daemons[0].connectByTLS(tls)
        _ = try await connection.call("auth.whoami", rawParams: nil)
      }
      await TemporaryFolder.remove(folder)
    }
  }

  @Test("the web listener speaks TLS, too")
  func web() async throws {
    try await run { clinic, authority in
      let port = try clinic.daemons[0].webPort
      let script = """
        import ssl, sys, urllib.request
        context = ssl.create_default_context(cafile=sys.argv[1])
        with urllib.request.urlopen("https://127.0.0.1:\(port)/healthz", context=context) as answer:
            print(answer.status, answer.headers["Strict-Transport-Security"])
        """
      let output = try await TestProgram.run(
        "python3", ["-c", script, authority.root], in: clinic.folder)
      #expect(output == "200 max-age=31536000\n")
    }
  }

  @Test("a plain address beyond loopback is refused, one with TLS is not")
  func beyondLoopback() async throws {
    try await run(["CLINIC_TCP_ADDRESS": "0.0.0.0:0", "CLINIC_WEB_ADDRESS": "0.0.0.0:0"]) { _, _ in
    }
    let folder = try TemporaryFolder.make()
    let settings = [
      "CLINIC_TCP_ADDRESS": "0.0.0.0:0", "SECRET_KEY": "short", "DATABASE_URL": "postgres://x",
    ]
    let daemon = try Daemon(0, settings: settings, in: folder)
    try daemon.process.start()
    try await eventually("it ends") { daemon.process.hasEnded }
    #expect(daemon.process.output.contains("CLINIC_TCP_ADDRESS: not loopback, and not encrypted"))
    await TemporaryFolder.remove(folder)
  }
}
