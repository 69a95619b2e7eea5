/// Tables of the limits' own, so that pgbench's transactions do not meet the daemon's.
enum Limits {
  static func prepare(in setting: Setting) async throws {
    try await setting.postgres.run(
      """
      SET client_min_messages = warning;
      DROP SCHEMA IF EXISTS bench CASCADE;
      CREATE SCHEMA bench;
      CREATE TABLE bench.queue_days (LIKE public.queue_days INCLUDING ALL);
      CREATE TABLE bench.queue_tokens (LIKE public.queue_tokens INCLUDING ALL,
        FOREIGN KEY (date) REFERENCES bench.queue_days,
        FOREIGN KEY (patient_id) REFERENCES public.patients,
        FOREIGN KEY (doctor_id) REFERENCES public.users);
      CREATE TABLE bench.queue_events (LIKE public.queue_events INCLUDING ALL,
        FOREIGN KEY (date) REFERENCES bench.queue_days);
      CREATE TABLE bench.audit_entries (LIKE public.audit_entries INCLUDING ALL);
      INSERT INTO bench.queue_days (date) VALUES (current_date);
      """)
  }

  /// The columns of a patient, as `patients.get` reads them.
  static let patient = """
    id, name, phone, date_of_birth, \
    estimated_age + extract(year FROM age(current_date, estimated_on))::integer, \
    sex, email, address, allergies, chronic_conditions, medical_history, emergency_contact, \
    verified, archived_at, version, created_at, updated_at
    """

  /// An event and an audit entry as a step of the queue writes them.
  static func eventAndAudit(_ method: String) -> String {
    let token = """
      {"token": "2026-02-17-001", "date": "2026-02-17", "number": 1, "status": "WAITING", \
      "priority": "ROUTINE", "patient_id": 12, "patient_name": "Asha Sharma", "doctor_id": null, \
      "arrived_at": "2026-02-17T08-30-12.250Z", "called_at": null, "ended_at": null, \
      "passed_over": 0, "calls_to_wait": null, "auto_closed": false}
      """
    let shown = """
      {"token": "2026-02-17-001", "room": "Room 1", "state": "WITH_DOCTOR", \
      "doctor_label": "Dr. Meera Rao"}
      """
    let next = Array(repeating: shown, count: 5).joined(separator: ",")
    // No colon before a letter or a digit: pgbench would take that for a variable.
    let event = """
      {"version": 1, "at": "2026-02-17T08-30-12.250Z", "tokens": [\(token)], "passed_over": [], \
      "waited_out": [], "is_closed": false, "board": {"serving": [\(next)], "next": [\(next)], \
      "waiting": 300, "estimated_wait_minutes": 25}}
      """
    return """
      INSERT INTO bench.queue_events (date, version, event) VALUES (current_date, :version, \
      '\(event)');
      INSERT INTO bench.audit_entries (user_name, role, source, method, resource_type, resource_id, \
      outcome, request_id) VALUES ('uid:0', 'ADMIN', 'unix', '\(method)', 'token', :number, 'ok', \
      'pgbench');
      """
  }
}
