package import JSONRPC
package import Postgres

/// An invoice without its lines, as lists show it.
package struct InvoiceHead: Codable, Sendable {
  package let id: ID<Invoice>
  /// Without gap, from 1 (rule 40); a draft has none.
  package let number: Int?
  /// The number as it stands on paper: `INV-000017`.
  package let invoiceNumber: String?
  package let mode: Invoice.Mode
  package let status: Invoice.Status
  package let patientID: ID<Patient>
  package let patientName: String
  package let prescriptionID: ID<Prescription>?
  package let visitID: ID<Visit>?
  /// The clinic's day on which it was issued; of a draft, on which it was made.
  package let date: LocalDate
  package let subtotal: Money
  /// `nil` when the discount was given as an amount, or there is none.
  package let discountPercent: Percent?
  package let discount: Money
  package let taxPercent: Percent
  package let tax: Money
  package let total: Money
  /// All payments, and all refunds of them.
  package let paid: Money
  package let refunded: Money
  /// What is left to pay.
  package let balance: Money
  package let notes: String?
  package let cancelReason: String?
  package let createdBy: String
  package let issuedAt: Instant?
  package let paidAt: Instant?
  package let cancelledAt: Instant?
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant

  /// What was paid and not given back.
  var kept: Money { paid - refunded }
}

extension InvoiceHead: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("number", number)
    json.member("invoice_number", invoiceNumber)
    json.member("mode", mode)
    json.member("status", status)
    json.member("patient_id", patientID)
    json.member("patient_name", patientName)
    json.member("prescription_id", prescriptionID)
    json.member("visit_id", visitID)
    json.member("date", date)
    json.member("subtotal", subtotal)
    json.member("discount_percent", discountPercent)
    json.member("discount", discount)
    json.member("tax_percent", taxPercent)
    json.member("tax", tax)
    json.member("total", total)
    json.member("paid", paid)
    json.member("refunded", refunded)
    json.member("balance", balance)
    json.member("notes", notes)
    json.member("cancel_reason", cancelReason)
    json.member("created_by", createdBy)
    json.member("issued_at", issuedAt)
    json.member("paid_at", paidAt)
    json.member("cancelled_at", cancelledAt)
    json.member("version", version)
    json.member("created_at", createdAt)
    json.member("updated_at", updatedAt)
  }
}

extension InvoiceHead: RowDecodable {
  package static let columns: SQL = """
    id, number, mode, status, patient_id, \
    (SELECT p.name FROM patients p WHERE p.id = invoices.patient_id), prescription_id, visit_id, \
    date, subtotal, discount_percent, discount, tax_percent, tax, total, paid, refunded, notes, \
    cancel_reason, created_by, issued_at, paid_at, cancelled_at, version, created_at, updated_at
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    number = try cells.next()
    invoiceNumber = number.map { "INV-" + $0.padded(6) }
    mode = try cells.next()
    status = try cells.next()
    patientID = try cells.next()
    patientName = try cells.next()
    prescriptionID = try cells.next()
    visitID = try cells.next()
    date = try cells.next()
    subtotal = try cells.next()
    discountPercent = try cells.next()
    discount = try cells.next()
    taxPercent = try cells.next()
    tax = try cells.next()
    total = try cells.next()
    paid = try cells.next()
    refunded = try cells.next()
    // A refund of a paid invoice is for something that was brought back, and asks for nothing anew.
    balance =
      switch status {
      case .draft, .pending: total - paid + refunded
      case .paid, .cancelled: .zero
      }
    notes = try cells.next()
    cancelReason = try cells.next()
    createdBy = try cells.next()
    issuedAt = try cells.next()
    paidAt = try cells.next()
    cancelledAt = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
    updatedAt = try cells.next()
  }
}

extension InvoiceHead {
  /// Locks an invoice until the transaction ends, so that whoever else changes it waits.
  ///
  /// - Throws: `not_found`, or `stale_version` if another version is asked for.
  static func lock(
    _ id: ID<Invoice>, version: RowVersion? = nil, in transaction: Transaction
  ) async throws -> InvoiceHead {
    try await transaction.query(Self.lock(id)).locked(id, version: version)
  }

  static func lock(_ id: ID<Invoice>) -> SQL {
    "SELECT \(sql: columns) FROM invoices WHERE id = \(id) FOR NO KEY UPDATE"
  }
}

extension Rows {
  /// What ``InvoiceHead/lock(_:)`` gave.
  func locked(_ id: ID<Invoice>, version: RowVersion?) throws -> InvoiceHead {
    let invoice: InvoiceHead = try row(orMissing: "invoice", id)
    try version.require(invoice.version)
    return invoice
  }
}

extension Transaction {
  /// Changes an invoice that is locked, after what `statements` do in the same trip.
  ///
  /// - Parameter query: a query that the changes name, as `WITH` takes it.
  func change(
    _ id: ID<Invoice>, _ changes: [SQL], with query: SQL? = nil, after statements: [SQL] = []
  ) async throws -> Invoice {
    let changes = changes + ["version = version + 1", "updated_at = now()"]
    let with: SQL = query.map { "WITH \(sql: $0) " } ?? ""
    let update: SQL = """
      \(sql: with)UPDATE invoices SET \(sql: changes.joined(separator: ", ")) WHERE id = \(id) \
      RETURNING \(sql: InvoiceHead.columns)
      """
    let results = try await pipeline(statements + [update] + Invoice.parts(of: id))
    return try Invoice(
      head: try results[statements.count].row(), parts: results.dropFirst(statements.count + 1))
  }
}
