import JSONRPC

/// An invoice on paper: the receipt, once it is paid.
package struct PrintReceipt: Query {
  package typealias Result = PrintedPaper
  package static let name = "billing.receipt"
  package static let summary = "Renders an invoice as text, receipt, HTML or PDF."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Invoice>
  package let format: PaperFormat?

  package var subject: Subject? { Subject("invoice", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> PrintedPaper {
    let invoice = try await Invoice.read(id, in: clinic)
    return try await clinic.printer.print(
      invoice.paper(clinic.settings.letterhead), as: format ?? .receipt)
  }
}

extension Invoice {
  func paper(_ clinic: Letterhead) -> PaperDocument {
    var parts: [PaperPart] = []
    switch head.status {
    case .cancelled: parts.append(.stamp("CANCELLED"))
    case .draft: parts.append(.stamp("DRAFT"))
    case .pending, .paid: break
    }
    parts += [.fields(about), .table(lines), .totals(sums(clinic.currency))]
    if head.status != .draft { parts.append(.totals(money(clinic.currency))) }
    if let reason = head.cancelReason { parts.append(.note(reason, label: "Cancelled")) }
    if let notes = head.notes { parts.append(.note(notes, label: "Notes")) }
    let what = head.status == .paid ? "Receipt" : "Invoice"
    return PaperDocument(
      [what, head.invoiceNumber].compactMap(\.self).joined(separator: " "), of: clinic, parts: parts
    )
  }

  private var about: [PaperField] {
    [
      PaperField("Date", head.date.description), PaperField("Patient", head.patientName),
      PaperField("Patient no.", head.patientID.description),
    ] + (head.prescriptionID.map { [PaperField("Prescription", $0.description)] } ?? [])
  }

  private var lines: PaperTable {
    PaperTable(
      [
        PaperTable.Column("Item", weight: 44),
        PaperTable.Column("Quantity", weight: 10, isNumber: true, prefix: "Qty "),
        PaperTable.Column("Price", weight: 12, isNumber: true, prefix: "at "),
        PaperTable.Column("Amount", weight: 14, isNumber: true),
      ],
      rows: items.map {
        PaperTable.Row([
          $0.description, String($0.quantity), $0.unitPrice.description, $0.lineTotal.description,
        ])
      })
  }

  /// How the total comes about.
  private func sums(_ currency: String) -> [PaperField] {
    var sums = [PaperField("Subtotal", head.subtotal.onPaper(currency))]
    if head.discount > .zero {
      let share = head.discountPercent.map { " \($0) %" } ?? ""
      sums.append(PaperField("Discount" + share, "-" + head.discount.onPaper(currency)))
    }
    if head.tax > .zero {
      sums.append(PaperField("Tax \(head.taxPercent) %", head.tax.onPaper(currency)))
    }
    return sums + [PaperField("Total", head.total.onPaper(currency))]
  }

  /// What was handed over and given back, and what is left to pay.
  private func money(_ currency: String) -> [PaperField] {
    var money: [PaperField] = []
    for payment in payments {
      money.append(
        PaperField(
          "\(payment.date) \(payment.paymentMethod.rawValue)", payment.tendered.onPaper(currency)))
      if payment.change > .zero {
        money.append(PaperField("Change", "-" + payment.change.onPaper(currency)))
      }
    }
    for refund in refunds {
      money.append(
        PaperField(
          "\(refund.date) refund, \(refund.paymentMethod.rawValue)",
          "-" + refund.amount.onPaper(currency)))
    }
    return money + [PaperField("Balance", head.balance.onPaper(currency))]
  }
}

extension Money {
  /// The amount with the clinic's currency before it.
  func onPaper(_ currency: String) -> String {
    currency.isEmpty ? description : "\(currency) \(description)"
  }
}
