import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rules 38, 39, 42, 43: writing invoices, issuing and changing them.
@Suite struct BillingTests {
  @Test("rule 38: MANUAL: lines, discount, tax, total, and what it is read as")
  func manual() async throws {
    try await TestClinic.run(1, ["CLINIC_TAX_PERCENT": "7.5"]) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      let invoice = try await desk.call(
        "billing.create",
        .raw(
          """
          {"mode":"MANUAL","patient_id":\(patient),"discount_percent":10,"notes":"By hand","items":[
          {"description":"Consultation","quantity":3,"unit_price":19.99},
          {"description":"Dressing","quantity":1,"unit_price":"5"}]}
          """))
      #expect(try invoice.text("subtotal") == "64.97")
      #expect(try invoice.text("discount") == "6.50")
      #expect(try invoice.text("tax") == "4.39")
      #expect(try invoice.text("total") == "62.86")
      #expect(try invoice.text("balance") == "62.86")
      #expect(try invoice.text("status") == "PENDING")
      #expect(try invoice.text("invoice_number") == "INV-000001")
      #expect(try invoice.list("items").map { try $0.text("line_total") } == ["59.97", "5.00"])
      let read = try await desk.call("billing.get", ["id": .int(try invoice.integer("id"))])
      #expect(read.rawBytes == invoice.rawBytes)
    }
  }

  @Test("rules 39, 43: AUTO bills what was prescribed, at prices that stay")
  func auto() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.pharmacist)
      let doctor = try await clinic.member(.doctor)
      let patient = try await clinic.patient()
      let prescription = try await clinic.prescription(
        of: patient, by: doctor.id, [(30, "0.35"), (1, "12")])
      let invoice = try await desk.call(
        "billing.create",
        .raw(
          """
          {"mode":"AUTO","prescription_id":\(prescription),"items":[
          {"description":"Consultation","quantity":1,"unit_price":"40"}]}
          """))
      #expect(try invoice.integer("patient_id") == patient)
      #expect(try invoice.text("total") == "62.50")
      let lines = try invoice.list("items")
      #expect(
        try lines.map { try $0.text("description") }
          == ["Medicine 1 500 mg", "Medicine 2 500 mg", "Consultation"])
      #expect(try lines.map { try $0.integer("quantity") } == [30, 1, 1])
      _ = try await clinic.postgres.query("UPDATE medicines SET unit_price = 99, name = 'New'")
      let id = JSON.int(try invoice.integer("id"))
      #expect(try await desk.call("billing.get", ["id": id]).rawBytes == invoice.rawBytes)

      let again = try await desk.refused(
        "billing.create", ["mode": "AUTO", "prescription_id": .int(prescription)])
      #expect(again.reason == "already_invoiced")
      #expect(again.data["invoice_id"] == .int(try invoice.integer("id")))
    }
  }

  @Test("rule 41: a payment in cash, with change")
  func pay() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let invoice = try await desk.call(
        "billing.create", .manual(try await clinic.patient(), "12.50"))
      let id = JSON.int(try invoice.integer("id"))
      let paid = try await desk.call(
        "billing.pay", ["id": id, "payment_method": "CASH", "amount": "20"])
      #expect(try paid.text("change") == "7.50")
      #expect(try paid.text("status") == "PAID")
      #expect(try paid.text("balance") == "0.00")
      #expect(paid["paid_at"]?.isNull == false)
      #expect(try paid.list("payments").map { try $0.text("amount") } == ["12.50"])
      let again = try await desk.refused("billing.pay", ["id": id, "payment_method": "CASH"])
      #expect(again.reason == "already_paid")
    }
  }
}
