import Host
import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Commands of `clinicctl` against a daemon.
@Suite struct ClinicctlUsersTests {
  @Test("a user whose name is digits is found by it, before one of that number")
  func digits() async throws {
    try await TestClinic.run(1) { clinic in
      // No name has one digit alone.
      var last = try await clinic.member(.reception).id
      while last < 10 { last = try await clinic.member(.reception).id }
      try SmallFile.write(Array("a password of digits".utf8), to: "\(clinic.folder)/password")
      let added = try await clinic.clinicctl([
        "users", "add", "--name", "Digits", "--role", "RECEPTION", "--password-file",
        "\(clinic.folder)/password", "\(last)",
      ])
      try #require(added.status == 0, "\(added.output)")
      let disabled = try await clinic.clinicctl(["users", "disable", "\(last)"])
      #expect(disabled.status == 0, "\(disabled.output)")
      let off: [String] = try await clinic.postgres.query(
        "SELECT username FROM users WHERE NOT enabled"
      ).column(as: String.self)
      #expect(off == ["\(last)"])
      let other = try await clinic.clinicctl(["users", "disable", "\(last - 1)"])
      #expect(other.status == 0, "a number is a user's, too: \(other.output)")
    }
  }

  @Test(
    "with --json an error is JSON, whoever makes it",
    arguments: [
      (["call", "system.ping", "--tcp", "127.0.0.1:1"], 3, "unreachable"),
      (["call", "--nothing"], 2, "usage"), (["call", "queue.today", "date=never"], 1, "malformed"),
    ])
  func errorsAsJSON(arguments: [String], status: Int, reason: String) async throws {
    try await TestClinic.run(1) { clinic in
      let ended = try await clinic.clinicctl(arguments + ["--json"])
      #expect(ended.status == Int32(status))
      let error = try JSONDocument(parsing: Array(ended.output.utf8)).root
      #expect(error["message"]?.string?.isEmpty == false)
      #expect(error["data"]?["reason"]?.string == reason)
    }
  }

  @Test("a board whose reader has enough ends, though nothing changes")
  func boardWithoutReader() async throws {
    try await TestClinic.run(1) { clinic in
      let program = try testSetting("CLINIC_TEST_BIN") + "/clinicctl"
      let process = ChildProcess(
        "sh", ["-c", "\(program) board --plain --socket \(clinic.daemons[0].socket) | head -1"],
        environment: ["HOME": clinic.folder], in: clinic.folder, log: "\(clinic.folder)/board.log")
      try process.start()
      #expect(try await exitStatus(of: process) == 0)
      await process.stop()
    }
  }

  @Test("a board says that its login has ended, and ends")
  func boardWithoutLogin() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let password = "\(clinic.folder)/password"
      try SmallFile.write(Array(member.password.utf8), to: password)
      let login = try await clinic.clinicctl([
        "login", member.username, "--password-file", password,
      ])
      try #require(login.status == 0, "\(login.output)")
      let process = ChildProcess(
        try testSetting("CLINIC_TEST_BIN") + "/clinicctl", ["board", "--json"],
        environment: ["HOME": clinic.folder, "CLINIC_SOCKET": clinic.daemons[0].socket],
        in: clinic.folder, log: "\(clinic.folder)/board.log")
      try process.start()
      try await eventually("the board shows the queue") { process.output.contains("snapshot") }
      try await clinic.admin().call("users.update", ["id": .int(member.id), "enabled": false])
      #expect(try await exitStatus(of: process) == 1)
      #expect(process.output.contains("has ended (token_revoked)"), "\(process.output)")
      await process.stop()
    }
  }

  @Test("a password that is not UTF-8 is refused, and not guessed")
  func passwordOfAnotherEncoding() async throws {
    try await TestClinic.run(1) { clinic in
      let password = "\(clinic.folder)/password"
      try SmallFile.write(Array("a password with an ".utf8) + [0xE9], to: password)
      let added = try await clinic.clinicctl([
        "users", "add", "--name", "Ana", "--role", "RECEPTION", "--password-file", password, "ana",
      ])
      #expect(added.status == 2 && added.output.contains("not UTF-8"), "\(added.output)")
      #expect(try await clinic.number("SELECT count(*) FROM users WHERE username = 'ana'") == 0)
    }
  }
}
