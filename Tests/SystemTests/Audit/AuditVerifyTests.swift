import Host
import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Rule 48: editing, deleting, inserting or reordering an audit entry makes `audit.verify` fail and
/// name the first bad one; cutting off the end shows against an anchor outside the database.
@Suite struct AuditVerifyTests {
  /// What somebody with the database's password might do, and what becomes of it.
  struct Deed: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String
    let position: Int
    let reason: String

    var testDescription: String { name }
  }

  static let deeds = [
    Deed(
      name: "edited", sql: "UPDATE audit_entries SET outcome = 'none' WHERE id = \(entry(12))",
      position: 12, reason: "link_mismatch"),
    Deed(
      name: "a name removed",
      sql: "UPDATE audit_entries SET user_name = NULL WHERE id = \(entry(12))", position: 12,
      reason: "link_mismatch"),
    Deed(
      name: "deleted", sql: "DELETE FROM audit_entries WHERE id = \(entry(9))", position: 9,
      reason: "entry_missing"),
    Deed(
      name: "deleted with its link",
      sql: """
        WITH c AS (DELETE FROM audit_chain WHERE position = 9 RETURNING entry_id)
        DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM c)
        """, position: 9, reason: "position_missing"),
    Deed(
      name: "inserted",
      sql: """
        INSERT INTO audit_entries (xid, at, source, method, outcome, request_id)
        SELECT xid, at, 'unix', 'patients.get', 'ok', '00000000' FROM audit_entries
        WHERE id = \(entry(7))
        """, position: 8, reason: "inserted"),
    Deed(
      name: "reordered",
      sql: """
        CREATE TEMP TABLE two AS SELECT position, entry_id FROM audit_chain
          WHERE position IN (5, 6);
        DELETE FROM audit_chain WHERE position IN (5, 6);
        INSERT INTO audit_chain SELECT 11 - position, entry_id, sha256('x') FROM two;
        """, position: 5, reason: "link_mismatch"),
    Deed(
      name: "a link replaced",
      sql: "UPDATE audit_chain SET link = sha256('x') WHERE position = 14", position: 14,
      reason: "link_mismatch"),
  ]

  private static func entry(_ position: Int) -> String {
    "(SELECT entry_id FROM audit_chain WHERE position = \(position))"
  }

  @Test("rule 48: what was edited, removed, inserted or put elsewhere is named", arguments: deeds)
  func deed(_ deed: Deed) async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      try await clinic.sealed(30, by: admin)
      let good = try await admin.call("audit.verify", ["limit": 4])
      #expect(good["ok"]?.bool == true)
      #expect(try good.integer("checked") == 4)
      #expect(try good.integer("next") == 5)
      #expect(try await clinic.walk(admin, step: 7) == nil)

      try await clinic.postgres.withConnection { connection in
        try await connection.execute(script: deed.sql)
      }
      for step in [3, 5, 10_000] {
        let bad = try #require(await clinic.walk(admin, step: step), "\(deed.name)")
        #expect(try bad.integer("position") == deed.position, "\(deed.name), step \(step)")
        #expect(try bad.text("reason") == deed.reason, "\(deed.name), step \(step)")
      }
    }
  }

  @Test("rule 48: a cut end shows against the anchor, also when the chain has grown again")
  func cutTail() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let admin = try await clinic.admin()
      try await clinic.sealed(30, by: admin)
      let head = try await admin.call("audit.verify", ["limit": 10_000]).text("head")
      let anchor = try #require(AuditAnchor(head))
      #expect(anchor.description.replacing(" ", with: ":") == head)
      // As the daemon writes it each minute.
      try SmallFile.write(
        Array("\(anchor)\n".utf8), to: "\(clinic.folder)/audit-anchor")
      #expect(try await clinic.walk(admin, step: 10) == nil)

      let cut = Int(anchor.position) - 5
      try await clinic.postgres.withConnection { connection in
        try await connection.execute(
          script: """
            WITH c AS (DELETE FROM audit_chain WHERE position > \(cut) RETURNING entry_id) \
            DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM c)
            """)
      }
      // Its own calls make the chain grow again.
      let bad = try #require(await clinic.walk(admin, step: 10))
      #expect(["tail_cut", "anchor_mismatch"].contains(try bad.text("reason")))
      #expect(try bad.integer("position") > cut)
      try await eventually("the chain is as long as before") {
        try await admin.call("system.ping")
        try await admin.call("patients.list")
        return try await clinic.number("SELECT max(position) FROM audit_chain") > anchor.position
      }
      let later = try #require(await clinic.walk(admin, step: 10_000))
      #expect(try later.text("reason") == "anchor_mismatch")
      #expect(try later.integer("position") == Int(anchor.position))
      // Against what was kept elsewhere, when the daemon's own is gone.
      try SmallFile.write([], to: "\(clinic.folder)/audit-anchor")
      #expect(try await clinic.walk(admin, step: 10_000) == nil)
      let given = try await admin.call(
        "audit.verify", ["limit": 10_000, "anchor": .string(head)])
      #expect(given["first_bad"]?["reason"]?.string == "anchor_mismatch")
      let malformed = try await admin.refused("audit.verify", ["anchor": "17"])
      #expect(malformed.code == -32602)
      #expect(try await admin.refused("audit.verify", ["from": 1_000_000]).code == -32602)
    }
  }

  @Test("clinicctl audit verify walks to the end; a bad entry is exit status 1")
  func commandLine() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      try await clinic.sealed(30, by: admin)
      func verify(_ more: [String] = []) async throws -> (status: Int32, output: String) {
        try await clinic.clinicctl(["audit", "verify"] + more)
      }
      let good = try await verify()
      #expect(good.status == 0, "\(good.output)")
      let bad = try await verify(["--anchor", "3:" + String(repeating: "0", count: 64)])
      #expect(bad.status == 1, "\(bad.output)")
      #expect(bad.output.contains("anchor_mismatch"))
      #expect(try await verify(["--anchor", "none"]).status == 1)
    }
  }
}
