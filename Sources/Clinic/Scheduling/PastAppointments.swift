import Postgres

/// Appointments that are still SCHEDULED when their day is over and its queue closed (rule 16).
enum PastAppointments {
  /// Ends and audits them: nobody came, or somebody came and was not checked in (rule 13). One that
  /// somebody holds is left for the next time.
  static func end(under rules: SchedulingRules) -> SQL {
    """
    WITH past AS (SELECT id, \(sql: MarkNoShow.hasCome) AS has_come FROM appointments a \
    WHERE status = 'SCHEDULED' AND date < current_date \
    AND (date + start_time)::timestamptz + make_interval(mins => \(rules.noShowGrace)) <= now() \
    AND NOT EXISTS (SELECT FROM queue_days d WHERE d.date = a.date AND d.closed_at IS NULL) \
    FOR NO KEY UPDATE OF a SKIP LOCKED), \
    ended AS (UPDATE appointments a SET status = CASE WHEN has_come THEN 'COMPLETED' \
    ELSE 'NO_SHOW' END, changed_by = 'clinicd', version = version + 1, updated_at = now() \
    FROM past WHERE a.id = past.id RETURNING a.id, a.status), \
    missed AS (\(sql: .insertOfDaemon(MarkNoShow.name, of: "ended WHERE status = 'NO_SHOW'"))) \
    \(sql: .insertOfDaemon("queue.close", of: "ended WHERE status = 'COMPLETED'"))
    """
  }

  /// Takes no-shows back on days that are not over after all, where slot and patient are still free
  /// and the patient is not archived (rule 5), and audits that.
  static let takeBack: SQL = """
    WITH expected AS (UPDATE appointments a SET status = 'SCHEDULED', changed_by = 'clinicd', \
    version = version + 1, updated_at = now() \
    WHERE date >= current_date AND status = 'NO_SHOW' AND changed_by = 'clinicd' \
    AND NOT EXISTS (SELECT FROM queue_tokens t WHERE t.appointment_id = a.id) \
    AND NOT EXISTS (SELECT FROM patients p \
    WHERE p.id = a.patient_id AND p.archived_at IS NOT NULL) \
    AND NOT EXISTS (SELECT FROM appointments b WHERE b.id <> a.id AND b.date = a.date \
    AND b.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR', 'COMPLETED') \
    AND (b.slot_id = a.slot_id OR b.patient_id = a.patient_id)) RETURNING id) \
    \(sql: .insertOfDaemon("queue.reopen", of: "expected"))
    """
}

extension SQL {
  fileprivate static func insertOfDaemon(_ method: String, of appointments: SQL) -> SQL {
    AuditEntry.insertOfDaemon(method, resource: "appointment", id: "id", of: appointments)
  }
}
