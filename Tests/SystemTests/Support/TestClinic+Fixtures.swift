import Postgres
import Testing

@testable import Clinic

/// Rows of the clinic's tables, written by SQL.
extension TestClinic {
  /// Registers patients. - Returns: their ids.
  func patients(_ count: Int) async throws -> [Int] {
    let rows = try await postgres.query(
      """
      INSERT INTO patients (name, phone, registered_by) SELECT 'Patient ' || n, '0712 ' || n, 'test' \
      FROM generate_series(1, \(count)) n RETURNING id
      """)
    return try rows.column(as: Int.self).sorted()
  }

  func patient() async throws -> Int { try #require(try await patients(1).first) }

  /// A patient with allergies.
  func patient(allergies: [String]) async throws -> Int {
    try #require(
      try await postgres.query(
        """
        INSERT INTO patients (name, allergies, registered_by) VALUES \
        ('Asha Iyer', \(allergies), 'test') RETURNING id
        """
      ).column(as: Int.self).first)
  }

  /// A medicine. - Returns: its id.
  func medicine(
    _ name: String = "Paracetamol", generic: String? = nil, drugClass: String? = nil,
    strength: String? = nil, price: String = "2.50", reorderLevel: Int = 0, isActive: Bool = true
  ) async throws -> Int {
    try await number(
      """
      INSERT INTO medicines (name, generic_name, drug_class, strength, unit_price, reorder_level, \
      is_active) VALUES (\(name), \(generic), \(drugClass), \(strength), \
      \(price)::text::numeric, \(reorderLevel), \(isActive)) RETURNING id
      """)
  }

  /// A batch that was received, whatever its expiry date. - Returns: its id.
  func batch(of medicine: Int, _ quantity: Int, expiresIn days: Int = 365) async throws -> Int {
    let id = try await postgres.batch(of: medicine, expiresIn: days)
    try await postgres.movements(1, of: id, quantity: quantity)
    return id
  }

  /// A prescription of medicines that are in no other one. - Returns: its id.
  func prescription(
    of patient: Int, by doctor: Int, _ items: [(quantity: Int, price: String)] = [(2, "3.50")]
  ) async throws -> Int {
    var prescribed: [(medicine: Int, quantity: Int)] = []
    for (index, item) in items.enumerated() {
      let medicine = try await self.medicine(
        "Medicine \(index + 1)", strength: "500 mg", price: item.price)
      prescribed.append((medicine, item.quantity))
    }
    return try await prescribe(prescribed, to: patient, by: doctor).id
  }

  /// A prescription of a new patient, as it is once its doctor has written it. With an invoice, one
  /// that bills all of it at the medicines' prices.
  ///
  /// - Parameter items: medicines and how many of each.
  func prescription(
    _ items: [(medicine: Int, quantity: Int)], invoice: String? = "PAID", allergies: [String] = [],
    daysOld: Int = 0, status: String = "ACTIVE"
  ) async throws -> Prescribed {
    let patient = try await self.patient(allergies: allergies)
    let doctor = try await number(
      """
      INSERT INTO users (username, password_hash, full_name, role) VALUES \
      ('dr' || \(patient), 'x', 'Dr. Rao', 'DOCTOR') RETURNING id
      """)
    let prescribed = try await prescribe(
      items, to: patient, by: doctor, daysOld: daysOld, status: status)
    if let invoice { try await self.invoice(prescribed, status: invoice) }
    return prescribed
  }

  /// A prescription, of a visit that has ended.
  private func prescribe(
    _ items: [(medicine: Int, quantity: Int)], to patient: Int, by doctor: Int, daysOld: Int = 0,
    status: String = "ACTIVE"
  ) async throws -> Prescribed {
    let id = try await number(
      """
      WITH visit AS (INSERT INTO visits (patient_id, doctor_id, status, signed_by, completed_at) \
      VALUES (\(patient), \(doctor), 'COMPLETED', \(doctor), now()) RETURNING id) \
      INSERT INTO prescriptions (visit_id, patient_id, doctor_id, status, date) \
      SELECT id, \(patient), \(doctor), \(status), \(try await day(-daysOld))::text::date FROM visit \
      RETURNING id
      """)
    let rows = try await postgres.query(
      """
      INSERT INTO prescription_items (prescription_id, position, medicine_id, dosage, frequency, \
      quantity) SELECT \(id), place, medicine, '1', 'daily', quantity \
      FROM unnest(\(items.map(\.medicine)), \(items.map(\.quantity))) WITH ORDINALITY \
      AS t (medicine, quantity, place) ORDER BY place RETURNING id
      """)
    return Prescribed(
      id: id, patient: patient, items: try rows.column(as: Int.self).sorted())
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
