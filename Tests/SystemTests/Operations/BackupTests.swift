import Glibc
import Host
import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// `clinicctl backup` and `restore`, over real databases.
@Suite struct BackupTests {
  @Test("a restored database is the one that was backed up, and goes on", arguments: [false, true])
  func restores(isEncrypted: Bool) async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.admin()
      let doctor = try await clinic.member(.doctor)
      _ = try await clinic.connect(doctor)
      for patient in try await clinic.patients(30) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      try await desk.call("patients.create", ["name": "Zoë \"x\" O’Neill", "allergies": ["nuts"]])
      let medicine = try await clinic.medicine("Zinc")
      _ = try await clinic.postgres.completedVisits(
        3, of: try await clinic.patient(), by: doctor.id, medicine: medicine)
      try await eventually("the audit is sealed") {
        try await clinic.number(
          "SELECT count(*) FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_chain)")
          == 0
      }
      // As an administrator may have set it for other programs.
      _ = try await clinic.postgres.query(
        """
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 1', \
        current_database()); END $$
        """)
      let key = "\(clinic.folder)/key"
      try SmallFile.write(Array("0123456789abcdef0123456789abcdef\n".utf8), to: key)
      let arguments = isEncrypted ? ["--key-file", key] : []
      let backups = "\(clinic.folder)/backups"
      try SmallFile.makeFolder(backups)
      let made = try await clinic.clinicctl(["backup", backups, "--keep", "1"] + arguments)
      try #require(made.status == 0, "\(made.output)")
      // After what it says of its progress.
      let line = try #require(made.output.split(separator: "\n").last { $0.hasPrefix("{") })
      let report = try JSONDocument(parsing: String(line)).root
      let path = try report.text("path")
      #expect(report["encrypted"]?.bool == isEncrypted)
      #expect(SmallFile.names(in: backups).count == 1)
      let contents = try await clinic.contents(of: clinic.stores.postgresURL)

      // Not over what is there.
      let refused = try await clinic.clinicctl(["restore", path] + arguments)
      #expect(refused.status == 1)
      #expect(refused.output.contains("clinicd uses this database"))
      await clinic.daemons[0].process.stop()

