import Postgres
import Testing

@testable import Clinic

extension TestClinic {
  /// A medicine. - Returns: its id.
  func medicine(
    _ name: String = "Paracetamol", generic: String? = nil, drugClass: String? = nil,
    price: String = "2.50", reorderLevel: Int = 0, isActive: Bool = true
  ) async throws -> Int {
    try await number(
      """
      INSERT INTO medicines (name, generic_name, drug_class, unit_price, reorder_level, is_active) \
      VALUES (\(name), \(generic), \(drugClass), \(price)::text::numeric, \(reorderLevel), \
      \(isActive)) RETURNING id
      """)
  }

  /// A batch that was received, whatever its expiry date. - Returns: its id.
  func batch(
    of medicine: Int, _ quantity: Int, expiresIn days: Int = 365, number: String? = nil
  ) async throws -> Int {
    let id = try await self.number(
      """
      INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date) VALUES (\(medicine), \
      coalesce(\(number), 'B' || (SELECT count(*) FROM medicine_batches)), \
      \(try await day(days))::text::date) RETURNING id
      """)
    _ = try await postgres.query(
      """
      INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, \
      user_name) VALUES (\(medicine), \(id), 'RECEIVED', \(quantity), 0, 'test')
      """)
    return id
  }

  /// A prescription of a new patient, as it is once its doctor has written it. With an invoice, one
  /// that bills all of it at the medicines' prices.
  ///
  /// - Parameter items: medicines and how many of each.
  func prescription(
    _ items: [(medicine: Int, quantity: Int)], invoice: String? = "PAID", allergies: [String] = [],
    daysOld: Int = 0, status: String = "ACTIVE"
  ) async throws -> Prescribed {
    let patient = try await number(
      """
      INSERT INTO patients (name, allergies, registered_by) VALUES ('Asha', \(allergies), 'test') \
      RETURNING id
      """)
    let id = try await number(
      """
      WITH doctor AS (INSERT INTO users (username, password_hash, full_name, role) VALUES \
      ('dr' || \(patient), 'x', 'Dr. Rao', 'DOCTOR') RETURNING id), \
      visit AS (INSERT INTO visits (patient_id, doctor_id) SELECT \(patient), id FROM doctor \
      RETURNING id, doctor_id) \
      INSERT INTO prescriptions (visit_id, patient_id, doctor_id, status, date) \
      SELECT id, \(patient), doctor_id, \(status), \(try await day(-daysOld))::text::date FROM visit \
      RETURNING id
      """)
    let rows = try await postgres.query(
      """
      INSERT INTO prescription_items (prescription_id, position, medicine_id, dosage, frequency, \
      quantity) SELECT \(id), place, medicine, '1', 'daily', quantity \
      FROM unnest(\(items.map(\.medicine)), \(items.map(\.quantity))) WITH ORDINALITY \
      AS t (medicine, quantity, place) ORDER BY place RETURNING id
      """)
    let prescribed = Prescribed(
      id: id, patient: patient, items: try rows.column(as: Int.self).sorted())
    if let invoice { try await self.invoice(prescribed, status: invoice) }
    return prescribed
  }

  /// Bills a prescription. - Returns: the invoice's id.
  @discardableResult
  func invoice(
    _ prescribed: Prescribed, status: String, discountPercent: Int = 0
  ) async throws -> Int {
    let id = try await number(
      """
      INSERT INTO invoices (patient_id, prescription_id, mode, status, subtotal, total, created_by) \
      VALUES (\(prescribed.patient), \(prescribed.id), 'AUTO', 'DRAFT', 0, 0, 'test') RETURNING id
      """)
    _ = try await postgres.query(
      """
      INSERT INTO invoice_items (invoice_id, position, description, medicine_id, \
      prescription_item_id, quantity, unit_price, line_total) SELECT \(id), t.position, m.name, m.id, \
      t.id, t.quantity, m.unit_price, t.quantity * m.unit_price FROM prescription_items t \
      JOIN medicines m ON m.id = t.medicine_id WHERE t.prescription_id = \(prescribed.id)
      """)
    _ = try await postgres.query(
      """
      UPDATE invoices SET subtotal = s.sum, discount = round(s.sum * \(discountPercent) / 100, 2), \
      total = s.sum - round(s.sum * \(discountPercent) / 100, 2) FROM (SELECT sum(line_total) \
      FROM invoice_items WHERE invoice_id = \(id)) s WHERE id = \(id)
      """)
    if status != "DRAFT" {
      _ = try await postgres.query(
        """
        UPDATE invoices SET number = \(id), issued_at = now(), status = \(status), \
        paid = CASE \(status) WHEN 'PAID' THEN total ELSE 0 END WHERE id = \(id)
        """)
    }
    return id
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

  /// A date, counted from today in a zone.
  func day(_ days: Int, in zone: String = "UTC") async throws -> String {
    try #require(
      try await texts(
        "SELECT ((now() AT TIME ZONE \(zone))::date + \(days)::integer)::text"
      ).first)
  }
}

/// A prescription of a test.
struct Prescribed: Sendable {
  let id: Int
  let patient: Int
  let items: [Int]

  /// Params of a dispensing of it.
  var params: JSON { ["prescription_id": .int(id)] }

  /// Params of a dispensing of some of its items.
  func params(_ quantities: [Int]) -> JSON {
    params.with(
      "items",
      .array(
        zip(items, quantities).filter { $1 > 0 }.map {
          ["prescription_item_id": .int($0), "quantity": .int($1)]
        }))
  }
}
