import Glibc
import Host
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Migrations on databases of their own, without a daemon.
@Suite struct MigrationTests {
  @Test("every migration: up, down, up, on data")
  func upDownUp() async throws {
    try await withEmptyDatabase { url in
      try await onDatabase(url) { postgres in
        let last = Migrator(postgres).migrations.map(\.number)
        #expect(last == Array(1...last.count), "they are numbered without a gap")
        // As it is with none, with the first one, with the first two, …
        var schemas = [try await schema(of: postgres)]
        for number in last {
          let before = try await rows(of: postgres)
          let migrator = migrator(postgres, upTo: number)
          #expect(try await migrator.up().map(\.number) == [number])
          #expect(try await migrator.up().isEmpty)
          let after = try await rows(of: postgres)
          #expect(
            before.allSatisfy { (after[$0.key] ?? 0) >= $0.value }, "\(number) keeps every row")
          schemas.append(try await schema(of: postgres))
          if let sample = Self.samples[number] {
            try await postgres.withConnection { try await $0.execute(script: sample) }
          }
        }
        let filled = try await rows(of: postgres)
        #expect(filled.values.count { $0 > 0 } > 20, "there is data to take back")
        for number in last.reversed() {
          let migrator = migrator(postgres, upTo: number)
          for way in ["down", "up", "down"] {
            if way == "down" {
              #expect(try await migrator.down().number == number)
              #expect(try await schema(of: postgres) == schemas[number - 1], "\(number) \(way)")
            } else {
              #expect(try await migrator.up().map(\.number) == [number])
              #expect(try await schema(of: postgres) == schemas[number], "\(number) \(way)")
            }
          }
        }
        await #expect(throws: Migrator.Failure.none) {
          _ = try await Migrator(postgres).down()
        }
        #expect(try await Migrator(postgres).up().map(\.number) == last)
        #expect(try await schema(of: postgres) == schemas.last)
      }
    }
  }

  @Test("down to a migration: those after it are taken back, the newest first, and no others")
  func downTo() async throws {
    try await withEmptyDatabase { url in
      try await onDatabase(url) { postgres in
        let migrator = Migrator(postgres)
        let all = try await migrator.up().map(\.number)
        let kept = all.count - 3
        let undone = try await migrator.down(to: kept).map(\.number)
        #expect(undone == all.suffix(3).reversed())
        #expect(try await migrator.status().filter(\.isApplied).map(\.number) == Array(1...kept))
        #expect(try await migrator.down(to: kept).isEmpty)
        await #expect(throws: Migrator.Failure.notApplied(kept + 1)) {
          _ = try await migrator.down(to: kept + 1)
        }
        #expect(try await migrator.down(to: 0).count == kept)
      }
    }
  }

  @Test("clinicctl migrate down: not while a daemon uses the database")
  func downUnderDaemon() async throws {
    try await TestClinic.run(1) { clinic in
      let kept = Migrator(clinic.postgres).migrations.count - 2
      let down = ["migrate", "down", "--to", "\(kept)", "--yes"]
      let refused = try await clinic.clinicctl(down)
      #expect(refused.status == 1)
      #expect(refused.output.contains("clinicd uses this database"), "\(refused.output)")
      #expect(try await Migrator(clinic.postgres).check())
      await clinic.daemons[0].process.stop(SIGTERM)
      try await eventually("its sessions end") {
        try await clinic.number(
          """
          SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
          AND application_name = 'clinicd'
          """) == 0
      }
      let done = try await clinic.clinicctl(down)
      #expect(done.status == 0, "\(done.output)")
      #expect(try await Migrator(clinic.postgres).status().count(where: \.isApplied) == kept)
    }
  }

  @Test("ten that start at once migrate once")
  func atOnce() async throws {
    try await withEmptyDatabase { url in
      let applied = try await concurrently(10) { _ in
        try await onDatabase(url) { try await Migrator($0).up().map(\.number) }
      }
      try await onDatabase(url) { postgres in
        let all = Migrator(postgres).migrations.map(\.number)
        #expect(applied.filter { !$0.isEmpty } == [all])
        let isCurrent = try await Migrator(postgres).check()
        #expect(isCurrent)
        let status = try await Migrator(postgres).status()
        #expect(status.count { !$0.isApplied } == 0)
      }
    }
  }

  @Test("one that fails leaves nothing of itself, and those before it")
  func failing() async throws {
    try await withEmptyDatabase { url in
      try await onDatabase(url) { postgres in
        let files = [
          (name: "0001_one.up.sql", text: "CREATE TABLE one ();"),
          (name: "0001_one.down.sql", text: "DROP TABLE one;"),
          (name: "0002_two.up.sql", text: "CREATE TABLE two (); SELECT 1 / 0;"),
          (name: "0002_two.down.sql", text: "DROP TABLE two;"),
        ]
        let migrator = Migrator(postgres, files: files)
        await #expect(throws: Migrator.Failure.refused("migration 2 two: division by zero")) {
          _ = try await migrator.up()
        }
        let status = try await migrator.status()
        #expect(status.map(\.isApplied) == [true, false])
        let left = try await rows(of: postgres)
        #expect(left == ["one": 0])
      }
    }
  }

  @Test("a newer database is refused: by up and down, by check, and by the daemon at its start")
  func newer() async throws {
    try await withEmptyDatabase { url in
      try await onDatabase(url) { postgres in
        _ = try await Migrator(postgres).up()
        _ = try await postgres.query(
          "INSERT INTO schema_migrations (number, name) VALUES (9999, 'of the future')")
        let failure = Migrator.Failure.newer(9999)
        await #expect(throws: failure) { _ = try await Migrator(postgres).up() }
        await #expect(throws: failure) { _ = try await Migrator(postgres).down() }
        await #expect(throws: failure) { _ = try await Migrator(postgres).check() }
      }
      let folder = try TemporaryFolder.make()
      let settings = [
        "DATABASE_URL": url, "REDIS_URL": "redis://localhost:1",
        "MONGO_URL": "mongodb://localhost:1",
        "SECRET_KEY": TestClinic.secretKey, "CLINIC_AUDIT_KEY": TestClinic.auditKey,
        "CLINIC_SOCKET": "\(folder)/rpc.sock", "CLINIC_TCP_ADDRESS": "none",
        "CLINIC_WEB_ADDRESS": "none", "CLINIC_STATE_DIRECTORY": folder,
      ]
      for migrates in ["yes", "no"] {
        let (status, output) = try await finished(
          "clinicd", [],
          environment: settings.merging(["CLINIC_MIGRATE_AT_START": migrates]) { $1 },
          in: folder)
        #expect(status == 1)
        #expect(
          output.contains("the database is at migration 9999, which this version does not know"))
      }
      let (status, output) = try await finished(
        "clinicctl", ["migrate", "up"], environment: ["DATABASE_URL": url], in: folder)
      #expect(status == 1 && output.contains("migration 9999"))
      await TemporaryFolder.remove(folder)
    }
  }

  @Test("a migration that is not this program's is told by its name, be there as many as there are")
  func unknown() async throws {
    try await withEmptyDatabase { url in
      try await onDatabase(url) { postgres in
        _ = try await Migrator(postgres).up()
        _ = try await postgres.query(
          "UPDATE schema_migrations SET name = 'another' WHERE number = 2")
        let failure = Migrator.Failure.unknown(2, "another")
        await #expect(throws: failure) { _ = try await Migrator(postgres).check() }
        await #expect(throws: failure) { _ = try await Migrator(postgres).status() }
        await #expect(throws: failure) { _ = try await Migrator(postgres).up() }
      }
    }
  }

  @Test("a database that cannot hold every text is refused")
  func encoding() async throws {
    let options = "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    try await withEmptyDatabase(options) { url in
      try await onDatabase(url) { postgres in
        let failure = Migrator.Failure.encoding("SQL_ASCII")
        await #expect(throws: failure) { _ = try await Migrator(postgres).check() }
        await #expect(throws: failure) { _ = try await Migrator(postgres).up() }
        let left = try await rows(of: postgres)
        #expect(left.isEmpty)
      }
    }
  }

  @Test("a database whose locale does not know the letters of other scripts is refused")
  func characterType() async throws {
    let options = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    try await withEmptyDatabase(options) { url in
      try await onDatabase(url) { postgres in
        let failure = Migrator.Failure.characterType("C")
        await #expect(throws: failure) { _ = try await Migrator(postgres).check() }
        await #expect(throws: failure) { _ = try await Migrator(postgres).up() }
        #expect(failure.description.contains("--locale=C.UTF-8"))
        let left = try await rows(of: postgres)
        #expect(left.isEmpty)
      }
    }
  }

  @Test("a daemon that waits for another's migration says so, and ends when it is told to")
  func waiting() async throws {
    try await withEmptyDatabase { url in
      try await onDatabase(url) { postgres in
        _ = try await postgres.withConnection { connection in
          _ = try await connection.query("SELECT pg_advisory_lock(\(Migrator.lock))")
          let folder = try TemporaryFolder.make()
          let daemon = ChildProcess(
            try testSetting("CLINIC_TEST_BIN") + "/clinicd",
            environment: [
              "DATABASE_URL": url, "REDIS_URL": "redis://localhost:1",
              "MONGO_URL": "mongodb://localhost:1", "CLINIC_MIGRATE_AT_START": "yes",
              "SECRET_KEY": TestClinic.secretKey, "CLINIC_AUDIT_KEY": TestClinic.auditKey,
              "CLINIC_SOCKET": "\(folder)/rpc.sock", "CLINIC_TCP_ADDRESS": "none",
              "CLINIC_WEB_ADDRESS": "none", "CLINIC_STATE_DIRECTORY": folder,
            ], in: folder, log: "\(folder)/clinicd.log")
          try daemon.start()
          do {
            try await eventually("it says that it waits") {
              daemon.output.contains("somebody else migrates the database")
            }
            daemon.signal(SIGTERM)
            #expect(try await exitStatus(of: daemon) == 0)
            #expect(daemon.output.contains("stopped"))
          } catch {
            await daemon.stop()
            throw error
          }
          await daemon.stop()
          await TemporaryFolder.remove(folder)
        }
      }
    }
  }

  // MARK: -

  private func migrator(_ postgres: PostgresClient, upTo number: Int) -> Migrator {
    Migrator(postgres, files: embeddedSQL.filter { (Int($0.name.prefix(4)) ?? 0) <= number })
  }

  /// Tables with columns and constraints, indexes, functions and triggers.
  private func schema(of postgres: PostgresClient) async throws -> [String] {
    try await postgres.query(
      """
      SELECT 'column ' || table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable \
      || ' ' || coalesce(column_default, '') || ' ' || coalesce(generation_expression, '') \
      FROM information_schema.columns WHERE table_schema = 'public' \
      UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' \
      || pg_get_constraintdef(oid) FROM pg_constraint \
      WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 \
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
      UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang \
      WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql') \
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') \
      UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
      ORDER BY 1
      """
    ).column(as: String.self).filter { !$0.contains("schema_migrations") }
  }

  /// The rows of each table.
  private func rows(of postgres: PostgresClient) async throws -> [String: Int] {
    let counted = try await postgres.query(
      """
      SELECT relname::text, (xpath('/row/n/text()', query_to_xml( \
      format('SELECT count(*) AS n FROM %I', relname), false, true, '')))[1]::text::bigint \
      FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
      AND relname <> 'schema_migrations'
      """
    ).map { row in
      var cells = row.cells
      return (try cells.next() as String, try cells.next() as Int)
    }
    return Dictionary(uniqueKeysWithValues: counted)
  }

  /// What a clinic has in the tables that a migration makes, so that the next ones, and its own
  /// end, meet rows.
  private static let samples: [Int: String] = [
    1: """
    INSERT INTO users (username, password_hash, full_name, role)
    SELECT 'user' || n, 'x', 'User ' || n, (ARRAY['ADMIN', 'DOCTOR'])[n % 2 + 1]
    FROM generate_series(1, 20) n;
    INSERT INTO logins (user_id, epoch, source) SELECT id, 1, 'test' FROM users;
    INSERT INTO refresh_tokens (login_id, token_hash, expires_at)
    SELECT id, sha256(id::text::bytea), now() FROM logins;
    """,
    2: """
    INSERT INTO patients (name, phone, registered_by)
    SELECT 'Patient ' || n, '0712 ' || n, 'test' FROM generate_series(1, 50) n;
    """,
    3: """
    INSERT INTO queue_days (date, last_number, version) VALUES ('2026-01-02', 50, 50);
    INSERT INTO queue_tokens (date, number, patient_id, patient_name, priority, status, arrived_at,
      changed_version)
    SELECT '2026-01-02', id, id, name, 'ROUTINE', 'WAITING', now(), id FROM patients;
    INSERT INTO queue_events (date, version, event)
    SELECT '2026-01-02', n, '{}' FROM generate_series(1, 50) n;
    """,
    4: """
    INSERT INTO audit_entries (source, method, outcome, request_id)
    SELECT 'test', 'test', 'ok', n::text FROM generate_series(1, 50) n;
    INSERT INTO audit_chain (position, entry_id, link) SELECT id, id, sha256('') FROM audit_entries;
    INSERT INTO idempotency_keys (caller, method, key, params, reply)
    VALUES ('test', 'test', 'test', '', '{}');
    """,
    5: """
    INSERT INTO slots (doctor_id, date, start_time, end_time)
    SELECT id, '2026-01-02', '09:00', '09:15' FROM users;
    INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, created_by,
      changed_by)
    SELECT id, id, doctor_id, date, start_time, end_time, 'test', 'test' FROM slots;
    UPDATE queue_tokens t SET appointment_id = a.id FROM appointments a
    WHERE a.patient_id = t.patient_id;
    """,
    6: """
    INSERT INTO visits (patient_id, doctor_id, appointment_id, token_date, token_number)
    SELECT a.patient_id, a.doctor_id, a.id, t.date, t.number FROM appointments a
    JOIN queue_tokens t ON t.appointment_id = a.id;
    INSERT INTO clinical_notes (visit_id, author_id, category, text)
    SELECT id, doctor_id, 'SYMPTOM', 'a note' FROM visits;
    UPDATE visits SET status = 'COMPLETED', completed_at = now(), signed_by = doctor_id
    WHERE id % 2 = 0;
    """,
    7: """
    INSERT INTO medicines (name, unit_price) SELECT 'Medicine ' || n, n FROM generate_series(1, 9) n;
    INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date)
    SELECT id, 'B', '2030-01-01' FROM medicines;
    INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, user_name)
    SELECT medicine_id, id, 'RECEIVED', 100, 0, 'test' FROM medicine_batches;
    INSERT INTO prescriptions (visit_id, patient_id, doctor_id)
    SELECT id, patient_id, doctor_id FROM visits;
    INSERT INTO prescription_items (prescription_id, position, medicine_id, dosage, frequency, quantity)
    SELECT id, 1, 1, '1', 'daily', 5 FROM prescriptions;
    INSERT INTO dispensings (prescription_id, patient_id, pharmacist_id)
    SELECT id, patient_id, 1 FROM prescriptions;
    INSERT INTO dispensing_items (dispensing_id, prescription_item_id, medicine_id, batch_id, quantity,
      unit_price)
    SELECT id, prescription_id, 1, 1, 1, 1 FROM dispensings;
    """,
    8: """
    INSERT INTO invoices (number, patient_id, prescription_id, mode, status, subtotal, total, created_by)
    SELECT NULL, patient_id, id, 'AUTO', 'DRAFT', 5, 5, 'test' FROM prescriptions;
    INSERT INTO invoice_items (invoice_id, position, description, quantity, unit_price, line_total)
    SELECT id, 1, 'a medicine', 5, 1, 5 FROM invoices;
    UPDATE invoices SET status = 'PENDING', number = id, issued_at = now();
    INSERT INTO payments (invoice_id, payment_method, amount, tendered, received_by)
    SELECT id, 'CARD', 5, 5, 'test' FROM invoices;
    INSERT INTO refunds (invoice_id, payment_method, amount, reason, refunded_by)
    SELECT id, 'CARD', 1, 'a reason', 'test' FROM invoices;
    UPDATE dispensings d SET invoice_id = i.id FROM invoices i
    WHERE i.prescription_id = d.prescription_id;
    """,
    9: """
    UPDATE patients SET merged_into = 1, archived_at = now() WHERE id = 50;
    INSERT INTO patient_merges (merged_id, survivor_id, merged_by) VALUES (50, 1, 'test');
    INSERT INTO patient_merge_rows (merge_id, table_name, row_key) VALUES (1, 'visits', '1');
    """,
    10: """
    INSERT INTO devices (role, secret_hash, expires_at) VALUES ('KIOSK', '\\x00', now());
    INSERT INTO visitors (token_hash, caller, expires_at) VALUES ('\\x00', 'test', now());
    """,
  ]
}
