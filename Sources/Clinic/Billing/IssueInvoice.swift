import JSONRPC
package import Postgres

/// Issues a draft: it gets its number, and its lines stay as they are from then on (rules 40, 42).
package struct IssueInvoice: BillingCommand {
  package typealias Result = Invoice
  package static let name = "billing.issue"
  package static let summary = "Issues a draft: it gets its number and can be paid."
  package static let roles = Roles.only(.reception, .pharmacist)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .invalidTransition, .prescriptionCancelled, .patientArchived,
  ]

  package let id: ID<Invoice>
  package let version: RowVersion?

  package var subject: Subject? { Subject("invoice", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Invoice {
    // The patient, the prescription and the invoice, as everywhere.
    transaction.enqueue(Patient.lock("SELECT patient_id FROM invoices WHERE id = \(id)"))
    let results = try await transaction.pipeline([
      """
      SELECT status = 'CANCELLED' FROM prescriptions \
      WHERE id = (SELECT prescription_id FROM invoices WHERE id = \(id)) FOR SHARE
      """,
      """
      SELECT archived(archived_at, merged_into) FROM patients \
      WHERE id = (SELECT patient_id FROM invoices WHERE id = \(id)) FOR KEY SHARE NOWAIT
      """,
      InvoiceHead.lock(id),
    ])
    let before = try results[2].locked(id, version: version)
    guard before.status == .draft else {
      throw ClinicError(.invalidTransition).with("from", before.status.rawValue)
        .with("to", Invoice.Status.pending.rawValue)
    }
    if try results[0].column(as: Bool.self).first == true {
      throw ClinicError(.prescriptionCancelled)
    }
    if try results[1].single() { throw ClinicError(.patientArchived) }
    let status = InvoiceNumber.status(of: before.total)
    return try await transaction.change(
      id,
      [
        "number = (SELECT last FROM taken), status = \(status), date = current_date",
        "issued_at = now()", status == .paid ? "paid_at = now()" : "paid_at = NULL",
      ], with: "taken AS (\(sql: InvoiceNumber.take))")
  }
}
