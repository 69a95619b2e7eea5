import Host
import RPCClient
import TestSupport
import Testing

/// Starts that cannot succeed.
@Suite struct StartTests {
  /// What a daemon says that cannot start.
  private func output(of daemon: Daemon) async throws -> String {
    try daemon.process.start()
    #expect(try await exitStatus(of: daemon.process) == 1)
    await daemon.process.stop()
    return daemon.process.output
  }

  @Test("a file that is no socket is named, and stays")
  func noSocket() async throws {
    try await TestClinic.run(1) { clinic in
      let daemon = try clinic.daemon(7, on: clinic.stores.postgresURL)
      try SmallFile.write(Array("mine".utf8), to: daemon.socket)
      let output = try await output(of: daemon)
      #expect(output.contains("cannot listen on \(daemon.socket)"))
      #expect(output.contains("is there, and is no socket"))
      #expect(try SmallFile.read(daemon.socket) == Array("mine".utf8))
    }
  }

  @Test("a start whose port is another's takes its socket away again")
  func takenPort() async throws {
    try await TestClinic.run(1) { clinic in
      let address = "127.0.0.1:\(try clinic.daemons[0].webPort)"
      let daemon = try clinic.daemon(
        8, on: clinic.stores.postgresURL, ["CLINIC_TCP_ADDRESS": address])
      let output = try await output(of: daemon)
      #expect(output.contains("cannot listen on \(address): Address already in use"))
      #expect(!SmallFile.exists(daemon.socket))
    }
  }
}
