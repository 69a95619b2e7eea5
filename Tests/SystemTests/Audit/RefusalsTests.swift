import JSONRPC
import Logging
import Postgres
import Testing

@testable import Clinic

/// How refusals are counted, with few places for the counts.
@Suite struct RefusalsTests {
  @Test("rule 47: strangers from more addresses than are kept are counted together")
  func others() async throws {
    try await Self.run(limit: 2) { clinic, refusals in
      for host in [1, 2, 3, 4, 3, 1] {
        let stranger = Session(id: 1, transport: .tcp(address: "192.0.2.\(host)"))
        try await refusals.record(
          .notAuthenticated, of: "patients.list", by: nil, on: stranger)
      }
      await refusals.flush(except: 0)
      #expect(
        try await Self.counts(in: clinic) == ["192.0.2.1 2", "192.0.2.2 1", "others 3"])
    }
  }

  @Test("rule 47: a device's first refusal that could not be written is told with the others")
  func unwritten() async throws {
    try await Self.run(limit: 2) { clinic, refusals in
      let session = Session(id: 1, transport: .tcp(address: "192.0.2.1"))
      let refuse = {
        try await refusals.record(
          .roleNotAllowed, of: "users.list",
          by: .init(role: .display, userID: nil, name: "board", source: "192.0.2.1"), on: session)
      }
      _ = try await clinic.postgres.query("ALTER TABLE audit_entries RENAME TO elsewhere")
      await #expect(throws: ClinicError.self) { try await refuse() }
      _ = try await clinic.postgres.query("ALTER TABLE elsewhere RENAME TO audit_entries")
      try await refuse()
      await refusals.flush()
      #expect(try await Self.counts(in: clinic) == ["192.0.2.1 2"])
    }
  }

  private static func run(
    limit: Int, _ body: @escaping @Sendable (TestClinic, Refusals) async throws -> Void
  ) async throws {
    try await TestClinic.run(1) { clinic in
      // Its own audit would be in the way.
      await clinic.daemons[0].process.stop()
      let journal = AuditJournal(
        postgres: clinic.postgres, refusals: PostgresRefusalLog(log: Logger(label: "test")))
      try await withThrowingTaskGroup { group in
        group.addTask { await journal.run() }
        try await body(clinic, Refusals(audit: journal, limit: limit))
        group.cancelAll()
      }
    }
  }

  private static func counts(in clinic: TestClinic) async throws -> [String] {
    try await clinic.texts(
      """
      SELECT source || ' ' || sum(coalesce((details::json->>'count')::integer, 1)) \
      FROM audit_entries WHERE outcome IN ('not_authenticated', 'role_not_allowed') \
      GROUP BY source ORDER BY 1
      """)
  }
}
