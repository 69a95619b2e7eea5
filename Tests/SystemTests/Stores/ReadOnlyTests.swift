import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// A PostgreSQL that takes no changes: a standby before it is promoted.
@Suite struct ReadOnlyTests {
  @Test("a PostgreSQL that only reads is one that is away, and comes back")
  func standby() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      try await clinic.setReadOnly(true)
      try await clinic.endSessions()
      for (method, params) in [
        ("queue.walk_in", ["patient_id": .int(patient)]),
        ("patients.create", ["name": "Asha Rao"]), ("patients.get", ["id": .int(patient)]),
      ] as [(String, JSON)] {
        let error = try await desk.refused(method, params)
        #expect(error.reason == "store_unavailable", "\(method)")
      }
      // It answers, and is up; what it refuses is counted, reads of which the audit is to know too.
      for (method, params) in [
        ("patients.create", ["name": "Asha Rao"]), ("patients.list", [:]),
      ] as [(String, JSON)] {
        let before = try await clinic.storeRefusals()
        #expect(try await desk.refused(method, params).reason == "store_unavailable")
        #expect(try await clinic.storeRefusals() > before, "\(method)")
      }
      // Sessions keep what they began with: they are left for new ones.
      try await clinic.setReadOnly(false)
      try await eventually("it works on") {
        try await desk.outcome("queue.walk_in", ["patient_id": .int(patient)]).reason == "ok"
      }
    }
  }
}

extension TestClinic {
  fileprivate func storeRefusals() async throws -> Double {
    let metrics = try PrometheusText(try await HTTPClient(daemons[0]).get("/metrics").text)
    return try #require(metrics["clinicd_store_refusals_total", ["store": "postgresql"]])
  }

  fileprivate func setReadOnly(_ isReadOnly: Bool) async throws {
    let name = try #require(try await texts("SELECT current_database()::text").first)
    try await postgres.withTransaction { transaction in
      _ = try await transaction.query("SET LOCAL transaction_read_only = off")
      _ = try await transaction.query(
        """
        ALTER DATABASE \(raw: name) SET default_transaction_read_only = \
        \(raw: isReadOnly ? "on" : "off")
        """)
    }
  }

  fileprivate func endSessions() async throws {
    _ = try await postgres.query(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
      WHERE datname = current_database() AND application_name = 'clinicd'
      """)
  }
}
