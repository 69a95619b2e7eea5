import JSONRPC
import Postgres
import RPCClient
import Testing

@testable import Clinic

/// What is paid for, and what a return is worth, when payments and pieces go to and fro.
@Suite struct ReturnTests {
  /// A prescription whose invoice is paid and which is dispensed, all by calls.
  private struct Sale {
    let desk: TestConnection
    let pharmacist: TestConnection
    let order: Prescribed
    let invoice: JSON
    let dispensing: JSON
    let item: JSON

    init(_ quantity: Int, price: String, discountPercent: Int = 0, in clinic: TestClinic)
      async throws
    {
      desk = try await clinic.connect(.reception)
      pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine(price: price)
      _ = try await clinic.batch(of: medicine, 100)
      order = try await clinic.prescription([(medicine, quantity)], invoice: nil)
      invoice = .int(
        try await clinic.invoice(order, status: "PAID", discountPercent: discountPercent))
      let made = try await pharmacist.call("dispensing.create", order.params)
      dispensing = made["id"].json
      item = try #require(made.list("items").first)["id"].json
    }

    func bringBack(_ quantity: Int) async throws -> String {
      try await pharmacist.call(
        "dispensing.return",
        [
          "id": dispensing, "reason": "broken",
          "items": [["dispensing_item_id": item, "quantity": .int(quantity)]],
        ]
      ).text("refund_due")
    }

    func refund(_ amount: String) async throws {
      try await desk.call(
        "billing.refund",
        [
          "id": invoice, "payment_method": "CASH", "reason": "brought back",
          "amount": .string(amount),
        ])
    }
  }

  @Test("rule 32: what was paid again after a refund is paid")
  func paidAgain() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let medicine = try await clinic.medicine(price: "1.00")
      _ = try await clinic.batch(of: medicine, 100)
      let order = try await clinic.prescription([(medicine, 10)], invoice: nil)
      let id = JSON.int(try await clinic.invoice(order, status: "PENDING"))
      try await desk.call("billing.pay", ["id": id, "payment_method": "CARD", "amount": "5.00"])
      try await desk.call(
        "billing.refund",
        ["id": id, "payment_method": "CARD", "amount": "5.00", "reason": "the wrong card"])
      try await desk.call("billing.pay", ["id": id, "payment_method": "CASH"])
      let made = try await clinic.connect(.pharmacist).call("dispensing.create", order.params)
      #expect(try made.list("items").first?["quantity"]?.int == 10)
    }
  }

  @Test("rule 37: what was refunded for pieces that were exchanged is not due again")
  func exchangedAndRefunded() async throws {
    try await TestClinic.run(1) { clinic in
      let sale = try await Sale(2, price: "5.00", in: clinic)
      #expect(try await sale.bringBack(1) == "5.00")
      let exchanged = try await sale.pharmacist.call("dispensing.create", sale.order.params([1]))
      try await sale.refund("5.00")
      let item = try #require(exchanged.list("items").first)["id"].json
      let back = try await sale.pharmacist.call(
        "dispensing.return",
        [
          "id": exchanged["id"].json, "reason": "broken",
          "items": [["dispensing_item_id": item, "quantity": 1]],
        ])
      #expect(try back.text("refund_due") == "0.00")
      #expect(try await sale.bringBack(1) == "5.00", "the other piece is paid for still")
    }
  }

  @Test("rule 37: pieces are exchanged though a due was rounded up")
  func roundedUp() async throws {
    try await TestClinic.run(1) { clinic in
      // 17.30 less 1.73: 3.114 a piece.
      let sale = try await Sale(5, price: "3.46", discountPercent: 10, in: clinic)
      #expect(try await sale.bringBack(1) == "3.11")
      #expect(try await sale.bringBack(1) == "3.12")
      try await sale.refund("3.12")
      try await sale.pharmacist.call("dispensing.create", sale.order.params([1]))
      let refused = try await sale.pharmacist.refused(
        "dispensing.create", sale.order.params([1]))
      #expect(refused.reason == "exceeds_paid")
    }
  }

  @Test("rule 39: a return is worth what the invoice says, not what the medicine cost that day")
  func billedLater() async throws {
    try await TestClinic.run(1, ["CLINIC_DISPENSE_UNPAID": "yes"]) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine(price: "2.00")
      _ = try await clinic.batch(of: medicine, 100)
      let order = try await clinic.prescription([(medicine, 10)], invoice: nil)
      let made = try await pharmacist.call("dispensing.create", order.params)
      _ = try await clinic.postgres.query("UPDATE medicines SET unit_price = 1.00")
      _ = try await clinic.invoice(order, status: "PAID")
      let item = try #require(made.list("items").first)["id"].json
      let back = try await pharmacist.call(
        "dispensing.return",
        [
          "id": made["id"].json, "reason": "spared",
          "items": [["dispensing_item_id": item, "quantity": 5]],
        ])
      #expect(try back.text("refund_due") == "5.00")
    }
  }

  @Test("a cancelled prescription leaves no paid invoice of nothing")
  func cancelledForNothing() async throws {
    try await TestClinic.run(1) { clinic in
      let medicine = try await clinic.medicine(price: "0.00")
      let order = try await clinic.prescription([(medicine, 10)], invoice: "PAID")
      try await clinic.connect(.admin).call(
        "prescriptions.cancel", ["id": .int(order.id), "reason": "not needed"])
      #expect(try await clinic.texts("SELECT status FROM invoices") == ["CANCELLED"])
    }
  }
}
