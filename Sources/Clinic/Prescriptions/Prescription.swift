import JSONRPC
import Postgres

/// What a doctor prescribed at a visit, and how much of it was dispensed.
package struct Prescription: Codable, Sendable {
  package enum Status: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case active = "ACTIVE"
    case cancelled = "CANCELLED"
  }

  /// How much has been dispensed, less what was returned.
  package enum DispenseState: String, Codable, CaseIterable, Sendable, PostgresDecodable,
    JSONSchemaRepresentable
  {
    case none = "NONE"
    case partial = "PARTIAL"
    case full = "FULL"
  }

  package let id: ID<Prescription>
  package let visitID: ID<Visit>
  package let patientID: ID<Patient>
  package let patientName: String
  package let doctorID: ID<User>
  package let doctorName: String
  package let date: LocalDate
  package let status: Status
  package let dispenseState: DispenseState
  package let allergyCheck: AllergyCheck.Outcome
  package let warnings: [AllergyWarning]
  package let overrideReason: String?
  package let notes: String?
  package let cancelReason: String?
  package let cancelledAt: Instant?
  /// The prescription's invoice that is not cancelled, if there is one.
  package let invoiceID: ID<Invoice>?
  package let invoiceStatus: String?
  package let items: [PrescriptionItem]
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}

/// One medicine of a prescription.
package struct PrescriptionItem: Codable, Sendable {
  package let id: ID<PrescriptionItem>
  package let position: Int
  package let medicineID: ID<Medicine>
  package let medicineName: String
  package let genericName: String?
  package let form: String?
  package let strength: String?
  package let dosage: String
  package let frequency: String
  package let durationDays: Int?
  package let quantity: Int
  package let dispensed: Int
  package let remaining: Int
  package let instructions: String?
}

extension Prescription {
  /// The dispense state of `prescriptions r`, whose items are summed up in `items`.
  static let dispenseState: SQL = """
    CASE WHEN items.dispensed = 0 THEN 'NONE' WHEN items.dispensed < items.quantity THEN 'PARTIAL' \
    ELSE 'FULL' END
    """

  /// Selects prescriptions `r` as the wire has them; a condition on `r` is to follow.
  static let select: SQL = """
    SELECT r.id, r.visit_id, r.patient_id, p.name AS patient_name, r.doctor_id, \
    d.full_name AS doctor_name, r.date, r.status, \(sql: dispenseState) AS dispense_state, \
    r.allergy_check, coalesce(r.warnings, '[]') AS warnings, r.override_reason, r.notes, \
    r.cancel_reason, r.cancelled_at, i.id AS invoice_id, i.status AS invoice_status, items.items, \
    r.version, r.created_at, r.updated_at FROM prescriptions r \
    JOIN patients p ON p.id = r.patient_id JOIN users d ON d.id = r.doctor_id \
    LEFT JOIN invoices i ON i.prescription_id = r.id AND i.status <> 'CANCELLED' \
    CROSS JOIN LATERAL (SELECT json_agg(t ORDER BY t.position) AS items, \
    sum(t.quantity) AS quantity, sum(t.dispensed) AS dispensed FROM (SELECT t.id, t.position, \
    t.medicine_id, t.medicine_name, t.generic_name, t.form, t.strength, t.dosage, \
    t.frequency, t.duration_days, t.quantity, t.dispensed, t.quantity - t.dispensed AS remaining, \
    t.instructions FROM prescription_items t WHERE t.prescription_id = r.id) t) items
    """

  static func select(_ id: ID<Prescription>) -> SQL {
    "SELECT to_json(r) FROM (\(sql: select) WHERE r.id = \(id)) r"
  }

  /// The only row of ``select(_:)``.
  static func read(_ rows: Rows, _ id: ID<Prescription>) throws -> Prescription {
    guard let row = rows.first else { throw ClinicError.notFound("prescription", id) }
    var cells = row.cells
    guard let prescription: Prescription = try cells.nextJSON() else { throw StoreFailure.noRow }
    return prescription
  }
}
