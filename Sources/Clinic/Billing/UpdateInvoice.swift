package import JSONRPC
package import Postgres

/// Changes a draft, and calculates it anew: what is left out stays, null clears. The lines of a
/// prescription stay as they are; `items` are the others.
package struct UpdateInvoice: BillingCommand {
  package typealias Result = Invoice
  package static let name = "billing.update"
  package static let summary = "Changes a draft: what is left out stays, null clears."
  package static let roles = Roles.only(.reception, .pharmacist)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .notDraft, .medicineInactive, .discountTooLarge,
  ]

  package let id: ID<Invoice>
  package let items: InvoiceLines?
  package let discountPercent: Patch<Percent>
  package let discountAmount: Patch<Money>
  package let taxPercent: Percent?
  package let notes: Patch<Note>
  package let version: RowVersion?

  package var subject: Subject? { Subject("invoice", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Invoice {
    if case .set = discountPercent, case .set = discountAmount { throw ParamsError.twoDiscounts }
    let statements = [InvoiceHead.lock(id), Invoice.parts(of: id)[0]]
    let results = try await transaction.pipeline(statements + (items?.catalogue ?? []))
    let before = try results[0].locked(id, version: version)
    guard before.status == .draft else { throw ClinicError(.notDraft) }
    let old: [InvoiceItem] = try results[1].decode()
    let prescribed = old.filter { $0.prescriptionItemID != nil }
    let new =
      try items.map { prescribed + (try $0.items(results.dropFirst(statements.count))) } ?? old
    if new.isEmpty {
      throw ParamsError(reason: .tooShort, field: "items", message: "at least one line")
    }
    let amounts = try InvoiceAmounts(
      of: new, less: discount(after: before), taxPercent: taxPercent ?? before.taxPercent)
    var lines: [SQL] = []
    if items != nil {
      lines = [
        "DELETE FROM invoice_items WHERE invoice_id = \(id) AND prescription_item_id IS NULL",
        InvoiceItem.insert(
          Array(new[prescribed.count...]), at: prescribed.count + 1, owner: "SELECT \(id)"),
      ]
    }
    return try await transaction.change(id, changes(to: amounts), after: lines)
  }

  private func discount(after before: InvoiceHead) -> InvoiceAmounts.Discount? {
    switch (discountPercent, discountAmount, before.discountPercent) {
    case (.set(let percent), _, _): .percent(percent)
    case (_, .set(let amount), _): .amount(amount)
    case (.unchanged, _, let percent?): .percent(percent)
    case (_, .unchanged, nil): .amount(before.discount)
    default: nil
    }
  }

  private func changes(to amounts: InvoiceAmounts) -> [SQL] {
    let changes: [SQL] = [
      """
      subtotal = \(amounts.subtotal), discount_percent = \(amounts.discountPercent), \
      discount = \(amounts.discount), tax_percent = \(amounts.taxPercent), tax = \(amounts.tax), \
      total = \(amounts.total)
      """
    ]
    return changes + notes.change(of: "notes")
  }
}
