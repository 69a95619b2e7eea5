import Postgres

@testable import Clinic

extension TestClinic {
  /// Where the stores break a rule that they can show: nowhere, ever, whatever was done.
  func brokenRules() async throws -> [String] {
    var broken = try await pharmacyFaults()
    for (rule, rows) in Self.books {
      for row in try await texts("SELECT r::text FROM (\(sql: rows)) r LIMIT 5") {
        broken.append("\(rule): \(row)")
      }
    }
    return broken
  }

  /// Where the books of the pharmacy do not add up (rules 31, 34 to 37): nowhere, ever.
  func pharmacyFaults() async throws -> [String] {
    try await texts(
      """
      SELECT 'batch ' || b.id || ' is not the sum of its movements' FROM medicine_batches b \
      WHERE b.quantity <> (SELECT coalesce(sum(quantity), 0) FROM stock_movements \
      WHERE batch_id = b.id) \
      UNION ALL SELECT 'batch ' || id || ' is negative' FROM medicine_batches WHERE quantity < 0 \
      UNION ALL SELECT 'balance of movement ' || id FROM (SELECT id, balance, sum(quantity) \
      OVER (PARTITION BY batch_id ORDER BY at, id) AS sum FROM stock_movements) m \
      WHERE balance <> sum OR balance < 0 \
      UNION ALL SELECT 'item ' || t.id || ' is not what was dispensed' FROM prescription_items t \
      WHERE t.dispensed <> (SELECT coalesce(sum(quantity - returned), 0) FROM dispensing_items \
      WHERE prescription_item_id = t.id) OR t.dispensed NOT BETWEEN 0 AND t.quantity \
      OR t.returned <> (SELECT coalesce(sum(returned), 0) FROM dispensing_items \
      WHERE prescription_item_id = t.id) \
      UNION ALL SELECT 'dispensing ' || d.id || ' has other movements' FROM dispensings d \
      WHERE (SELECT sum(quantity) FROM dispensing_items WHERE dispensing_id = d.id) \
      IS DISTINCT FROM (SELECT -sum(quantity) FROM stock_movements WHERE dispensing_id = d.id \
      AND movement_type = 'DISPENSED')
      """)
  }

