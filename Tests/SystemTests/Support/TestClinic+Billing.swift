import JSONRPC
import Postgres
import Testing

@testable import Clinic

extension TestClinic {
  /// A prescription of medicines that are in no other one. - Returns: its id.
  func prescription(
    of patient: Int, by doctor: Int, _ items: [(quantity: Int, price: String)] = [(2, "3.50")]
  ) async throws -> Int {
    let id = try await number(
      """
      WITH visit AS (INSERT INTO visits (patient_id, doctor_id, status, signed_by, completed_at) \
      VALUES (\(patient), \(doctor), 'COMPLETED', \(doctor), now()) RETURNING id) \
      INSERT INTO prescriptions (visit_id, patient_id, doctor_id) \
      SELECT id, \(patient), \(doctor) FROM visit RETURNING id
      """)
    for (index, item) in items.enumerated() {
      _ = try await postgres.query(
        """
        WITH medicine AS (INSERT INTO medicines (name, strength, unit_price) VALUES \
        (\("Medicine \(index + 1)"), '500 mg', \(item.price)::text::numeric) RETURNING id) \
        INSERT INTO prescription_items \
        (prescription_id, position, medicine_id, dosage, frequency, quantity) \
        SELECT \(id), \(index + 1), id, '1', 'daily', \(item.quantity) FROM medicine
        """)
    }
    return id
  }
}

extension JSON {
  /// Params of `billing.create` for lines of one piece each.
  static func manual(_ patient: Int, _ prices: String...) -> JSON {
    let lines = prices.map { price -> JSON in
      ["description": "A line", "quantity": 1, "unit_price": .string(price)]
    }
    return ["mode": "MANUAL", "patient_id": .int(patient), "items": .array(lines)]
  }
}
