import JSONRPC
import Postgres

/// What an invoice is written for, and how that is read and locked.
enum BillingSource {
  case prescription(ID<Prescription>, patientID: ID<Patient>?, visitID: ID<Visit>?)
  case patient(ID<Patient>, visitID: ID<Visit>?)

  /// What was found.
  struct Billed {
    let patientID: ID<Patient>
    let visitID: ID<Visit>?
    /// The lines of the prescription.
    var items: [InvoiceItem] = []
  }

  /// The patient is locked, so that nobody archives or merges him or her, and then the
  /// prescription, so that it is not cancelled meanwhile.
  var statements: [SQL] {
    switch self {
    case .prescription(let id, let patientID, _):
      [
        Patient.lock("SELECT patient_id FROM prescriptions WHERE id = \(id)"),
        """
        SELECT patient_id, visit_id, status = 'CANCELLED', \
        coalesce(patient_id = survivor(\(patientID)), \(patientID)::bigint IS NULL) \
        FROM prescriptions WHERE id = \(id) FOR NO KEY UPDATE
        """,
        """
        SELECT archived(archived_at, merged_into) FROM patients \
        WHERE id = (SELECT patient_id FROM prescriptions WHERE id = \(id)) FOR KEY SHARE NOWAIT
        """,
        InvoiceItem.prescribed(by: id),
        "SELECT id FROM invoices WHERE prescription_id = \(id) AND status <> 'CANCELLED'",
      ]
    case .patient(let id, let visitID):
      [
        """
        SELECT id, archived(archived_at, merged_into) FROM patients WHERE id = survivor(\(id)) \
        FOR KEY SHARE
        """,
        // By itself, so that it sees what was there when the lock was had.
        "SELECT FROM visits WHERE id = \(visitID) AND patient_id = survivor(\(id))",
      ]
    }
  }

  /// What is billed, from what the statements gave.
  ///
  /// - Throws: `not_found`, `patient_archived`, `prescription_cancelled`, `already_invoiced`;
  ///   `ParamsError` for a patient or a visit that is not the prescription's.
  func billed(_ results: [Rows]) throws -> Billed {
    switch self {
    case .prescription(let id, _, let visitID):
      let prescription: BilledPrescription = try results[1].row(orMissing: "prescription", id)
      if prescription.isCancelled { throw ClinicError(.prescriptionCancelled) }
      if let invoice = try results[4].column(as: ID<Invoice>.self).first {
        throw ClinicError.alreadyInvoiced(invoice)
      }
      if try results[2].single() { throw ClinicError(.patientArchived) }
      if !prescription.isOfPatient {
        throw ParamsError(
          reason: .invalid, field: "patient_id", message: "not the prescription's patient")
      }
      if let visitID, visitID != prescription.visitID {
        throw ParamsError(
          reason: .invalid, field: "visit_id", message: "not the prescription's visit")
      }
      return Billed(
        patientID: prescription.patientID, visitID: prescription.visitID,
        items: try results[3].decode())
    case .patient(let id, let visitID):
      let patient: BilledPatient = try results[0].row(orMissing: "patient", id)
      if patient.isArchived { throw ClinicError(.patientArchived) }
      if let visitID, results[1].isEmpty { throw ClinicError.notFound("visit", visitID) }
      return Billed(patientID: patient.id, visitID: visitID)
    }
  }
}

private struct BilledPrescription: RowDecodable {
  let patientID: ID<Patient>
  let visitID: ID<Visit>
  let isCancelled: Bool
  /// Whether the prescription is that of the named patient, if one was named.
  let isOfPatient: Bool

  init(cells: inout Cells) throws(PostgresError) {
    patientID = try cells.next()
    visitID = try cells.next()
    isCancelled = try cells.next()
    isOfPatient = try cells.next()
  }
}

private struct BilledPatient: RowDecodable {
  let id: ID<Patient>
  let isArchived: Bool

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    isArchived = try cells.next()
  }
}

extension ClinicError {
  static func alreadyInvoiced(_ invoice: ID<Invoice>) -> ClinicError {
    ClinicError(.alreadyInvoiced).with("invoice_id", invoice)
  }
}
