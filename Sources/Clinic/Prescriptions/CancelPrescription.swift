import JSONRPC
package import Postgres

/// Cancels a prescription of which nothing is dispensed. Its invoice is cancelled with it if
/// nothing of that is paid and it bills nothing else; any other invoice of it is left to the
/// reception, and can neither be issued nor be paid any more.
package struct CancelPrescription: Command {
  package typealias Result = Prescription
  package static let name = "prescriptions.cancel"
  package static let summary = "Cancels a prescription of which nothing is dispensed."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [
    .notFound, .noStaffIdentity, .notYourVisit, .staleVersion, .prescriptionCancelled,
    .alreadyDispensed,
  ]

  package let id: ID<Prescription>
  package let reason: Note
  package let version: RowVersion?

  package var subject: Subject? { Subject("prescription", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Prescription {
    let user = try caller.requireUser()
    transaction.enqueue(
      Patient.lock("SELECT patient_id FROM prescriptions WHERE id = \(id)"))
    // Dispensing locks the same rows in the same order.
    let locked = try await transaction.pipeline([
      "SELECT doctor_id, status, version FROM prescriptions WHERE id = \(id) FOR NO KEY UPDATE",
      """
      SELECT FROM invoices WHERE prescription_id = \(id) AND status <> 'CANCELLED' \
      FOR NO KEY UPDATE
      """,
      """
      SELECT dispensed FROM prescription_items WHERE prescription_id = \(id) ORDER BY id \
      FOR NO KEY UPDATE
      """,
    ])
    guard let row = locked[0].first else { throw ClinicError.notFound("prescription", id) }
    var cells = row.cells
    let doctor: ID<User> = try cells.next()
    let status: Prescription.Status = try cells.next()
    let stored: RowVersion = try cells.next()
    guard user == doctor || caller.role == .admin else { throw ClinicError(.notYourVisit) }
    if status == .cancelled { throw ClinicError(.prescriptionCancelled) }
    try version.require(stored)
    guard try locked[2].column(as: Int.self).allSatisfy({ $0 == 0 }) else {
      throw ClinicError(.alreadyDispensed)
    }
    let results = try await transaction.pipeline([
      """
      UPDATE prescriptions SET status = 'CANCELLED', cancel_reason = \(reason), \
      cancelled_at = now(), updated_at = now(), version = version + 1 WHERE id = \(id)
      """,
      """
      UPDATE invoices i SET status = 'CANCELLED', cancel_reason = 'the prescription was cancelled', \
      cancelled_at = now(), updated_at = now(), version = version + 1 \
      WHERE prescription_id = \(id) AND status <> 'CANCELLED' AND paid = refunded \
      AND NOT EXISTS (SELECT FROM invoice_items l WHERE l.invoice_id = i.id \
      AND l.prescription_item_id IS NULL)
      """,
      Prescription.select(id),
    ])
    return try Prescription.read(results[2], id)
  }
}
