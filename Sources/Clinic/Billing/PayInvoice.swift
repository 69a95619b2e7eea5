import JSONRPC
package import Postgres

/// Takes a payment: all or a part of the balance, by one method or by several. Cash beyond the
/// balance is change; anything else beyond it is refused (rule 41).
package struct PayInvoice: BillingCommand {
  package struct Change: Codable, Sendable {
    /// What is given back of this payment.
    let change: Money
  }
  package typealias Result = Extended<Invoice, Change>

  package static let name = "billing.pay"
  package static let summary = "Takes a payment: partial, by several methods, with change for cash."
  package static let roles = Roles.only(.reception, .pharmacist)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .notIssued, .alreadyPaid, .invoiceCancelled, .exceedsBalance,
    .prescriptionCancelled,
  ]

  package let id: ID<Invoice>
  package let paymentMethod: PaymentMethod?
  package let amount: PositiveMoney?
  package let tendered: PositiveMoney?
  package let reference: Line?
  package let payments: PartialPayments?
  package let version: RowVersion?

  package var subject: Subject? { Subject("invoice", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    let tenders = try tenders
    // Whoever cancels the prescription locks the invoice, too.
    let results = try await transaction.pipeline([
      InvoiceHead.lock(id),
      """
      SELECT status = 'CANCELLED' FROM prescriptions \
      WHERE id = (SELECT prescription_id FROM invoices WHERE id = \(id))
      """,
    ])
    let before = try results[0].locked(id, version: version)
    switch before.status {
    case .pending: break
    case .draft: throw ClinicError(.notIssued)
    case .paid: throw ClinicError(.alreadyPaid)
    case .cancelled: throw ClinicError(.invoiceCancelled)
    }
    if try results[1].column(as: Bool.self).first == true {
      throw ClinicError(.prescriptionCancelled)
    }
    let settlement = try Settlement(of: before.balance, by: tenders)
    var changes: [SQL] = ["paid = paid + \(settlement.paid)"]
    if settlement.rest == .zero { changes.append("status = 'PAID', paid_at = now()") }
    return Result(
      try await transaction.change(id, changes, after: [insert(settlement.parts, by: caller)]),
      Change(change: settlement.change))
  }

  /// What is handed over.
  private var tenders: [Settlement.Tender] {
    get throws {
      if let payments {
        if paymentMethod != nil || amount != nil || tendered != nil || reference != nil {
          throw ParamsError(
            reason: .invalid, field: "payments", message: "either payments or one payment")
        }
        return payments.rawValue.map {
          Settlement.Tender(
            method: $0.paymentMethod, amount: $0.amount.money, reference: $0.reference?.rawValue)
        }
      }
      guard let paymentMethod else {
        throw ParamsError(
          reason: .missing, field: "payment_method", message: "how it is paid, or payments")
      }
      if let tendered {
        guard paymentMethod == .cash else {
          throw ParamsError(reason: .invalid, field: "tendered", message: "of cash alone")
        }
        if let amount, tendered.money < amount.money {
          throw ParamsError(
            reason: .outOfRange, field: "tendered", message: "not less than the amount")
        }
      }
      return [
        Settlement.Tender(
          method: paymentMethod, amount: amount?.money, tendered: tendered?.money,
          reference: reference?.rawValue)
      ]
    }
  }

  private func insert(_ parts: [Settlement.Part], by caller: Caller) -> SQL {
    """
    INSERT INTO payments (invoice_id, payment_method, amount, tendered, change, reference, \
    received_by) SELECT \(id), p.method, p.amount::numeric, p.tendered::numeric, \
    p.change::numeric, p.reference, \(caller.name) \
    FROM unnest(\(parts.map(\.method)), \(parts.map(\.amount.description)), \
    \(parts.map(\.tendered.description)), \(parts.map(\.change.description)), \
    \(parts.map(\.reference))) WITH ORDINALITY \
    AS p (method, amount, tendered, change, reference, n) ORDER BY p.n
    """
  }
}

/// The parts of a mixed payment: 1 to 10.
package struct PartialPayments: BoundedList {
  package struct Part: Codable, Sendable {
    package let paymentMethod: PaymentMethod
    package let amount: PositiveMoney
    package let reference: Line?
  }

  package let rawValue: [Part]
  package init(rawValue: [Part]) { self.rawValue = rawValue }
  package static let counts = 1...10
}
