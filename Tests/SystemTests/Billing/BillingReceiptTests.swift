import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// An invoice on paper.
@Suite struct BillingReceiptTests {
  @Test("a receipt as text, for the printer at the desk, as a page and as PDF")
  func formats() async throws {
    let settings = [
      "CLINIC_TAX_PERCENT": "5", "CLINIC_CURRENCY": "EUR ", "CLINIC_NAME": " Old Town",
      "CLINIC_ADDRESS": "1 Long Road \r\nSome Town\n",
    ]
    try await TestClinic.run(1, settings) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.number(
        "INSERT INTO patients (name, registered_by) VALUES ('أمينة रवि', 'test') RETURNING id")
      let invoice = try await desk.call(
        "billing.create",
        .raw(
          """
          {"mode":"MANUAL","patient_id":\(patient),"discount_percent":"10","items":[
          {"description":"Consultation <b>long & thorough, with everything that there is</b>",
          "quantity":2,"unit_price":"50"},{"description":"Dressing","quantity":1,"unit_price":"4"}]}
          """))
      let id = JSON.int(try invoice.integer("id"))
      let unpaid = try await desk.call("billing.receipt", ["id": id])
      #expect(try unpaid.text("content").contains("Invoice INV-000001"))
      try await desk.call("billing.pay", ["id": id, "payment_method": "CARD", "amount": "40"])
      try await desk.call("billing.pay", ["id": id, "payment_method": "CASH", "amount": "60"])
      try await desk.call(
        "billing.refund",
        ["id": id, "payment_method": "CASH", "amount": "3.50", "reason": "Brought back"])

      for (format, columns) in [("text", 80), ("receipt", 42)] {
        let paper = try await desk.call("billing.receipt", ["id": id, "format": .string(format)])
        #expect(try paper.text("content_type") == "text/plain; charset=utf-8")
        let content = try paper.text("content")
        for expected in [
          "Old Town", "Receipt INV-000001", "أمينة रवि", "EUR 104.00", "Discount 10.00 %",
          "-EUR 10.40", "Tax 5.00 %", "EUR 4.68", "EUR 98.28", "CARD", "EUR 40.00", "EUR 60.00",
          "Change", "-EUR 1.72", "-EUR 3.50", "EUR 0.00",
        ] {
          #expect(content.contains(expected), "\(expected) in \(format)")
        }
        #expect(
          content.split(separator: "\n").allSatisfy { TextColumns.width(of: $0) <= columns })
      }
      let page = try await desk.call("billing.receipt", ["id": id, "format": "html"])
      let html = try page.text("content")
      #expect(try page.text("content_type") == "text/html; charset=utf-8")
      #expect(html.contains("&lt;b&gt;long &amp; thorough") && !html.contains("<b>long"))
      #expect(html.contains(">Old Town</p><p><bdi>1 Long Road</bdi><bdi>Some Town</bdi></p>"))
      #expect(html.contains("98.28") && html.contains("أمينة रवि"))
      let pdf = try await desk.call("billing.receipt", ["id": id, "format": "pdf"])
      #expect(try pdf.text("content_type") == "application/pdf")
      #expect(try pdf.text("content").hasPrefix("JVBERi0"), "%PDF- in Base64")

      let missing = try await desk.refused("billing.receipt", ["id": 999_999])
      #expect(missing.reason == "not_found")
      let other = try await desk.refused("billing.receipt", ["id": id, "format": "docx"])
      #expect(other.code == -32602 && other.data["field"] == .string("format"))
    }
  }

  @Test("what is no receipt says so: a draft, a cancelled invoice")
  func stamps() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let draft = try await desk.call(
        "billing.create", JSON.manual(try await clinic.patient(), "5").with("status", "DRAFT"))
      let id = JSON.int(try draft.integer("id"))
      let before = try await desk.call("billing.receipt", ["id": id, "format": "text"])
      #expect(try before.text("content").contains("*** DRAFT ***"))
      try await desk.call("billing.cancel", ["id": id, "reason": "Not needed"])
      let after = try await desk.call("billing.receipt", ["id": id, "format": "text"])
      #expect(try after.text("content").contains("*** CANCELLED ***"))
    }
  }
}