      try await withEmptyDatabase { url in
        if isEncrypted {
          let locked = try await clinic.clinicctl(["restore", path], database: url)
          #expect(locked.status == 2 && locked.output.contains("give --key-file"))
        } else {
          let plain = try await clinic.clinicctl(
            ["restore", path, "--key-file", key], database: url)
          #expect(plain.status == 2 && plain.output.contains("is not encrypted"))
        }
        let opening = isEncrypted ? arguments : ["--key-file", key, "--unencrypted"]
        let restored = try await clinic.clinicctl(["restore", path] + opening, database: url)
        try #require(restored.status == 0, "\(restored.output)")
        #expect(try await clinic.contents(of: url) == contents)
        let again = try await clinic.clinicctl(["restore", path] + arguments, database: url)
        #expect(again.status == 1 && again.output.contains("not empty"))

        // Whoever was logged in is no more; the audit goes on where it was, without a gap.
        try await onDatabase(url) { postgres in
          let live: Int = try await postgres.query(
            "SELECT count(*) FROM logins WHERE revoked_at IS NULL"
          ).single()
          #expect(live == 0)
          let epoch: Int = try await postgres.query("SELECT min(epoch) FROM users").single()
          #expect(epoch > 1_700_000_000, "nor by a token of later than the backup")
          let waiting: [String] = try await postgres.query(
            """
            SELECT topic || ' ' || count(DISTINCT entity_id) FROM outbox \
            WHERE topic <> 'stock_movements' GROUP BY topic ORDER BY topic
            """
          ).column()
          #expect(
            waiting == ["daily_summaries 2", "visit_history 3"], "MongoDB is filled by itself")
        }
        let daemon = try clinic.daemon(9, on: url)
        try await daemon.start()
        let caller = try await TestConnection.connect(to: daemon.unix)
        try await caller.call("queue.today")
        try await onDatabase(url) { postgres in
          try await eventually("what is new is sealed") {
            let chain: Int = try await postgres.query("SELECT count(*) FROM audit_chain").single()
            let entries: Int = try await postgres.query(
              "SELECT count(*) FROM audit_entries"
            ).single()
            return chain == entries
          }
        }
        #expect(try await caller.call("queue.today").list("tokens").count == 30)
        await caller.close()
        await daemon.process.stop()
      }
    }
  }

  @Test("several at once: each has a file of its own, and one name is one backup's")
  func atOnce() async throws {
    try await TestClinic.run(1) { clinic in
      _ = try await clinic.patients(2000)
      let folder = "\(clinic.folder)/backups"
      try SmallFile.makeFolder(folder)
      let dated = try await concurrently(4) { _ in try await clinic.clinicctl(["backup", folder]) }
      #expect(dated.allSatisfy { $0.status == 0 }, "\(dated)")
      #expect(SmallFile.names(in: folder).count { $0.hasSuffix(".backup") } == 4)
      let path = "\(folder)/one"
      let named = try await concurrently(3) { _ in try await clinic.clinicctl(["backup", path]) }
      #expect(named.count { $0.status == 0 } == 1)
      #expect(
        named.allSatisfy { $0.status == 0 || $0.output.contains("is there already") }, "\(named)")
      #expect(SmallFile.names(in: folder).count == 5, "nothing unfinished is left")
      let bytes = try SmallFile.read(path, limit: 64 << 20)
      #expect(
        bytes.firstRange(of: Array("COMMENT ON".utf8)) == nil, "an extension's is its owner's")
      try await withEmptyDatabase { url in
        let restored = try await clinic.clinicctl(["restore", path], database: url)
        #expect(restored.status == 0, "\(restored.output)")
      }
    }
  }

  @Test("one that is told to end leaves no file, and no mark", arguments: ["backup", "restore"])
  func interrupted(command: String) async throws {
    try await TestClinic.run(1) { clinic in
      let path = "\(clinic.folder)/backup"
      if command == "restore" {
        #expect(try await clinic.clinicctl(["backup", path]).status == 0)
      }
      // In the place of pg_dump and pg_restore.
      let programs = "\(clinic.folder)/programs"
      let began = "\(clinic.folder)/began"
      try SmallFile.makeFolder(programs)
      // A shell would hear signals that it was started not to hear.
      let script = """
        #!/usr/bin/python3
        import time
        time.sleep(0.5)
        open("\(began)", "w").close()
        time.sleep(600)

        """
      for name in ["pg_dump", "pg_restore"] {
        try SmallFile.write(Array(script.utf8), to: "\(programs)/\(name)", mode: 0o700)
      }
      try await withEmptyDatabase { url in
        let program = try testSetting("CLINIC_TEST_BIN") + "/clinicctl"
        let process = ChildProcess(
          "sh", ["-c", "PATH=\(programs):$PATH exec \(program) \(command) \(path)"],
          environment: [
            "DATABASE_URL": command == "backup" ? clinic.stores.postgresURL : url,
            "HOME": clinic.folder,
          ], in: clinic.folder, log: "\(clinic.folder)/interrupted.log")
        try process.start()
        try await eventually("it works") { SmallFile.exists(began) || process.hasEnded }
        try #require(SmallFile.exists(began), "\(process.output)")
        process.signal(SIGTERM)
        #expect(try await exitStatus(of: process) == 1, "\(process.output)")
        await process.stop()
        let left = SmallFile.names(in: clinic.folder).filter { $0.hasPrefix("backup") }
        #expect(left == (command == "backup" ? [] : ["backup"]))
        try await onDatabase(url) { postgres in
          let tables: Int = try await postgres.query(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
          ).single()
          #expect(tables == 0)
        }
      }
    }
  }

  @Test("what a restore that was killed has left is used by nobody")
  func unfinished() async throws {
    try await TestClinic.run(1) { clinic in
      let path = "\(clinic.folder)/backup"
      let made = try await clinic.clinicctl(["backup", path])
      try #require(made.status == 0, "\(made.output)")
      try await withEmptyDatabase { url in
        let restored = try await clinic.clinicctl(["restore", path], database: url)
        #expect(restored.status == 0, "\(restored.output)")
        try await onDatabase(url) { postgres in
          let marks = try await postgres.query("SELECT to_regclass('restore_unfinished')::text")
            .column(as: String?.self)
          #expect(marks == [nil])
          _ = try await postgres.query("CREATE TABLE restore_unfinished ()")
        }
        for command in [["restore", path], ["migrate", "up"], ["migrate", "status"]] {
          let refused = try await clinic.clinicctl(command, database: url)
          #expect(refused.status == 1, "\(command)")
          #expect(refused.output.contains("was not finished"), "\(refused.output)")
        }
      }
    }
  }

  @Test("a backup that is cut off restores nothing")
  func cutOff() async throws {
    try await TestClinic.run(1) { clinic in
      _ = try await clinic.patients(2000)
      let path = "\(clinic.folder)/backup"
      let made = try await clinic.clinicctl(["backup", path])
      try #require(made.status == 0, "\(made.output)")
      #expect(try await clinic.clinicctl(["backup", path]).status == 1, "it is not replaced")
      let bytes = try SmallFile.read(path, limit: 64 << 20)
      try SmallFile.write(Array(bytes.dropLast(2000)), to: path)
      try await withEmptyDatabase { url in
        let restored = try await clinic.clinicctl(["restore", path], database: url)
        #expect(restored.status == 1)
        try await onDatabase(url) { postgres in
          let left: Int = try await postgres.query(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
          ).single()
          #expect(left == 0)
        }
      }
    }
  }
}

extension TestClinic {
  /// A line for each table: its name, its rows and a hash of them. Without what a restore changes,
  /// the users' epochs among it, and what the daemon changes by itself.
  fileprivate func contents(of url: String) async throws -> [String] {
    try await onDatabase(url) { postgres in
      try await postgres.query(
        """
        SELECT c.relname || ' ' || coalesce((xpath('/row/h/text()', query_to_xml(format( \
        'SELECT count(*) || '' '' || md5(string_agg(r::text, '','' ORDER BY r::text)) AS h \
        FROM (SELECT CASE WHEN to_jsonb(t) ? ''epoch'' \
        THEN to_jsonb(t) - ''{epoch,updated_at}''::text[] ELSE to_jsonb(t) END AS r FROM %I t) x', \
        c.relname), false, true, '')))[1]::text, '') FROM pg_class c WHERE c.relkind = 'r' \
        AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('logins', 'outbox', 'projections') \
        ORDER BY 1
        """
      ).column(as: String.self)
    }
  }
}
