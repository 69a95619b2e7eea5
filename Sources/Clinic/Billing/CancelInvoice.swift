import JSONRPC
package import Postgres

/// Cancels an invoice. It keeps its number (rule 40), and what was paid of it is refunded first
/// (rule 43).
package struct CancelInvoice: BillingCommand {
  package typealias Result = Invoice
  package static let name = "billing.cancel"
  package static let summary = "Cancels an invoice of which nothing is paid, or all was refunded."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .invoiceCancelled, .refundFirst,
  ]

  package let id: ID<Invoice>
  package let reason: Note
  package let version: RowVersion?

  package var subject: Subject? { Subject("invoice", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Invoice {
    let before = try await InvoiceHead.lock(id, version: version, in: transaction)
    if before.status == .cancelled { throw ClinicError(.invoiceCancelled) }
    if before.kept > .zero {
      throw ClinicError(.refundFirst).with("refundable", before.kept.description)
    }
    return try await transaction.change(
      id, ["status = 'CANCELLED', cancel_reason = \(reason), cancelled_at = now()"])
  }
}
