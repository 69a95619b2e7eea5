import Glibc
import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rule 48: a dump that was restored into another cluster, whose transaction numbers begin anew.
@Suite struct AuditRestoreTests {
  @Test("rule 48: a database of another cluster is sealed on, each entry once")
  func anotherCluster() async throws {
    try await TestClinic.run { clinic in
      try await audit(20, in: clinic)
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      for daemon in clinic.daemons { await daemon.process.stop(SIGTERM) }
      // What a dump of a cluster that had come further looks like here, its last entries unsealed.
      _ = try await clinic.postgres.query(
        "UPDATE audit_entries SET xid = (xid::text::bigint + 10000000000)::text::xid8")
      _ = try await clinic.postgres.query(
        """
        UPDATE projections SET xid = (xid::text::bigint + 10000000000)::text::xid8 \
        WHERE name = 'audit_chain'
        """)
      _ = try await clinic.postgres.query(
        """
        INSERT INTO audit_entries (xid, source, method, outcome, request_id) \
        SELECT ((SELECT max(xid) FROM audit_entries)::text::bigint + n)::text::xid8, 'there', \
        'system.health', 'ok', n::text FROM generate_series(1, 5) n
        """)
      // Written here before somebody carries the audit on.
      _ = try await clinic.postgres.query(
        """
        INSERT INTO audit_entries (source, method, outcome, request_id) \
        SELECT 'here', 'system.health', 'ok', n::text FROM generate_series(1, 5) n
        """)
      for daemon in clinic.daemons { try await daemon.start() }
      try await audit(20, in: clinic)
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      // Once more, now that everything is in order.
      for daemon in clinic.daemons { try await daemon.restart() }
      try await audit(5, in: clinic)
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      try await checkChain(of: clinic)
      let taken = clinic.daemons.map(\.process.output).joined().split(separator: "\n")
        .filter { $0.contains("from another cluster") }
      #expect(taken.count == 1)
    }
  }

  /// Calls that leave entries, at both instances.
  private func audit(_ count: Int, in clinic: TestClinic) async throws {
    let callers = [try await clinic.admin(on: 0), try await clinic.admin(on: 1)]
    _ = try await concurrently(count) { index in
      try await callers[index % 2].call("patients.create", ["name": "Somebody"])
    }
    for caller in callers { await caller.close() }
  }

  /// Each link is over its entry and the link before; positions have no gap.
  private func checkChain(of clinic: TestClinic) async throws {
    struct Link: RowDecodable {
      let position: Int64
      let link: [UInt8]
      let entry: SealedEntry
      init(cells: inout Cells) throws(PostgresError) {
        position = try cells.next()
        link = try cells.next()
        entry = try SealedEntry(cells: &cells)
      }
    }
    let links = try await clinic.postgres.query(
      """
      SELECT c.position, c.link, \(sql: SealedEntry.columns) FROM audit_chain c \
      JOIN audit_entries e ON e.id = c.entry_id ORDER BY c.position
      """
    ).decode(as: Link.self)
    #expect(links.count == (try await clinic.number("SELECT count(*) FROM audit_entries")))
    #expect(links.map(\.position) == Array(1...Int64(links.count)))
    let chain = AuditChain(key: Array(TestClinic.auditKey.utf8))
    var before = [UInt8](repeating: 0, count: 32)
    for link in links {
      #expect(chain.link(over: link.entry, after: before, at: link.position) == link.link)
      before = link.link
    }
  }
}
