import JSONRPC
package import Postgres

/// How a patient pays; only cash gives change.
package enum PaymentMethod: String, Codable, CaseIterable, Sendable, PostgresEncodable,
  PostgresDecodable, JSONSchemaRepresentable
{
  case cash = "CASH"
  case card = "CARD"
  case upi = "UPI"
}

/// What was paid for an invoice at one time by one method.
package struct Payment: Codable, Sendable {
  package let id: ID<Payment>
  package let paymentMethod: PaymentMethod
  /// What counts towards the invoice: what was handed over, less the change.
  package let amount: Money
  package let tendered: Money
  package let change: Money
  package let reference: String?
  package let receivedBy: String
  /// The clinic's day.
  package let date: LocalDate
  package let paidAt: Instant
}

extension Payment: RowDecodable {
  package static let columns: SQL =
    "id, payment_method, amount, tendered, change, reference, received_by, date, paid_at"

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    paymentMethod = try cells.next()
    amount = try cells.next()
    tendered = try cells.next()
    change = try cells.next()
    reference = try cells.next()
    receivedBy = try cells.next()
    date = try cells.next()
    paidAt = try cells.next()
  }
}

/// What was given back. It belongs to the day and the method that it was made in (rule 42).
package struct Refund: Codable, Sendable {
  package let id: ID<Refund>
  package let paymentMethod: PaymentMethod
  package let amount: Money
  package let reason: String
  package let refundedBy: String
  /// The clinic's day.
  package let date: LocalDate
  package let refundedAt: Instant
}

extension Refund: RowDecodable {
  package static let columns: SQL =
    "id, payment_method, amount, reason, refunded_by, date, refunded_at"

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    paymentMethod = try cells.next()
    amount = try cells.next()
    reason = try cells.next()
    refundedBy = try cells.next()
    date = try cells.next()
    refundedAt = try cells.next()
  }
}
