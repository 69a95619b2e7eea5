import JSONRPC
import Postgres

/// What a patient is to pay: its head, its lines, and what was paid and refunded so far.
package struct Invoice: Codable, Sendable {
  package let head: InvoiceHead
  package let items: [InvoiceItem]
  package let payments: [Payment]
  package let refunds: [Refund]

  init(head: InvoiceHead, items: [InvoiceItem], payments: [Payment] = [], refunds: [Refund] = []) {
    self.head = head
    self.items = items
    self.payments = payments
    self.refunds = refunds
  }

  /// The method of all payments; `nil` when there are none, or several methods.
  var paymentMethod: PaymentMethod? {
    let methods = Set(payments.map(\.paymentMethod))
    return methods.count == 1 ? methods.first : nil
  }

  /// On the wire the invoice is one object: the head's members, and these.
  private struct Rest: Codable {
    let paymentMethod: PaymentMethod?
    let items: [InvoiceItem]
    let payments: [Payment]
    let refunds: [Refund]
  }

  package init(from decoder: any Decoder) throws {
    let rest = try Rest(from: decoder)
    self.init(
      head: try InvoiceHead(from: decoder), items: rest.items, payments: rest.payments,
      refunds: rest.refunds)
  }

  package func encode(to encoder: any Encoder) throws {
    try head.encode(to: encoder)
    try Rest(paymentMethod: paymentMethod, items: items, payments: payments, refunds: refunds)
      .encode(to: encoder)
  }
}

extension Invoice {
  /// Where the lines come from: a prescription, or whoever writes the invoice.
  package enum Mode: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case auto = "AUTO"
    case manual = "MANUAL"
  }

  package enum Status: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case draft = "DRAFT"
    case pending = "PENDING"
    case paid = "PAID"
    case cancelled = "CANCELLED"
  }

  /// The statements for what stands below an invoice's head, in the order in which
  /// ``init(head:parts:)`` takes it.
  static func parts(of id: ID<Invoice>) -> [SQL] {
    [
      "SELECT \(sql: InvoiceItem.columns) FROM invoice_items WHERE invoice_id = \(id) ORDER BY position",
      "SELECT \(sql: Payment.columns) FROM payments WHERE invoice_id = \(id) ORDER BY id",
      "SELECT \(sql: Refund.columns) FROM refunds WHERE invoice_id = \(id) ORDER BY id",
    ]
  }

  init(head: InvoiceHead, parts: ArraySlice<Rows>) throws {
    let parts = Array(parts)
    guard parts.count == 3 else { throw StoreFailure.noRow }
    self.init(
      head: head, items: try parts[0].decode(), payments: try parts[1].decode(),
      refunds: try parts[2].decode())
  }

  /// Reads an invoice, all of it as of one moment, in one trip.
  static func read(_ id: ID<Invoice>, in clinic: Clinic) async throws -> Invoice {
    let head: SQL = "SELECT \(sql: InvoiceHead.columns) FROM invoices WHERE id = \(id)"
    let results = try await clinic.postgres.withTransaction(.snapshot) { transaction in
      try await transaction.commit(with: [head] + parts(of: id))
    }
    guard let first = results.first else { throw StoreFailure.noRow }
    return try Invoice(head: try first.row(orMissing: "invoice", id), parts: results.dropFirst())
  }
}
