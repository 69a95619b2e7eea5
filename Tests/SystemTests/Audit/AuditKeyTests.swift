import Glibc
import Host
import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rule 48: the chain has one key, for as long as the database lives.
@Suite struct AuditKeyTests {
  @Test(
    "rule 48: under another key nothing is sealed and calls go on; the right one seals all of it")
  func anotherKey() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let admin = try await clinic.admin()
      try await admin.call("patients.create", ["name": "Asha Rao"])
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      let health = try await admin.call("system.health")
      #expect(health["details"]?["audit_key_fits"]?.bool == true)
      await clinic.daemons[0].process.stop(SIGTERM)
      let sealed = try await clinic.number("SELECT count(*) FROM audit_chain")

      let key = "a key of another machine, 32 bytes or more"
      let manager = try NotifySocket("\(clinic.folder)/notify.sock")
      let other = try clinic.daemon(
        1, on: clinic.stores.postgresURL,
        ["CLINIC_AUDIT_KEY": key, "NOTIFY_SOCKET": manager.path])
      do {
        try await other.start()
        try await eventually("it is told") {
          other.process.output.contains("the audit was sealed under another CLINIC_AUDIT_KEY")
        }
        #expect(!other.process.output.contains(key))
        try await manager.await {
          $0.hasPrefix("STATUS=") && $0.contains("; the audit waits: another CLINIC_AUDIT_KEY")
        }
        let desk = try await TestConnection.connect(to: other.unix)
        try await desk.call("patients.create", ["name": "Asha Rao"])
        // The relay has seen the entry, and left it.
        let lag = PrometheusText.Sample(
          name: "clinicd_outbox_lag_entries", labels: ["projection": "audit_chain"])
        try await eventually("the entry waits") {
          let metrics = try PrometheusText(try await HTTPClient(other).get("/metrics").text)
          return metrics.values[lag] ?? 0 > 0
        }
        let health = try await desk.call("system.health")
        #expect(health["details"]?["audit_key_fits"]?.bool == false)
        #expect(health["status"]?.string == "up")
        #expect(try await clinic.number("SELECT count(*) FROM audit_chain") == sealed)
        let checked = try await finished(
          "clinicd", ["check"],
          environment: [
            "DATABASE_URL": clinic.stores.postgresURL, "REDIS_URL": clinic.stores.redisURL,
            "MONGO_URL": clinic.stores.mongoURL, "SECRET_KEY": TestClinic.secretKey,
            "CLINIC_AUDIT_KEY": key, "CLINIC_STATE_DIRECTORY": clinic.folder,
          ], in: clinic.folder)
        #expect(checked.status == 1)
        #expect(checked.output.contains("CLINIC_AUDIT_KEY: the audit was sealed under another key"))
      } catch {
        Issue.record("\(other.process.output)")
        await other.process.stop()
        throw error
      }
      await other.process.stop(SIGTERM)

      try await clinic.daemons[0].start()
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      let again = try await clinic.admin()
      let verified = try await again.call("audit.verify", ["limit": 10_000])
      #expect(verified["ok"]?.bool == true)
      #expect(try verified.integer("checked") > sealed)
    }
  }

  @Test("rule 48: a chain that is emptied by hand begins anew under the key that is there")
  func lostKey() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let admin = try await clinic.admin()
      try await admin.call("patients.create", ["name": "Asha Rao"])
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      await clinic.daemons[0].process.stop(SIGTERM)
      let other = try clinic.daemon(
        1, on: clinic.stores.postgresURL,
        ["CLINIC_AUDIT_KEY": "a key of another machine, 32 bytes or more"])
      do {
        try await other.start()
        try await eventually("it is told") {
          other.process.output.contains("the audit was sealed under another CLINIC_AUDIT_KEY")
        }
        _ = try await clinic.postgres.withConnection { connection in
          try await connection.execute(
            script: """
              BEGIN;
              TRUNCATE audit_chain;
              UPDATE projections SET position = 0, xid = '0', entry_id = 0 WHERE name = 'audit_chain';
              COMMIT;
              """)
        }
        try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
        // The anchor is of the chain that was.
        try SmallFile.remove("\(clinic.folder)/audit-anchor")
        let desk = try await TestConnection.connect(to: other.unix)
        let verified = try await desk.call("audit.verify", ["limit": 10_000])
        #expect(verified["ok"]?.bool == true)
      } catch {
        await other.process.stop()
        throw error
      }
      await other.process.stop()
    }
  }

  @Test("rule 48: an entry that somebody has edited is not taken for another key")
  func editedEntry() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      for _ in 0..<3 { try await admin.call("patients.create", ["name": "Asha Rao"]) }
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      _ = try await clinic.postgres.query(
        """
        UPDATE audit_entries SET outcome = 'none' \
        WHERE id = (SELECT entry_id FROM audit_chain ORDER BY position DESC LIMIT 1)
        """)
      try await clinic.daemons[0].restart()
      let again = try await clinic.admin()
      try await again.call("patients.create", ["name": "Asha Rao"])
      try await eventually("all is sealed") { try await clinic.unsealedEntries() == 0 }
      let verified = try await again.call("audit.verify", ["limit": 10_000])
      #expect(verified["first_bad"]?["reason"]?.string == "link_mismatch")
    }
  }
}
