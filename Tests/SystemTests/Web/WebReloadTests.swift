import Clinic
import Glibc
import Host
import JSONRPC
import RPCClient
import TestSupport
import Testing

/// SIGHUP.
@Suite struct WebReloadTests {
  private func run(
    mayLogErrors: Bool = false,
    _ body: @escaping @Sendable (TestClinic, TestAuthority) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    do {
      let authority = try await TestAuthority(in: folder)
      try await authority.issue("server")
      let settings = [
        "CLINIC_TLS_CERTIFICATE": "\(folder)/server.pem", "CLINIC_TLS_KEY": "\(folder)/server.key",
        "RUNTIME_DIRECTORY": folder,
      ]
      try await TestClinic.run(1, settings, mayLogErrors: mayLogErrors) {
        try await body($0, authority)
      }
    } catch {
      await TemporaryFolder.remove(folder)
      throw error
    }
    await TemporaryFolder.remove(folder)
  }

  private func reload(_ daemon: Daemon, until line: String) async throws {
    let before = daemon.process.output.ranges(of: line).count
    daemon.process.signal(SIGHUP)
    try await eventually("the log says: \(line)") {
      daemon.process.output.ranges(of: line).count > before
    }
  }

  @Test("a new key and a new certificate are used, and no connection is dropped")
  func replaces() async throws {
    try await run { clinic, authority in
      let daemon = clinic.daemons[0]
      let member = try await clinic.member(.reception)
      let old = try await daemon.connectByTLS(authority.tls())
      let token = try await old.call("auth.login", rawParams: member.login.bytes)
        .text("access_token")
      _ = try await old.call("queue.subscribe", rawParams: nil)

      let folder = try TemporaryFolder.make()
      let next = try await TestAuthority(in: folder)
      try await next.issue("server")
      for name in ["server.pem", "server.key"] {
        try SmallFile.write(
          try SmallFile.read("\(folder)/\(name)"), to: "\(authority.folder)/\(name)")
      }
      try SmallFile.write(
        Array("another secret, which is long enough too\n".utf8),
        to: "\(authority.folder)/secret_key")
      try await reload(daemon, until: "the configuration was reloaded changed=SECRET_KEY")

      // The connection goes on, its login too.
      #expect(
        try await old.call("auth.whoami", rawParams: nil)["username"]?.string == member.username)
      // New connections see the new certificate, and old tokens are good.
      await #expect(throws: RPCClientError.self) {
        _ = try await daemon.connectByTLS(authority.tls())
      }
      let fresh = try await daemon.connectByTLS(next.tls())
      _ = try await fresh.call(
        "auth.authenticate", rawParams: JSON.object([("access_token", .string(token))]).bytes)
      let signed = try await fresh.call("auth.login", rawParams: member.login.bytes)
        .text("access_token")
      // What is signed now is signed by the new key: the old one does not open it.
      let keys = SigningKeys(
        algorithm: .hs256, current: Array("another secret, which is long enough too".utf8))
      _ = try AccessToken(verifying: signed, with: keys, living: 3600, at: .now)
      #expect(throws: ClinicError(.tokenInvalid)) {
        _ = try AccessToken(verifying: token, with: keys, living: 3600, at: .now)
      }
      await old.close()
      await fresh.close()
      await TemporaryFolder.remove(folder)
    }
  }

  @Test("a bad configuration is reported and changes nothing")
  func refuses() async throws {
    try await run(mayLogErrors: true) { clinic, authority in
      let daemon = clinic.daemons[0]
      let good = try SmallFile.read("\(authority.folder)/server.pem")
      try SmallFile.write(Array("no certificate".utf8), to: "\(authority.folder)/server.pem")
      try await reload(daemon, until: "the configuration was not reloaded")
      let connection = try await daemon.connectByTLS(authority.tls())
      _ = try await connection.call("system.ping", rawParams: nil)

      try SmallFile.write(good, to: "\(authority.folder)/server.pem")
      try SmallFile.write(Array("short".utf8), to: "\(authority.folder)/secret_key")
      try await reload(daemon, until: "SECRET_KEY: 32 bytes or more")
      #expect(!daemon.process.output.contains("short"))
      await connection.close()
    }
  }

  @Test("no reload ends TLS, neither by an emptied certificate nor by one that is gone")
  func keepsTLS() async throws {
    try await run(mayLogErrors: true) { clinic, authority in
      let daemon = clinic.daemons[0]
      try SmallFile.write(
        Array("CLINIC_TLS_CERTIFICATE=\nCLINIC_TLS_KEY=\n".utf8),
        to: "\(authority.folder)/clinicd.env")
      try await reload(daemon, until: "TLS ends with a restart alone")
      for name in ["tls_certificate", "tls_key"] {
        try SmallFile.write([], to: "\(authority.folder)/\(name)")
      }
      try await reload(daemon, until: "\(authority.folder)/tls_certificate is empty")
      let connection = try await daemon.connectByTLS(authority.tls())
      _ = try await connection.call("system.ping", rawParams: nil)
      await connection.close()
    }
  }

  @Test("what needs a restart is named")
  func names() async throws {
    try await run { clinic, authority in
      try SmallFile.write(
        Array("CLINIC_MAX_BATCH=7\nCLINIC_WEB_ORIGINS=https://pages.example\n".utf8),
        to: "\(authority.folder)/clinicd.env")
      try await reload(
        clinic.daemons[0],
        until: "changed, but not without a restart keys=CLINIC_MAX_BATCH")
      #expect(
        clinic.daemons[0].process.output.contains("was reloaded changed=CLINIC_WEB_ORIGINS"))
    }
  }
}
