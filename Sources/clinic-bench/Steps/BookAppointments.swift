/// `appointments.create` on different slots, for different patients, beside that transaction by
/// pgbench on the same tables.
enum BookAppointments {
  private static let script = """
    BEGIN;
    SELECT id AS slot, doctor_id AS doctor, is_blocked AS blocked, \
    (date + start_time)::timestamptz <= clock_timestamp() AS past FROM slots \
    WHERE id = (SELECT nextval('bench.next')) FOR NO KEY UPDATE \\gset
    SELECT id, name, archived_at IS NOT NULL, NULL::text FROM patients \
    WHERE id = (SELECT survivor(:first::bigint + :slot::bigint)) FOR NO KEY UPDATE;
    SELECT id FROM appointments WHERE slot_id = :slot::bigint AND status NOT IN ('CANCELLED', 'NO_SHOW');
    SELECT a.id FROM slots s JOIN appointments a ON a.date = s.date \
    AND a.start_time < s.end_time AND s.start_time < a.end_time WHERE s.id = :slot::bigint \
    AND a.patient_id = (SELECT survivor(:first::bigint + :slot::bigint)) \
    AND a.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') ORDER BY a.id LIMIT 1;
    WITH a AS (INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
    created_by, changed_by) SELECT :first::bigint + :slot::bigint, id, doctor_id, date, start_time, \
    end_time, 'pgbench', 'pgbench' FROM slots WHERE id = :slot::bigint RETURNING *) \
    SELECT a.id, a.patient_id, p.name, a.doctor_id, u.full_name, a.slot_id, a.date, a.start_time, \
    a.end_time, a.status, t.number, a.version, a.created_at FROM a \
    JOIN patients p ON p.id = a.patient_id JOIN users u ON u.id = a.doctor_id \
    LEFT JOIN LATERAL (SELECT date, number FROM queue_tokens WHERE appointment_id = a.id \
    ORDER BY date DESC, number DESC LIMIT 1) t ON true;
    \(Departments.audit("appointments.create"))
    COMMIT;
    """

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let clinic = try await Departments(in: setting)
    try await clinic.openSlots()
    let limit = try await clinic.limit(script)
    let calls = (1...clinic.count).map {
      Request.line(
        "appointments.create", #"{"patient_id":\#(clinic.patient + $0),"slot_id":\#($0)}"#)
    }
    var findings = try await clinic.scale(
      "appointments.create", as: "reception", prepare: clinic.openSlots
    ) { SingleCalls(calls) }
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 0.7, cpu: nil)
    return findings
  }
}
