import JSONRPC
package import Postgres

/// Writes an invoice and, unless it is to be a draft, issues it.
///
/// AUTO bills a prescription: the prescribed quantities at the present prices, which are copied in
/// (rules 39, 43), and the lines given beside it, such as a fee. MANUAL bills only the lines.
package struct CreateInvoice: BillingCommand {
  package typealias Result = Invoice
  package static let name = "billing.create"
  package static let summary = "Writes an invoice, of a prescription or of the lines given."
  package static let roles = Roles.only(.reception, .pharmacist)
  package static let errors: [Reason] = [
    .notFound, .patientArchived, .medicineInactive, .discountTooLarge, .nothingToBill,
    .alreadyInvoiced, .prescriptionCancelled,
  ]

  /// What an invoice may begin as.
  package enum FirstStatus: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case draft = "DRAFT"
    case pending = "PENDING"
  }

  package let mode: Invoice.Mode
  package let prescriptionID: ID<Prescription>?
  package let patientID: ID<Patient>?
  package let visitID: ID<Visit>?
  package let items: InvoiceLines?
  package let discountPercent: Percent?
  package let discountAmount: Money?
  package let taxPercent: Percent?
  package let status: FirstStatus?
  package let notes: Note?

  package var subject: Subject? { Subject("invoice") }
  package func subject(of result: Invoice) -> Subject? { Subject("invoice", result.head.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Invoice {
    let source = try source
    let lines = items ?? InvoiceLines(rawValue: [])
    let results = try await transaction.pipeline(source.statements + lines.catalogue)
    let billed = try source.billed(results)
    let items = billed.items + (try lines.items(results.dropFirst(source.statements.count)))
    if items.isEmpty { throw ClinicError(.nothingToBill) }
    let draft = InvoiceDraft(
      mode: mode, billed: billed, prescriptionID: prescriptionID, items: items,
      amounts: try InvoiceAmounts(
        of: items, less: try discount, taxPercent: taxPercent ?? clinic.settings.billing.taxPercent),
      notes: notes, author: caller.name)
    if mode == .manual, let patientID {
      transaction.enqueue(Patient.requireSurvivor(billed.patientID, of: patientID))
    }
    let head: InvoiceHead = try await transaction.query(
      draft.insert(isIssued: status != .draft)
    ).row()
    return Invoice(head: head, items: items)
  }

  private var discount: InvoiceAmounts.Discount? {
    get throws {
      if discountPercent != nil && discountAmount != nil { throw ParamsError.twoDiscounts }
      return discountPercent.map { .percent($0) } ?? discountAmount.map { .amount($0) }
    }
  }

  /// What is billed, from the params.
  private var source: BillingSource {
    get throws {
      switch mode {
      case .auto:
        guard let prescriptionID else {
          throw ParamsError(
            reason: .missing, field: "prescription_id", message: "AUTO bills a prescription")
        }
        return .prescription(prescriptionID, patientID: patientID, visitID: visitID)
      case .manual:
        if prescriptionID != nil {
          throw ParamsError(
            reason: .invalid, field: "prescription_id", message: "AUTO bills a prescription")
        }
        guard let patientID else {
          throw ParamsError(
            reason: .missing, field: "patient_id", message: "MANUAL bills a patient")
        }
        guard let items else {
          throw ParamsError(reason: .missing, field: "items", message: "MANUAL bills lines")
        }
        if items.rawValue.isEmpty {
          throw ParamsError(reason: .tooShort, field: "items", message: "at least one line")
        }
        return .patient(patientID, visitID: visitID)
      }
    }
  }
}

extension ParamsError {
  static let twoDiscounts = ParamsError(
    reason: .invalid, field: "discount_amount", message: "either a percentage or an amount")
}
