import JSONRPC
package import Postgres

/// Gives money back: of a payment that was a mistake, or for what was returned. It never gives back
/// more than was paid, and belongs to the day and the method that it is made in (rule 42).
///
/// A paid invoice stays PAID. The balance of a pending one grows again.
package struct RefundInvoice: BillingCommand {
  package typealias Result = Invoice
  package static let name = "billing.refund"
  package static let summary = "Gives back some or all of what was paid."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .notIssued, .invoiceCancelled, .exceedsPaid,
  ]

  package let id: ID<Invoice>
  package let paymentMethod: PaymentMethod
  package let reason: Note
  package let amount: PositiveMoney?
  package let version: RowVersion?

  package var subject: Subject? { Subject("invoice", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Invoice {
    let before = try await InvoiceHead.lock(id, version: version, in: transaction)
    switch before.status {
    case .pending, .paid: break
    case .draft: throw ClinicError(.notIssued)
    case .cancelled: throw ClinicError(.invoiceCancelled)
    }
    let amount = amount?.money ?? before.kept
    guard amount > .zero, amount <= before.kept else {
      throw ClinicError(.exceedsPaid).with("refundable", before.kept.description)
    }
    return try await transaction.change(
      id, ["refunded = refunded + \(amount)"],
      after: [
        """
        INSERT INTO refunds (invoice_id, payment_method, amount, reason, refunded_by) \
        VALUES (\(id), \(paymentMethod), \(amount), \(reason), \(caller.name))
        """
      ])
  }
}
