import Glibc
import Host
import TestSupport
import Testing

/// What `clinicctl` ends with when something that it needs is not there.
@Suite struct ClinicctlEndingsTests {
  @Test("a connection that ends before any answer is no daemon: 3, and where to look")
  func endsBeforeAnswer() async throws {
    let folder = try TemporaryFolder.make()
    let path = "\(folder)/rpc.sock"
    let listener = try Self.listen(at: path)
    let process = ChildProcess(
      try testSetting("CLINIC_TEST_BIN") + "/clinicctl", ["status", "--socket", path],
      environment: ["HOME": folder], in: folder, log: "\(folder)/log")
    try process.start()
    // As systemd's socket does for a daemon that dies at its start.
    try await eventually("it connects") {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return false }
      close(connection)
      return true
    }
    let status = try await exitStatus(of: process)
    await process.stop()
    close(listener)
    #expect(status == 3)
    #expect(process.output.contains("the connection ended before any answer came"))
    #expect(process.output.contains("systemctl status clinicd"))
    await TemporaryFolder.remove(folder)
  }

  @Test("why PostgreSQL cannot be used is told, and nothing of its URL")
  func databaseAway() async throws {
    let folder = try TemporaryFolder.make()
    let missing = try TestStores.naming(
      "clinic_test_missing", in: try testSetting("CLINIC_TEST_DATABASE_URL"))
    let closed = "postgresql://clinic:secret-of-the-database@localhost:1/clinic"
    for (url, reason) in [(missing, "does not exist"), (closed, "Connection refused")] {
      for arguments in [["migrate", "status"], ["backup", "\(folder)/backup"]] {
        let (status, output) = try await finished(
          "clinicctl", arguments, environment: ["DATABASE_URL": url, "HOME": folder], in: folder)
        #expect(status == 3)
        #expect(output.contains("PostgreSQL cannot be used: "), "\(output)")
        #expect(output.contains(reason), "\(output)")
        #expect(!output.contains("secret-of-the-database"))
      }
    }
    await TemporaryFolder.remove(folder)
  }

  @Test("a key file that cannot be read is no wrong usage")
  func keyFile() async throws {
    let folder = try TemporaryFolder.make()
    let (status, output) = try await finished(
      "clinicctl", ["backup", "\(folder)/backup", "--key-file", "\(folder)/missing"],
      environment: ["DATABASE_URL": "postgresql://localhost:1/clinic"], in: folder)
    #expect(status == 1)
    #expect(output.contains("missing cannot be read: No such file or directory"), "\(output)")
    await TemporaryFolder.remove(folder)
  }

  @Test("an empty key is no wish for a backup without one; systemd's line for a missing one is")
  func emptyKey() async throws {
    let folder = try TemporaryFolder.make()
    let environment = [
      "DATABASE_URL": "postgresql://localhost:1/clinic", "CREDENTIALS_DIRECTORY": folder,
    ]
    for (content, status, told) in [
      ("", Int32(2), "backup_key is empty"), ("\n", 3, "PostgreSQL cannot be used"),
    ] {
      try SmallFile.write(Array(content.utf8), to: "\(folder)/backup_key")
      let ended = try await finished(
        "clinicctl", ["backup", "\(folder)/backup"], environment: environment, in: folder)
      #expect(ended.status == status && ended.output.contains(told), "\(ended)")
    }
    await TemporaryFolder.remove(folder)
  }

  @Test("methods are completed from the program's own list", arguments: ["bash", "zsh", "fish"])
  func completion(shell: String) async throws {
    let folder = try TemporaryFolder.make()
    let script = try await finished("clinicctl", ["completion", shell], in: folder)
    #expect(script.status == 0)
    #expect(!script.output.contains("methods --names"), "no daemon is asked")
    for command in ["call", "methods"] {
      // Nobody listens there.
      let completed = try await finished(
        "clinicctl", ["---completion", command, "--", "positional@0", "2", "0"],
        environment: ["CLINIC_SOCKET": "\(folder)/none.sock"], in: folder)
      #expect(completed.status == 0, "\(completed.output)")
      #expect(completed.output.split(separator: "\n").contains("queue.call_next"))
    }
    await TemporaryFolder.remove(folder)
  }

  private static func listen(at path: String) throws -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    try #require(descriptor >= 0)
    try bindUnix(descriptor, to: path)
    try #require(Glibc.listen(descriptor, 16) == 0)
    return descriptor
  }
}
