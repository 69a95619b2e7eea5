import Postgres

/// A new invoice, ready to be written.
struct InvoiceDraft {
  let mode: Invoice.Mode
  let billed: BillingSource.Billed
  let prescriptionID: ID<Prescription>?
  let items: [InvoiceItem]
  let amounts: InvoiceAmounts
  let notes: Note?
  let author: String

  /// One statement. The lines come first, because those of an issued invoice are locked; the number
  /// comes last, because whoever issues next waits for it until the commit (rule 40).
  func insert(isIssued: Bool) -> SQL {
    """
    WITH new AS MATERIALIZED (SELECT nextval('invoices_id_seq') AS id), \
    lines AS (\(sql: InvoiceItem.insert(items, owner: "SELECT id FROM new")) RETURNING id)\
    \(sql: isIssued ? ", taken AS (\(sql: InvoiceNumber.take))" : "") \
    INSERT INTO invoices (id, number, patient_id, prescription_id, visit_id, mode, status, \
    subtotal, discount_percent, discount, tax_percent, tax, total, notes, created_by, issued_at, \
    paid_at) OVERRIDING SYSTEM VALUE \
    SELECT new.id, \(sql: isIssued ? "(SELECT last FROM taken)" : "NULL::bigint"), \(billed.patientID), \
    \(prescriptionID), \(billed.visitID), \(mode), \
    \(isIssued ? InvoiceNumber.status(of: amounts.total) : .draft), \
    \(amounts.subtotal), \(amounts.discountPercent), \(amounts.discount), \(amounts.taxPercent), \
    \(amounts.tax), \(amounts.total), \(notes), \(author), \
    \(sql: isIssued ? "now()" : "NULL::timestamptz"), \
    \(sql: isIssued && amounts.total == .zero ? "now()" : "NULL::timestamptz") \
    FROM new WHERE (SELECT count(*) FROM lines) > 0 RETURNING \(sql: InvoiceHead.columns)
    """
  }
}

/// How an invoice gets its number when it is issued.
enum InvoiceNumber {
  /// A transaction that is rolled back gives its number back; so no other transaction may take the
  /// next one before it has ended.
  static let take: SQL = "UPDATE invoice_numbers SET last = last + 1 RETURNING last"

  /// The status of an invoice once it is issued. For one over 0.00 nothing is left to pay.
  static func status(of total: Money) -> Invoice.Status { total == .zero ? .paid : .pending }
}
