/// The rows that scheduling, the pharmacy and billing are measured with. Every measurement begins
/// with rows of its own, so that none finds what another has left.
struct Departments: Sendable {
  let setting: Setting
  let patient: Int
  let doctor: Int

  /// Slots or prescriptions that a measurement may use up.
  var count: Int { setting.isQuick ? 6000 : 20_000 }
  /// Each three medicines serve two prescriptions, so that the shelf is looked at as it is in a
  /// clinic: with more batches than one dispensing needs.
  private var groups: Int { count / 2 }

  init(in setting: Setting) async throws {
    self.setting = setting
    patient = try await Patients.first(in: setting)
    doctor = try await Doctors.ids(1, in: setting)[0]
  }

  /// Free slots of 5 minutes, numbered from 1.
  func openSlots() async throws {
    try await setting.postgres.run(
      """
      SET client_min_messages = warning;
      TRUNCATE appointments, appointment_events, slots, queue_tokens, visits, clinical_notes,
        prescriptions, prescription_items, invoices, invoice_items, payments, refunds, dispensings,
        dispensing_items, stock_movements, outbox RESTART IDENTITY;
      INSERT INTO slots (doctor_id, date, start_time, end_time)
        SELECT \(doctor), current_date + 1 + n / 200, time '06:00' + n % 200 * interval '5 minutes',
          time '06:05' + n % 200 * interval '5 minutes' FROM generate_series(0, \(count - 1)) n;
      CREATE SCHEMA IF NOT EXISTS bench;
      DROP SEQUENCE IF EXISTS bench.next;
      CREATE SEQUENCE bench.next CACHE 1;
      ANALYZE slots;
      """)
  }

  /// Prescriptions of three medicines, numbered from 1, as are their patients; of each the first
  /// item is in one batch and the others are in two each.
  ///
  /// - Parameter arePaid: whether they have invoices, which are paid.
  func prescribe(arePaid: Bool) async throws {
    try await openSlots()
    try await setting.postgres.run(
      """
      BEGIN;
      TRUNCATE medicines, medicine_batches RESTART IDENTITY CASCADE;
      \(Self.triggers("DISABLE"))
      INSERT INTO visits (patient_id, doctor_id)
        SELECT \(patient) + n, \(doctor) FROM generate_series(0, \(count - 1)) n;
      INSERT INTO medicines (name, unit_price) SELECT 'Bench medicine ' || n, 1 + n % 900 / 10.0
        FROM generate_series(1, \(groups * 3)) n;
      INSERT INTO prescriptions (visit_id, patient_id, doctor_id)
        SELECT id, patient_id, doctor_id FROM visits ORDER BY id;
      INSERT INTO prescription_items (prescription_id, position, medicine_id, dosage, frequency, quantity)
        SELECT p.id, k, p.id % \(groups) * 3 + k, '1', 'daily', 10
        FROM prescriptions p, generate_series(1, 3) k ORDER BY p.id, k;
      INSERT INTO medicine_batches (medicine_id, batch_number, quantity, expiry_date)
        SELECT g * 3 + CASE b WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 2 WHEN 3 THEN 2 WHEN 4 THEN 2
          ELSE 3 END, 'B' || b, CASE b WHEN 0 THEN 20 ELSE 5 END, current_date + 100
        FROM generate_series(0, \(groups - 1)) g, generate_series(0, 8) b ORDER BY g, b;
      INSERT INTO invoices (number, patient_id, prescription_id, mode, status, subtotal, total,
        created_by, issued_at, paid_at)
        SELECT id, patient_id, id, 'AUTO', 'PAID', 0, 0, 'bench', now(), now()
        FROM prescriptions WHERE \(arePaid) ORDER BY id;
      UPDATE invoice_numbers SET last = (SELECT coalesce(max(number), 0) FROM invoices);
      \(Self.triggers("ENABLE"))
      COMMIT;
      VACUUM ANALYZE visits; VACUUM ANALYZE prescriptions; VACUUM ANALYZE prescription_items;
      VACUUM ANALYZE medicines; VACUUM ANALYZE medicine_batches; VACUUM ANALYZE invoices;
      """)
  }

  /// Rows are made as they would be after their triggers.
  private static func triggers(_ action: String) -> String {
    ["visits", "prescriptions", "medicine_batches", "invoices"]
      .map { "ALTER TABLE \($0) \(action) TRIGGER USER;" }.joined()
  }

  /// The variables of pgbench's scripts.
  var variables: [String: String] {
    ["first": String(patient), "groups": String(groups), "doctor": String(doctor)]
  }

  /// The rate of a transaction run by pgbench, with as many clients as the measured calls have
  /// callers. It ends before the rows are used up.
  func limit(_ script: String) async throws -> Double {
    try await setting.postgres.transactions(
      Postgres.Load(
        scripts: [(script, 1)], clients: 64, seconds: min(setting.seconds, 4), variables: variables)
    )
  }

  /// Calls on 1, 64 and 256 connections, each with rows of its own.
  func scale(
    _ what: String, as user: String, prepare: () async throws -> Void,
    _ source: () -> some CallSource & Sendable
  ) async throws -> [Finding] {
    let login = try await setting.login(as: user)
    var findings: [Finding] = []
    for connections in [1, 64, 256] {
      try await prepare()
      let measured = try await LoadGenerator.with(
        setting.socket, connections: connections, opening: [login]
      ) { generator in
        try await setting.measure(generator, source(), seconds: setting.seconds)
      }
      findings.append(
        Finding("\(what), \(connections) caller\(connections == 1 ? "" : "s")", measured))
    }
    return findings
  }

  /// An audit entry as a command writes one.
  static func audit(_ method: String) -> String {
    """
    INSERT INTO audit_entries (user_id, user_name, role, source, method, resource_type, resource_id, \
    outcome, request_id) VALUES (1, 'bench', 'RECEPTION', 'unix', '\(method)', 'bench', '1', 'ok', \
    'pgbench');
    """
  }
}
