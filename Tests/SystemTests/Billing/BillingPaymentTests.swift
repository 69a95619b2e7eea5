import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rules 40 to 43: payments, refunds, cancelling, and what stays as it was.
@Suite struct BillingPaymentTests {
  @Test("rule 41: parts by several methods, cash with change, PAID when nothing is left")
  func payments() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let invoice = try await desk.call(
        "billing.create", .manual(try await clinic.patient(), "100"))
      let id = JSON.int(try invoice.integer("id"))
      var now = try await desk.call(
        "billing.pay",
        ["id": id, "payment_method": "UPI", "amount": "30.50", "reference": "upi 77"])
      #expect(try now.text("status") == "PENDING" && now.text("balance") == "69.50")
      #expect(try now.text("payment_method") == "UPI")
      let beyond = try await desk.refused(
        "billing.pay", ["id": id, "payment_method": "CARD", "amount": "69.51"])
      #expect(beyond.reason == "exceeds_balance" && beyond.code == -32007)
      #expect(beyond.data["balance"] == .string("69.50"))
      let stale = try await desk.refused(
        "billing.pay", ["id": id, "payment_method": "CARD", "version": 1])
      #expect(stale.reason == "stale_version")
      now = try await desk.call(
        "billing.pay",
        .raw(
          """
          {"id":\(try invoice.integer("id")),"payments":[{"payment_method":"CASH","amount":50},
          {"payment_method":"CARD","amount":"40.00","reference":"4242"}]}
          """))
      #expect(try now.text("change") == "20.50")
      #expect(try now.text("status") == "PAID" && now.text("balance") == "0.00")
      #expect(now["paid_at"]?.isNull == false && now["payment_method"]?.isNull == true)
      let payments = try now.list("payments")
      #expect(try payments.map { try $0.text("payment_method") } == ["UPI", "CASH", "CARD"])
      #expect(try payments.map { try $0.text("amount") } == ["30.50", "29.50", "40.00"])
      #expect(try payments.map { try $0.text("tendered") } == ["30.50", "50.00", "40.00"])
      let again = try await desk.refused("billing.pay", ["id": id, "payment_method": "CASH"])
      #expect(again.reason == "already_paid")
      #expect(try await clinic.number("SELECT sum(amount)::bigint FROM payments") == 100)
    }
  }

  @Test("rule 41: what is no payment is refused with its field")
  func badPayments() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let invoice = try await desk.call(
        "billing.create", .manual(try await clinic.patient(), "10"))
      let id = try invoice.integer("id")
      for (params, field) in [
        ("", "payment_method"), (#","payment_method":"GOLD""#, "payment_method"),
        (#","payment_method":"CASH","amount":0"#, "amount"),
        (#","payment_method":"CASH","amount":"-1""#, "amount"),
        (#","payment_method":"CASH","amount":1.005"#, "amount"),
        (#","payment_method":"CASH","amount":"1,000""#, "amount"),
        (#","payment_method":"CASH","amount":1e9"#, "amount"),
        (#","payment_method":"CARD","tendered":"5""#, "tendered"),
        (#","payment_method":"CASH","amount":"6","tendered":"5""#, "tendered"),
        (#","payments":[]"#, "payments"),
        (#","payments":[{"payment_method":"CASH"}]"#, "payments[0].amount"),
        (#","payments":[{"payment_method":"CASH","amount":"0"}]"#, "payments[0].amount"),
        (
          #","payment_method":"CASH","payments":[{"payment_method":"CASH","amount":"1"}]"#,
          "payments"
        ),
      ] {
        let error = try await desk.refused("billing.pay", .raw(#"{"id":\#(id)\#(params)}"#))
        #expect(error.code == -32602, "\(params)")
        #expect(error.data["field"] == .string(field), "\(params)")
      }
      #expect(try await clinic.number("SELECT count(*) FROM payments") == 0)
    }
  }

  @Test(
    "rules 42, 43: refunds up to what was paid; only then is the invoice cancelled, with its number"
  )
  func refundAndCancel() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let invoice = try await desk.call(
        "billing.create", .manual(try await clinic.patient(), "100"))
      let id = JSON.int(try invoice.integer("id"))
      try await desk.call("billing.pay", ["id": id, "payment_method": "CARD", "amount": "60"])
      let early = try await desk.refused("billing.cancel", ["id": id, "reason": "A mistake"])
      #expect(early.reason == "refund_first" && early.data["refundable"] == .string("60.00"))
      let refund: JSON = ["id": id, "payment_method": "CASH", "reason": "Brought back"]
      let beyond = try await desk.refused("billing.refund", refund.with("amount", "60.01"))
      #expect(beyond.reason == "exceeds_paid" && beyond.data["refundable"] == .string("60.00"))
      for bad in ["0", "-1", "1.001"] {
        let error = try await desk.refused("billing.refund", refund.with("amount", .string(bad)))
        #expect(error.code == -32602 && error.data["field"] == .string("amount"))
      }
      var now = try await desk.call("billing.refund", refund.with("amount", "20"))
      #expect(try now.text("status") == "PENDING" && now.text("refunded") == "20.00")
      #expect(try now.text("balance") == "60.00", "what was given back is owed again")
      now = try await desk.call("billing.refund", refund)
      #expect(try now.text("refunded") == "60.00" && now.list("refunds").count == 2)
      #expect(try await desk.refused("billing.refund", refund).reason == "exceeds_paid")
      now = try await desk.call("billing.cancel", ["id": id, "reason": "A mistake"])
      #expect(try now.text("status") == "CANCELLED" && now.integer("number") == 1)
      #expect(try now.text("cancel_reason") == "A mistake" && now.text("balance") == "0.00")
      for (method, params): (String, JSON) in [
        ("billing.cancel", ["id": id, "reason": "Again"]), ("billing.refund", refund),
        ("billing.pay", ["id": id, "payment_method": "CASH"]),
      ] {
        #expect(try await desk.refused(method, params).reason == "invoice_cancelled")
      }
    }
  }

  @Test(
    "rule 42: a paid invoice stays PAID after a refund, which belongs to its own day and method")
  func refundOfPaid() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let invoice = try await desk.call(
        "billing.create", .manual(try await clinic.patient(), "100"))
      let number = try invoice.integer("id")
      let id = JSON.int(number)
      // Paid by card yesterday.
      _ = try await clinic.postgres.query(
        """
        WITH payment AS (INSERT INTO payments (invoice_id, payment_method, amount, tendered, \
        received_by, date) VALUES (\(number), 'CARD', 100, 100, 'test', current_date - 1)) \
        UPDATE invoices SET paid = 100, status = 'PAID', paid_at = now() - interval '1 day' \
        WHERE id = \(number)
        """)
      let now = try await desk.call(
        "billing.refund",
        ["id": id, "payment_method": "UPI", "amount": "40", "reason": "Brought back"])
      #expect(try now.text("status") == "PAID" && now.text("balance") == "0.00")
      let today = try #require(try await clinic.texts("SELECT current_date::text").first)
      let refund = try now.list("refunds")[0]
      #expect(try refund.text("date") == today && refund.text("payment_method") == "UPI")
      #expect(try now.list("payments")[0].text("date") != today)
      let early = try await desk.refused("billing.cancel", ["id": id, "reason": "No"])
      #expect(early.reason == "refund_first")
      try await desk.call(
        "billing.refund", ["id": id, "payment_method": "CASH", "reason": "All of it"])
      let cancelled = try await desk.call("billing.cancel", ["id": id, "reason": "All of it"])
      #expect(try cancelled.text("status") == "CANCELLED" && cancelled.integer("number") == 1)
    }
  }

  @Test("rule 40: a cancelled draft has no number and leaves no gap")
  func cancelledDraft() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let params = JSON.manual(try await clinic.patient(), "1")
      let draft = try await desk.call("billing.create", params.with("status", "DRAFT"))
      let cancelled = try await desk.call(
        "billing.cancel", ["id": .int(try draft.integer("id")), "reason": "Not needed"])
      #expect(try cancelled.text("status") == "CANCELLED")
      #expect(cancelled["number"]?.isNull == true)
      #expect(try await desk.call("billing.create", params).integer("number") == 1)
    }
  }

  @Test("rule 42: the schema keeps issued invoices, their lines, payments and refunds as they are")
  func immutable() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let params = JSON.manual(try await clinic.patient(), "10", "20")
      let draft = try await desk.call("billing.create", params.with("status", "DRAFT"))
      let other = try draft.integer("id")
      let invoice = try await desk.call("billing.create", params)
      let id = try invoice.integer("id")
      try await desk.call("billing.pay", ["id": .int(id), "payment_method": "CASH"])
      try await desk.call(
        "billing.refund",
        ["id": .int(id), "payment_method": "CASH", "amount": "1", "reason": "Brought back"])
      let before = try await desk.call("billing.get", ["id": .int(id)])
      let locked: [SQL] = [
        "UPDATE invoices SET subtotal = 1, total = 1 WHERE id = \(id)",
        "UPDATE invoices SET number = 7 WHERE id = \(id)",
        "UPDATE invoices SET tax_percent = 7 WHERE id = \(id)",
        "DELETE FROM invoices WHERE id = \(id)",
        "UPDATE invoice_items SET description = 'X' WHERE invoice_id = \(id)",
        "UPDATE invoice_items SET invoice_id = \(other), position = 9 WHERE invoice_id = \(id)",
        "DELETE FROM invoice_items WHERE invoice_id = \(id)",
        """
        INSERT INTO invoice_items (invoice_id, position, description, quantity, unit_price, \
        line_total) VALUES (\(id), 3, 'X', 1, 1, 1)
        """,
      ]
      let kept: [SQL] = [
        "UPDATE payments SET amount = 1", "DELETE FROM payments",
        "UPDATE refunds SET date = date - 1", "DELETE FROM refunds",
      ]
      let statements =
        locked.map { ($0, "invoices_locked") } + kept.map { ($0, "payments_kept") } + [
          ("UPDATE invoices SET paid = paid + 5 WHERE id = \(id)", "invoices_paid"),
          ("UPDATE invoices SET refunded = 31 WHERE id = \(id)", "invoices_refunded"),
        ]
      for (statement, constraint) in statements {
        let error = await #expect(throws: PostgresError.self) {
          _ = try await clinic.postgres.query(statement)
        }
        #expect(error?.constraint == constraint)
      }
      #expect(try await desk.call("billing.get", ["id": .int(id)]).rawBytes == before.rawBytes)
    }
  }
}