  /// Rows that there must not be.
  private static let books: [(rule: String, rows: SQL)] = [
    (
      "rule 7: one appointment a slot",
      """
      SELECT slot_id FROM appointments WHERE status NOT IN ('CANCELLED', 'NO_SHOW') \
      GROUP BY slot_id HAVING count(*) > 1
      """
    ),
    (
      "rule 8: slots do not overlap",
      """
      SELECT a.id, b.id AS other FROM slots a JOIN slots b ON a.doctor_id = b.doctor_id \
      AND a.date = b.date AND a.id < b.id AND a.start_time < b.end_time AND b.start_time < a.end_time
      """
    ),
    (
      "rule 9: a patient's appointments do not overlap",
      """
      SELECT a.id, b.id AS other FROM appointments a JOIN appointments b \
      ON a.patient_id = b.patient_id AND a.date = b.date AND a.id < b.id \
      AND a.start_time < b.end_time AND b.start_time < a.end_time \
      WHERE NOT (a.may_overlap OR b.may_overlap) \
      AND a.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') \
      AND b.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR')
      """
    ),
    (
      "rule 12: each appointment's history ends as it stands",
      """
      SELECT a.id FROM appointments a WHERE (status, slot_id) <> ALL (SELECT e.status, \
      e.slot_id FROM appointment_events e WHERE e.appointment_id = a.id ORDER BY e.id DESC LIMIT 1) \
      OR (SELECT e.status FROM appointment_events e WHERE e.appointment_id = a.id \
      ORDER BY e.id LIMIT 1) <> 'SCHEDULED'
      """
    ),
    (
      "rule 13: no no-show who has come",
      """
      SELECT a.id FROM appointments a JOIN queue_tokens t ON t.appointment_id = a.id \
      WHERE a.status = 'NO_SHOW' AND t.status <> 'NO_SHOW'
      """
    ),
    (
      "rule 14: numbers 1 to K without a gap",
      """
      SELECT d.date FROM queue_days d WHERE (d.last_number, d.last_number) <> ALL \
      (SELECT count(*), coalesce(max(number), 0) FROM queue_tokens t WHERE t.date = d.date)
      """
    ),
    (
      "versions 1 to V without a gap",
      """
      SELECT d.date FROM queue_days d WHERE (d.version, d.version) <> ALL \
      (SELECT count(*), coalesce(max(version), 0) FROM queue_events e WHERE e.date = d.date)
      """
    ),
    (
      "rule 18: a patient has one live token",
      """
      SELECT date, patient_id FROM queue_tokens WHERE status IN ('WAITING', 'WITH_DOCTOR', 'SKIPPED') \
      GROUP BY date, patient_id HAVING count(*) > 1
      """
    ),
    (
      "rule 18: a doctor serves one token, at every version",
      """
      SELECT a.token, b.token AS other, a.version, b.version AS at FROM (\(sql: spans)) a \
      JOIN (\(sql: spans)) b ON a.doctor = b.doctor AND a.token < b.token \
      AND a.version < b.until AND b.version < a.until \
      WHERE a.status = 'WITH_DOCTOR' AND b.status = 'WITH_DOCTOR'
      """
    ),
    (
      "rule 19: only the listed transitions",
      """
      SELECT token, version, before, status FROM (\(sql: spans)) s WHERE before <> status \
      AND (before, status) NOT IN (VALUES ('WAITING', 'WITH_DOCTOR'), ('WAITING', 'SKIPPED'), \
      ('WAITING', 'CANCELLED'), ('WAITING', 'NO_SHOW'), ('WITH_DOCTOR', 'COMPLETED'), \
      ('WITH_DOCTOR', 'WAITING'), ('WITH_DOCTOR', 'SKIPPED'), ('SKIPPED', 'WAITING'), \
      ('SKIPPED', 'NO_SHOW'), ('SKIPPED', 'CANCELLED')) AND NOT EXISTS (SELECT FROM audit_entries e \
      WHERE e.method = 'queue.undo' AND e.outcome = 'ok' AND e.resource_id = s.token)
      """
    ),
    (
      "rule 21: passed over three times at most",
      "SELECT date, number, passed_over FROM queue_tokens WHERE passed_over > 3"
    ),
    (
      "rule 24: an appointment follows its token, and a token its visit",
      """
      SELECT t.date, t.number FROM queue_tokens t \
      LEFT JOIN appointments a ON a.id = t.appointment_id \
      LEFT JOIN visits v ON (v.token_date, v.token_number) = (t.date, t.number) \
      WHERE a.status <> CASE t.status WHEN 'WAITING' THEN 'CHECKED_IN' WHEN 'SKIPPED' \
      THEN 'CHECKED_IN' ELSE t.status END OR (v.status = 'COMPLETED' AND t.status <> 'COMPLETED') \
      OR v.patient_id <> t.patient_id OR v.appointment_id IS DISTINCT FROM \
      CASE WHEN v.id IS NOT NULL THEN t.appointment_id END
      """
    ),
    (
      "rule 27: completed visits are signed; what came later is an addendum",
      """
      SELECT v.id FROM visits v WHERE (status = 'COMPLETED') <> (signed_by IS NOT NULL) \
      OR EXISTS (SELECT FROM clinical_notes n WHERE n.visit_id = v.id \
      AND n.is_addendum <> coalesce(n.created_at > v.completed_at, false))
      """
    ),
    (
      "rule 30: an allergy that matched has a reason",
      """
      SELECT id FROM prescriptions WHERE (allergy_check = 'MATCH') <> (override_reason IS NOT NULL) \
      UNION ALL SELECT id FROM dispensings WHERE (allergy_check = 'MATCH') \
      <> (override_reason IS NOT NULL)
      """
    ),
    (
      "rule 32: what was dispensed is paid and not cancelled",
      """
      SELECT d.id FROM dispensings d LEFT JOIN invoices i ON i.id = d.invoice_id \
      JOIN prescriptions p ON p.id = d.prescription_id \
      WHERE i.status IS DISTINCT FROM 'PAID' OR p.status = 'CANCELLED' \
      OR i.prescription_id IS DISTINCT FROM p.id
      """
    ),
    (
      "rule 33: first expired, first out",
      """
      SELECT m.id, o.id AS sooner FROM stock_movements m \
      JOIN medicine_batches b ON b.id = m.batch_id \
      JOIN medicine_batches o ON o.medicine_id = b.medicine_id AND NOT o.is_held \
      AND (o.expiry_date, o.id) < (b.expiry_date, b.id) AND NOT EXISTS (SELECT \
      FROM stock_movements r WHERE r.batch_id = o.id AND r.movement_type = 'RETURNED') \
      WHERE m.movement_type = 'DISPENSED' AND (SELECT balance FROM stock_movements l \
      WHERE l.batch_id = o.id AND l.id < m.id ORDER BY l.id DESC LIMIT 1) > 0
      """
    ),
    (
      "rule 38: an invoice adds up",
      """
      SELECT i.id FROM invoices i LEFT JOIN (SELECT invoice_id, sum(line_total) AS sum, \
      bool_and(line_total = quantity * unit_price) AS exact FROM invoice_items GROUP BY invoice_id) l \
      ON l.invoice_id = i.id WHERE i.subtotal IS DISTINCT FROM l.sum OR NOT l.exact \
      OR i.discount > i.subtotal OR i.tax <> round((i.subtotal - i.discount) * i.tax_percent / 100, 2) \
      OR i.total <> i.subtotal - i.discount + i.tax \
      OR i.discount <> round(i.subtotal * i.discount_percent / 100, 2)
      """
    ),
    (
      "rule 40: numbers 1 to N without a gap, none of a draft",
      """
      SELECT last FROM invoice_numbers WHERE (last, last, last) <> ALL \
      (SELECT count(number), count(DISTINCT number), coalesce(max(number), 0) FROM invoices) \
      UNION ALL SELECT id FROM invoices WHERE status = 'DRAFT' AND number IS NOT NULL
      """
    ),
    (
      "rules 41, 42: what was paid and refunded is what is written down, and never too much",
      """
      SELECT i.id FROM invoices i WHERE (paid, refunded) IS DISTINCT FROM \
      (coalesce((SELECT sum(amount) FROM payments p WHERE p.invoice_id = i.id), 0), \
      coalesce((SELECT sum(amount) FROM refunds r WHERE r.invoice_id = i.id), 0)) \
      OR paid - refunded > total OR refunded > paid \
      OR (status = 'PAID' AND paid < total) OR (status = 'PENDING' AND paid - refunded >= total) \
      OR (status IN ('DRAFT', 'CANCELLED') AND paid > refunded)
      """
    ),
    (
      "rule 43: one invoice a prescription, of what was prescribed",
      """
      SELECT prescription_id FROM invoices WHERE status <> 'CANCELLED' \
      AND prescription_id IS NOT NULL GROUP BY prescription_id HAVING count(*) > 1 \
      UNION ALL SELECT i.prescription_id FROM invoices i JOIN prescription_items p \
      ON p.prescription_id = i.prescription_id LEFT JOIN invoice_items l ON l.invoice_id = i.id \
      AND l.prescription_item_id = p.id WHERE l.quantity IS DISTINCT FROM p.quantity
      """
    ),
    (
      "rule 47: each entry stands in the chain once, positions 1 to N",
      """
      SELECT e.id FROM audit_entries e WHERE NOT EXISTS (SELECT FROM audit_chain c \
      WHERE c.entry_id = e.id) \
      UNION ALL SELECT max(position) FROM audit_chain HAVING max(position) <> count(*)
      """
    ),
  ]

  /// Each state of each token: from which version until which, with what came before it.
  private static let spans: SQL = """
    SELECT token, doctor, status, version, \
    lead(version, 1, 9223372036854775807) OVER (PARTITION BY token ORDER BY version) AS until, \
    lag(status) OVER (PARTITION BY token ORDER BY version) AS before \
    FROM (SELECT e.version, t ->> 'token' AS token, t ->> 'status' AS status, \
    t ->> 'doctor_id' AS doctor FROM queue_events e, json_array_elements(e.event -> 'tokens') t) m
    """
}
