import Postgres
import Testing

@testable import Clinic

/// What the departments write, written by SQL: a test of what becomes of it needs much, and
/// quickly.
extension PostgresClient {
  /// Completed visits with a note and a prescription each, a day apart, the last one of today.
  ///
  /// - Returns: their ids.
  @discardableResult
  func completedVisits(
    _ count: Int, of patient: Int, by doctor: Int, medicine: Int
  ) async throws -> [Int] {
    let visits = try await query(
      """
      INSERT INTO visits (patient_id, doctor_id, date, status, vitals, chief_complaint, diagnosis, \
      diagnosis_codes, treatment_plan, signed_by, completed_at) \
      SELECT \(patient), \(doctor), current_date - (\(count) - n)::integer, 'COMPLETED', \
      '{"pulse": {"value": 72.5, "unit": "bpm"}}', 'cough ' || n, 'cold', '{J00}', 'rest', \
      \(doctor), now() FROM generate_series(1, \(count)) n RETURNING id
      """
    ).column(as: Int.self)
    _ = try await query(
      """
      INSERT INTO clinical_notes (visit_id, author_id, category, text, is_addendum) \
      SELECT v, \(doctor), 'OBSERVATION', 'of visit ' || v, false FROM unnest(\(visits)) v
      """)
    _ = try await query(
      """
      WITH p AS (INSERT INTO prescriptions (visit_id, patient_id, doctor_id) \
      SELECT v, \(patient), \(doctor) FROM unnest(\(visits)) v RETURNING id) \
      INSERT INTO prescription_items (prescription_id, position, medicine_id, dosage, frequency, \
      duration_days, quantity) SELECT id, 1, \(medicine), '500 mg', 'twice a day', 5, 10 FROM p
      """)
    return visits.sorted()
  }

  /// A batch of which nothing was received yet. - Returns: its id.
  func batch(
    of medicine: Int, _ number: String? = nil, expiresIn days: Int = 365
  ) async throws -> Int {
    try await query(
      """
      INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date) VALUES (\(medicine), \
      coalesce(\(number), 'B' || (SELECT count(*) FROM medicine_batches)), \
      current_date + \(days)::integer) RETURNING id
      """
    ).single()
  }

  /// Receives stock, many times. - Returns: the movements' ids.
  @discardableResult
  func movements(
    _ count: Int, of batch: Int, _ type: String = "RECEIVED", quantity: Int = 5
  ) async throws -> [Int] {
    try await query(
      """
      INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, \
      user_name, at) SELECT b.medicine_id, b.id, \(type), \(quantity), 0, 'test', \
      clock_timestamp() FROM medicine_batches b, generate_series(1, \(count)) WHERE b.id = \(batch) \
      RETURNING id
      """
    ).column(as: Int.self).sorted()
  }

  /// Invoices of 12.50 with 1.25 of tax, issued now, of which some were paid, perhaps some days
  /// ago, and some refunded.
  func invoices(
    _ count: Int, of patient: Int, paid: Int = 0, daysAgo: Int = 0, refunded: Int = 0
  ) async throws {
    let ids = try await query(
      """
      INSERT INTO invoices (number, patient_id, mode, status, subtotal, tax_percent, tax, total, \
      issued_at, created_by) SELECT coalesce((SELECT max(number) FROM invoices), 0) + n, \
      \(patient), 'MANUAL', 'PENDING', 12.50, 10, 1.25, 13.75, now(), 'test' \
      FROM generate_series(1, \(count)) n RETURNING id
      """
    ).column(as: Int.self).sorted()
    _ = try await query(
      """
      INSERT INTO payments (invoice_id, payment_method, amount, tendered, received_by, date) \
      SELECT i, (ARRAY['CASH', 'CARD', 'UPI'])[1 + n % 3], 13.75, 13.75, 'test', \
      current_date - \(daysAgo)::integer \
      FROM unnest(\(Array(ids.prefix(paid)))) WITH ORDINALITY u (i, n)
      """)
    _ = try await query(
      """
      INSERT INTO refunds (invoice_id, payment_method, amount, reason, refunded_by) \
      SELECT i, 'CARD', 13.75, 'test', 'test' FROM unnest(\(Array(ids.prefix(refunded)))) i
      """)
  }
}
