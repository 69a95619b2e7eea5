import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rules 38, 39, 40, 43: writing invoices, changing drafts, issuing and cancelling.
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
      let params = JSON.raw(
        """
        {"mode":"AUTO","prescription_id":\(prescription),"items":[
        {"description":"Consultation","quantity":1,"unit_price":"40"}]}
        """)
      let invoice = try await desk.call("billing.create", params)
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

      let again = try await desk.refused("billing.create", params)
      #expect(again.reason == "already_invoiced" && again.code == -32004)
      #expect(again.data["invoice_id"] == .int(try invoice.integer("id")))

      // Once it is cancelled there may be another one, at the prices of now.
      let admin = try await clinic.admin()
      try await admin.call("billing.cancel", ["id": id, "reason": "A mistake"])
      let next = try await desk.call("billing.create", params)
      #expect(try next.integer("number") == 2)
      #expect(try next.text("total") == "3109.00")
    }
  }

  @Test("rule 39: a line of a medicine takes its name and price from the catalogue, unless given")
  func catalogue() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      let medicine = try await clinic.medicine("Ibuprofen", price: "1.25")
      @Sendable func params(_ line: String) -> JSON {
        .raw(#"{"mode":"MANUAL","patient_id":\#(patient),"items":[\#(line)]}"#)
      }
      let plain = try await desk.call(
        "billing.create", params(#"{"quantity":4,"medicine_id":\#(medicine)}"#))
      #expect(try plain.list("items")[0].text("description") == "Ibuprofen")
      #expect(try plain.text("total") == "5.00")
      let given = try await desk.call(
        "billing.create",
        params(
          #"{"quantity":4,"medicine_id":\#(medicine),"unit_price":"1","description":"Gel"}"#))
      #expect(try given.list("items")[0].text("description") == "Gel")
      #expect(try given.text("total") == "4.00")
      let missing = try await desk.refused(
        "billing.create", params(#"{"quantity":4,"medicine_id":999999}"#))
      #expect(missing.reason == "not_found" && missing.data["resource"] == .string("medicine"))
      _ = try await clinic.postgres.query("UPDATE medicines SET is_active = false")
      let inactive = try await desk.refused(
        "billing.create", params(#"{"quantity":4,"medicine_id":\#(medicine)}"#))
      #expect(inactive.reason == "medicine_inactive")
    }
  }

  @Test("rules 40, 42: a draft has no number and is calculated anew; issued, it stays as it is")
  func draft() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let prescription = try await clinic.prescription(
        of: try await clinic.patient(), by: doctor.id, [(2, "10")])
      let draft = try await desk.call(
        "billing.create",
        ["mode": "AUTO", "prescription_id": .int(prescription), "status": "DRAFT"])
      let id = JSON.int(try draft.integer("id"))
      #expect(draft["number"]?.isNull == true && draft["issued_at"]?.isNull == true)
      #expect(
        try await desk.refused("billing.pay", ["id": id, "payment_method": "CASH"]).reason
          == "not_issued")

      let fee: JSON = ["description": "Fee", "quantity": 1, "unit_price": "5"]
      var now = try await desk.call("billing.update", ["id": id, "items": [fee, fee]])
      #expect(try now.list("items").count == 3, "what was prescribed stays")
      #expect(try now.text("total") == "30.00")
      now = try await desk.call(
        "billing.update", ["id": id, "discount_percent": "10", "tax_percent": 5])
      #expect(try now.text("total") == "28.35")
      now = try await desk.call("billing.update", ["id": id, "items": [fee], "notes": "One fee"])
      #expect(try now.text("discount") == "2.50" && now.text("total") == "23.63")
      now = try await desk.call("billing.update", ["id": id, "discount_amount": "25"])
      #expect(now["discount_percent"]?.isNull == true)
      #expect(try now.text("total") == "0.00")
      let less = try await desk.refused("billing.update", ["id": id, "items": []])
      #expect(less.reason == "discount_too_large" && less.data["base"] == .string("20.00"))
      now = try await desk.call(
        "billing.update", ["id": id, "items": [], "discount_amount": nil, "notes": nil])
      #expect(try now.text("total") == "21.00")
      #expect(now["notes"]?.isNull == true)

      let version = try now.integer("version")
      let stale = try await desk.refused(
        "billing.issue", ["id": id, "version": .int(version - 1)])
      #expect(stale.reason == "stale_version")
      let issued = try await desk.call("billing.issue", ["id": id, "version": .int(version)])
      #expect(try issued.text("status") == "PENDING" && issued.integer("number") == 1)
      let change = try await desk.refused("billing.update", ["id": id, "notes": "Later"])
      #expect(change.reason == "not_draft")
      let again = try await desk.refused("billing.issue", ["id": id])
      #expect(again.reason == "invalid_transition")
    }
  }

  @Test("rule 43: a cancelled prescription is not billed, nor issued when a draft was there")
  func cancelledPrescription() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patient = try await clinic.patient()
      let drafted = try await clinic.prescription(of: patient, by: doctor.id)
      let other = try await clinic.prescription(of: patient, by: doctor.id)
      let draft = try await desk.call(
        "billing.create", ["mode": "AUTO", "prescription_id": .int(drafted), "status": "DRAFT"])
      _ = try await clinic.postgres.query("UPDATE prescriptions SET status = 'CANCELLED'")
      let issue = try await desk.refused(
        "billing.issue", ["id": .int(try draft.integer("id"))])
      #expect(issue.reason == "prescription_cancelled")
      let create = try await desk.refused(
        "billing.create", ["mode": "AUTO", "prescription_id": .int(other)])
      #expect(create.reason == "prescription_cancelled")
      #expect(try await clinic.number("SELECT last FROM invoice_numbers") == 0)
    }
  }

  @Test("rule 38: an invoice over 0.00 is PAID when it is issued")
  func nothingToPay() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let params = JSON.manual(try await clinic.patient(), "10.01").with("discount_percent", "100")
      let invoice = try await desk.call("billing.create", params)
      #expect(try invoice.text("total") == "0.00" && invoice.text("status") == "PAID")
      #expect(invoice["paid_at"]?.isNull == false)
      let draft = try await desk.call("billing.create", params.with("status", "DRAFT"))
      #expect(try draft.text("status") == "DRAFT")
      let issued = try await desk.call("billing.issue", ["id": .int(try draft.integer("id"))])
      #expect(try issued.text("status") == "PAID" && issued.integer("number") == 2)
    }
  }

  @Test("what is no invoice is refused with its field, and nothing is written")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(2)
      let prescription = try await clinic.prescription(of: patients[0], by: doctor.id)
      let line = #"{"description":"A","quantity":1,"unit_price":"1"}"#
      let manual = #""mode":"MANUAL","patient_id":\#(patients[1])"#
      let auto = #""mode":"AUTO","prescription_id":\#(prescription)"#
      let lines = [String](repeating: line, count: 101).joined(separator: ",")
      for (params, field) in [
        (#""mode":"OTHER""#, "mode"), (#""mode":"AUTO""#, "prescription_id"),
        (#""mode":"MANUAL","items":[\#(line)]"#, "patient_id"), (manual, "items"),
        (#"\#(manual),"items":[]"#, "items"), (#"\#(manual),"items":[\#(lines)]"#, "items"),
        (#"\#(manual),"items":[{"quantity":1,"unit_price":"1"}]"#, "items[0].description"),
        (#"\#(manual),"items":[\#(line),{"description":"A","quantity":1}]"#, "items[1].unit_price"),
        (
          #"\#(manual),"items":[{"description":"A","quantity":0,"unit_price":"1"}]"#,
          "items[0].quantity"
        ),
        (
          #"\#(manual),"items":[{"description":"A","quantity":1e9,"unit_price":"1"}]"#,
          "items[0].quantity"
        ),
        (
          #"\#(manual),"items":[{"description":"A","quantity":1,"unit_price":"1.005"}]"#,
          "items[0].unit_price"
        ),
        (
          #"\#(manual),"items":[{"description":"A","quantity":100000,"unit_price":"99999999.99"}]"#,
          "items"
        ),
        (
          #"\#(manual),"items":[\#(line)],"discount_percent":1,"discount_amount":1"#,
          "discount_amount"
        ),
        (#"\#(manual),"items":[\#(line)],"discount_percent":100.01"#, "discount_percent"),
        (#"\#(manual),"items":[\#(line)],"tax_percent":-1"#, "tax_percent"),
        (#"\#(manual),"items":[\#(line)],"status":"PAID""#, "status"),
        (#"\#(manual),"items":[\#(line)],"prescription_id":\#(prescription)"#, "prescription_id"),
        (#"\#(auto),"patient_id":\#(patients[1])"#, "patient_id"),
        (#"\#(auto),"patient_id":999999"#, "patient_id"),
        (#"\#(auto),"visit_id":999999"#, "visit_id"),
      ] {
        let error = try await desk.refused("billing.create", .raw("{\(params)}"))
        #expect(error.code == -32602, "\(params)")
        #expect(error.data["field"] == .string(field), "\(params)")
      }
      for (params, reason) in [
        (#""mode":"AUTO","prescription_id":999999"#, "not_found"),
        (#""mode":"MANUAL","patient_id":999999,"items":[\#(line)]"#, "not_found"),
        (#"\#(manual),"items":[\#(line)],"visit_id":1"#, "not_found"),
        (#"\#(manual),"items":[\#(line)],"discount_amount":"1.01""#, "discount_too_large"),
      ] {
        #expect(try await desk.refused("billing.create", .raw("{\(params)}")).reason == reason)
      }
      #expect(try await clinic.number("SELECT count(*) FROM invoices") == 0)
      #expect(try await clinic.number("SELECT last FROM invoice_numbers") == 0)
    }
  }

  @Test("an archived patient gets no invoice, a merged one's is the survivor's")
  func otherPatients() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(3)
      let prescription = try await clinic.prescription(of: patients[0], by: doctor.id)
      let draft = try await desk.call(
        "billing.create", .manual(patients[0], "1").with("status", "DRAFT"))
      _ = try await clinic.postgres.query(
        "UPDATE patients SET archived_at = now() WHERE id = \(patients[0])")
      let issue = try await desk.refused("billing.issue", ["id": .int(draft.integer("id"))])
      #expect(issue.reason == "patient_archived")
      _ = try await clinic.postgres.query(
        """
        UPDATE patients SET archived_at = now(), merged_into = \(patients[2]) \
        WHERE id = \(patients[1])
        """)
      for params: JSON in [
        .manual(patients[0], "1"), ["mode": "AUTO", "prescription_id": .int(prescription)],
      ] {
        #expect(try await desk.refused("billing.create", params).reason == "patient_archived")
      }
      let invoice = try await desk.call("billing.create", .manual(patients[1], "1"))
      #expect(try invoice.integer("patient_id") == patients[2])
      let list = try await desk.call("billing.list", ["patient_id": .int(patients[1])])
      #expect(try list.list("items").map { try $0.integer("id") } == [invoice.integer("id")])
    }
  }

  @Test("a list has pages, the newest first, and filters")
  func list() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let patients = try await clinic.patients(2)
      var ids: [Int] = []
      for index in 0..<7 {
        let invoice = try await desk.call(
          "billing.create",
          JSON.manual(patients[index % 2], "1").with("status", index < 5 ? "PENDING" : "DRAFT"))
        ids.append(try invoice.integer("id"))
      }
      // Two of them a day earlier, so that date and id do not go together.
      _ = try await clinic.postgres.query(
        "UPDATE invoices SET date = current_date - 1 WHERE id = ANY (\([ids[1], ids[6]]))")
      let order = [ids[5], ids[4], ids[3], ids[2], ids[0], ids[6], ids[1]]
      var found: [Int] = []
      var cursor: JSON = .null
      repeat {
        let page = try await desk.call("billing.list", ["limit": 2, "cursor": cursor])
        found += try page.list("items").map { try $0.integer("id") }
        cursor = page["next_cursor"].json
        if page["next_cursor"]?.isNull != false { break }
      } while found.count < 20
      #expect(found == order)
      let today = try #require(try await clinic.texts("SELECT current_date::text").first)
      for (filter, expected): (JSON, [Int]) in [
        (["status": "DRAFT"], [ids[5], ids[6]]),
        (["patient_id": .int(patients[1])], [ids[5], ids[3], ids[1]]),
        (["date": .string(today), "patient_id": .int(patients[1])], [ids[5], ids[3]]),
        (["from": .string(today)], Array(order.prefix(5))),
        (["to": .string(today), "from": .string(today), "status": "DRAFT"], [ids[5]]),
        (["prescription_id": 1], []),
      ] {
        let page = try await desk.call("billing.list", filter)
        #expect(try page.list("items").map { try $0.integer("id") } == expected)
      }
      let bad = try await desk.refused("billing.list", ["cursor": "2026-02-30.1"])
      #expect(bad.code == -32602)
    }
  }
}
