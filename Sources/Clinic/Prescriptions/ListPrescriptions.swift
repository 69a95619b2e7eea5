package import JSONRPC
package import Postgres

/// A prescription in a list. The reception sees its number, its patient and whether it is billed;
/// everything else is null there.
package struct PrescriptionSummary: Codable, Sendable, RowDecodable {
  package let id: ID<Prescription>
  package let patientID: ID<Patient>
  package let date: LocalDate
  package let status: Prescription.Status
  package let invoiceID: ID<Invoice>?
  package let invoiceStatus: String?
  /// Whether it is active and has no invoice.
  package let isBillable: Bool
  package let visitID: ID<Visit>?
  package let patientName: String?
  package let doctorID: ID<User>?
  package let doctorName: String?
  package let dispenseState: Prescription.DispenseState?
  package let allergyCheck: AllergyCheck.Outcome?
  package let itemCount: Int?
  package let version: RowVersion?

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    patientID = try cells.next()
    date = try cells.next()
    status = try cells.next()
    invoiceID = try cells.next()
    invoiceStatus = try cells.next()
    isBillable = try cells.next()
    visitID = try cells.next()
    patientName = try cells.next()
    doctorID = try cells.next()
    doctorName = try cells.next()
    dispenseState = try cells.next()
    allergyCheck = try cells.next()
    itemCount = try cells.next()
    version = try cells.next()
  }

  /// Selects prescriptions `r`; conditions are to follow.
  static func select(inFull: Bool) -> SQL {
    let rest: SQL =
      inFull
      ? """
      r.visit_id, p.name, r.doctor_id, d.full_name, \(sql: Prescription.dispenseState), \
      r.allergy_check, items.count, r.version
      """
      : """
      NULL::bigint, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::text, NULL::bigint, \
      NULL::bigint
      """
    return """
      SELECT r.id, r.patient_id, r.date, r.status, i.id, i.status, \
      r.status = 'ACTIVE' AND i.id IS NULL, \(sql: rest) FROM prescriptions r \
      JOIN patients p ON p.id = r.patient_id JOIN users d ON d.id = r.doctor_id \
      LEFT JOIN invoices i ON i.prescription_id = r.id AND i.status <> 'CANCELLED' \
      CROSS JOIN LATERAL (SELECT count(*), sum(quantity) AS quantity, sum(dispensed) AS dispensed \
      FROM prescription_items t WHERE t.prescription_id = r.id) items
      """
  }
}

extension PrescriptionSummary: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("patient_id", patientID)
    json.member("date", date)
    json.member("status", status)
    json.member("invoice_id", invoiceID)
    json.member("invoice_status", invoiceStatus)
    json.member("is_billable", isBillable)
    json.member("visit_id", visitID)
    json.member("patient_name", patientName)
    json.member("doctor_id", doctorID)
    json.member("doctor_name", doctorName)
    json.member("dispense_state", dispenseState)
    json.member("allergy_check", allergyCheck)
    json.member("item_count", itemCount)
    json.member("version", version)
  }
}

/// Prescriptions, the newest first.
package struct ListPrescriptions: Query {
  package typealias Result = Page<PrescriptionSummary>
  package static let name = "prescriptions.list"
  package static let summary = "Lists prescriptions, the newest first."
  package static let roles = Roles.only(.doctor, .pharmacist, .reception)
  package static let isAudited = true

  package let patientID: ID<Patient>?
  package let visitID: ID<Visit>?
  package let doctorID: ID<User>?
  package let status: Prescription.Status?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package var subject: Subject? {
    patientID.map { Subject("patient", $0) } ?? Subject("prescription")
  }

  package func run(
    in clinic: Clinic, by caller: Caller?
  ) async throws -> Page<PrescriptionSummary> {
    let limit = limit ?? .standard
    let prescriptions = try await clinic.postgres.query(
      """
      \(sql: PrescriptionSummary.select(inFull: caller?.role != .reception)) \
      WHERE \(sql: conditions.joined(separator: " AND ")) \
      ORDER BY r.id DESC LIMIT \(sql: limit.rows)
      """, keepingPlan: true, isLong: true
    ).decode(as: PrescriptionSummary.self)
    return Page(prescriptions, limit: limit) { $0.id.description }
  }

  private var conditions: [SQL] {
    var conditions: [SQL] = ["r.id < \(cursor?.id ?? .max)"]
    if let patientID { conditions.append("r.patient_id = survivor(\(patientID))") }
    if let visitID { conditions.append("r.visit_id = \(visitID)") }
    if let doctorID { conditions.append("r.doctor_id = \(doctorID)") }
    // In the statement's text, so that the index of cancelled ones serves.
    if let status { conditions.append("r.status = '\(raw: status.rawValue)'") }
    return conditions
  }
}
