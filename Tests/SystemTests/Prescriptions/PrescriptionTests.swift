import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

@Suite struct PrescriptionTests {
  private func item(_ medicine: Int, quantity: JSON = 10) -> JSON {
    [
      "medicine_id": .int(medicine), "dosage": "1 tablet", "frequency": "twice a day",
      "duration_days": 5, "quantity": quantity,
    ]
  }

  @Test("a prescription is what was prescribed, and its visit shows it")
  func prescribes() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let visit = try await clinic.visit(by: doctor)
      let first = try await clinic.medicine("Crocin", generic: "Paracetamol")
      let second = try await clinic.medicine("Brufen", generic: "Ibuprofen", drugClass: "NSAIDs")
      let made = try await doctor.caller.call(
        "prescriptions.create",
        [
          "visit_id": .int(visit), "items": [item(first), item(second, quantity: 3)],
          "notes": "after food",
        ])
      #expect(try made.text("status") == "ACTIVE")
      #expect(try made.text("dispense_state") == "NONE")
      #expect(try made.text("allergy_check") == "CLEAR")
      #expect(try made.list("warnings").isEmpty)
      let items = try made.list("items")
      #expect(try items.map { try $0.text("medicine_name") } == ["Crocin", "Brufen"])
      #expect(try items.map { try $0.integer("remaining") } == [10, 3])
      let read = try await doctor.caller.call("prescriptions.get", ["id": made["id"].json])
      #expect(read.rawBytes == made.rawBytes)
      let shown = try await doctor.caller.call("visits.get", ["id": .int(visit)])
      #expect(try shown.list("prescriptions").map(\.rawBytes) == [made.rawBytes])
    }
  }

  @Test("rule 30: what parts words parts substances, dots and apostrophes do not")
  func substances() async throws {
    try await TestClinic.run(1) { clinic in
      let texts = [
        "ASA,NSAIDs", "ASA;codeine", "vitamin C+iron", "ACE|ARB", "ACE、ARB", "ACE·ARB", "ＡＳＡ，ＡＣＥ",
        "(iron)", "A.S.A.", "St John's wort", "co-amoxiclav", "पेनिसिलिन",
      ]
      let found = try await clinic.texts(
        "SELECT substances(t) FROM unnest(\(texts)) WITH ORDINALITY AS u (t, n) ORDER BY n")
      #expect(
        found == [
          "asa nsaids", "asa codeine", "vitamin c iron", "ace arb", "ace arb", "ace arb", "asa ace",
          "iron", "asa", "st johns wort", "co amoxiclav", "पेनिसिलिन",
        ])
      let patient = try await clinic.patient()
      try await clinic.admin().call(
        "patients.update", ["id": .int(patient), "allergies": ["NSAIDs,ASA"]])
      let doctor = try await clinic.doctorAtWork()
      let visit = try await clinic.visit(by: doctor, of: patient)
      let aspirin = try await clinic.medicine("Disprin", generic: "ASA")
      let refused = try await doctor.caller.refused(
        "prescriptions.create", ["visit_id": .int(visit), "items": [item(aspirin)]])
      #expect(refused.reason == "allergy_match")
    }
  }

  @Test("rule 27: a prescription keeps what its medicines were called, wherever it is read")
  func catalogueChanges() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let pharmacist = try await clinic.connect(.pharmacist)
      let patient = try await clinic.patient()
      let visit = try await clinic.visit(by: doctor, of: patient)
      let medicine = try await clinic.medicine("Crocin", generic: "Paracetamol")
      let made = try await doctor.caller.call(
        "prescriptions.create", ["visit_id": .int(visit), "items": [item(medicine)]])
      try await doctor.caller.call(
        "visits.update", ["id": .int(visit), "diagnosis": "fever", "chief_complaint": "fever"])
      try await doctor.caller.call("visits.complete", ["id": .int(visit)])
      try await pharmacist.call(
        "inventory.update_medicine",
        [
          "id": .int(medicine), "name": "Other", "generic_name": "Ibuprofen", "form": "syrup",
          "strength": "1 g",
        ])
      let read = try await doctor.caller.call("prescriptions.get", ["id": made["id"].json])
      #expect(try read.member("items").rawBytes == made.member("items").rawBytes)
      try await clinic.drained()
      try await clinic.admin().call("system.rebuild", ["store": "mongo"])
      try await clinic.drained()
      for method in ["patients.history", "reports.visit_history"] {
        let records = try await doctor.caller.pages(method, ["patient_id": .int(patient)])
        let prescription = try #require(records.first).list("prescriptions").first
        let shown = try #require(try prescription?.list("items").first)
        #expect(try shown.member("medicine").text("name") == "Crocin")
        #expect(shown["form"]?.isNull == true && shown["strength"]?.isNull == true)
      }
    }
  }

  @Test("what cannot be prescribed, and where")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let visit = JSON.int(try await clinic.visit(by: doctor))
      let medicine = try await clinic.medicine("Crocin")
      let old = try await clinic.medicine("Vioxx", isActive: false)
      func refusal(_ items: [JSON], by caller: TestConnection? = nil) async throws -> RPCError {
        try await (caller ?? doctor.caller).refused(
          "prescriptions.create", ["visit_id": visit, "items": .array(items)])
      }
      let inactive = try await refusal([item(medicine), item(old)])
      #expect(inactive.reason == "medicine_inactive" && inactive.code == -32007)
      #expect(inactive.data["medicine_id"] == .int(old))
      let unknown = try await refusal([item(999_999)])
      #expect(unknown.reason == "not_found" && unknown.data["resource"] == .string("medicine"))
      #expect(try await refusal([item(medicine)], by: other.caller).reason == "not_your_visit")
      #expect(try await refusal([]).data["field"] == .string("items"))
      #expect(
        try await refusal(Array(repeating: item(medicine), count: 51)).reason == "too_long")
      for quantity: JSON in [0, -1, 100_001, 1_000_000_000] {
        let refused = try await refusal([item(medicine), item(medicine, quantity: quantity)])
        #expect(refused.reason == "out_of_range")
        #expect(refused.data["field"] == .string("items[1].quantity"))
      }
      #expect(try await clinic.number("SELECT count(*) FROM prescriptions") == 0)
      // A completed visit's doctor may still prescribe; the copy in the history follows.
      try await doctor.caller.call("visits.complete", ["id": visit])
      let before = try await clinic.number("SELECT history_version FROM visits")
      try await doctor.caller.call(
        "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]])
      #expect(try await clinic.number("SELECT history_version FROM visits") > before)
    }
  }

  @Test("a prescription is cancelled by its doctor, before anything is dispensed, once")
  func cancels() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let visit = JSON.int(try await clinic.visit(by: doctor))
      let medicine = try await clinic.medicine("Crocin")
      func prescribe() async throws -> JSON {
        try await doctor.caller.call(
          "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]]
        )["id"].json
      }
      let first = try await prescribe()
      func refusal(_ id: JSON, by caller: TestConnection? = nil, version: JSON = .null) async throws
        -> String
      {
        try await (caller ?? doctor.caller).refused(
          "prescriptions.cancel", ["id": id, "reason": "wrong", "version": version]
        ).reason
      }
      #expect(try await refusal(first, by: other.caller) == "not_your_visit")
      #expect(try await refusal(first, version: 7) == "stale_version")
      let cancelled = try await doctor.caller.call(
        "prescriptions.cancel", ["id": first, "reason": "wrong medicine", "version": 1])
      #expect(try cancelled.text("status") == "CANCELLED")
      #expect(try cancelled.text("cancel_reason") == "wrong medicine")
      #expect(try cancelled.integer("version") == 2)
      #expect(try await refusal(first) == "prescription_cancelled")
      let second = try await prescribe()
      _ = try await clinic.postgres.query(
        "UPDATE prescription_items SET dispensed = 3 WHERE prescription_id > 1")
      #expect(try await refusal(second) == "already_dispensed")
      let read = try await doctor.caller.call("prescriptions.get", ["id": second])
      #expect(try read.text("dispense_state") == "PARTIAL")
      #expect(try read.list("items").first?.integer("remaining") == 7)
      #expect(try await refusal(999_999) == "not_found")
    }
  }

  @Test("a prescription's invoice is cancelled with it, unless something else is billed or paid")
  func cancelsInvoices() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      let visit = JSON.int(try await clinic.visit(by: doctor))
      let medicine = try await clinic.medicine("Crocin")
      let fee: JSON = ["description": "Consultation", "quantity": 1, "unit_price": "5.00"]
      /// - Returns: the invoice's id, and how the cancelled prescription shows it.
      func cancelled(
        _ status: JSON, _ items: JSON, paying amount: JSON? = nil
      ) async throws -> (JSON, String) {
        let prescription = try await doctor.caller.call(
          "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]])["id"].json
        let invoice = try await desk.call(
          "billing.create",
          [
            "mode": "AUTO", "prescription_id": prescription, "status": status, "items": items,
          ])["id"].json
        if let amount {
          try await desk.call(
            "billing.pay", ["id": invoice, "payment_method": "CASH", "amount": amount])
        }
        let done = try await doctor.caller.call(
          "prescriptions.cancel", ["id": prescription, "reason": "wrong medicine"])
        let read = try await desk.call("billing.get", ["id": invoice])
        let shown = done["invoice_status"]?.string ?? "none"
        #expect(shown == (read["status"]?.string == "CANCELLED" ? "none" : read["status"]?.string))
        return (invoice, try read.text("status"))
      }
      for status: JSON in ["DRAFT", "PENDING"] {
        let (invoice, after) = try await cancelled(status, [])
        #expect(after == "CANCELLED")
        let read = try await desk.call("billing.get", ["id": invoice])
        #expect(read["number"]?.isNull == (status.text == "DRAFT"))
        #expect(try read.text("cancel_reason") == "the prescription was cancelled")
      }
      let (draft, draftStatus) = try await cancelled("DRAFT", [fee])
      #expect(draftStatus == "DRAFT")
      #expect(
        try await desk.refused("billing.issue", ["id": draft]).reason == "prescription_cancelled")
      let pay: JSON = ["payment_method": "CASH"]
      let (issued, issuedStatus) = try await cancelled("PENDING", [fee])
      #expect(issuedStatus == "PENDING")
      let (begun, begunStatus) = try await cancelled("PENDING", [], paying: "1.00")
      #expect(begunStatus == "PENDING")
      for id in [issued, begun] {
        #expect(
          try await desk.refused("billing.pay", pay.with("id", id)).reason
            == "prescription_cancelled")
      }
      try await desk.call("billing.cancel", ["id": issued, "reason": "billed anew"])
      let (_, paidStatus) = try await cancelled("PENDING", [], paying: "1000.00")
      #expect(paidStatus == "PAID")
    }
  }

  @Test("a cancellation and a payment that meet: nothing is paid of what is cancelled")
  func cancelMeetsPayment() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception, on: 1)
      let visit = JSON.int(try await clinic.visit(by: doctor))
      let medicine = try await clinic.medicine("Crocin")
      var pairs: [(JSON, JSON)] = []
      for _ in 0..<12 {
        let prescription = try await doctor.caller.call(
          "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]])["id"].json
        pairs.append(
          (
            prescription,
            try await desk.call(
              "billing.create", ["mode": "AUTO", "prescription_id": prescription])["id"].json
          ))
      }
      let all = pairs
      let reasons = try await concurrently(24) { index in
        let (prescription, invoice) = all[index / 2]
        return index % 2 == 0
          ? try await doctor.caller.outcome(
            "prescriptions.cancel", ["id": prescription, "reason": "wrong"]
          ).reason
          : try await desk.outcome(
            "billing.pay", ["id": invoice, "payment_method": "CASH"]
          ).reason
      }
      for index in all.indices {
        #expect(reasons[index * 2] == "ok")
        #expect(["ok", "invoice_cancelled"].contains(reasons[index * 2 + 1]))
      }
      #expect(
        try await clinic.number(
          "SELECT count(*) FROM invoices WHERE (status = 'PAID') <> (paid > 0)") == 0)
    }
  }

  @Test("rule 32: a cancellation and a dispensing that meet: one of the two succeeds")
  func cancelMeetsDispensing() async throws {
    try await TestClinic.run(2, ["CLINIC_DISPENSE_UNPAID": "yes"]) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let pharmacist = try await clinic.connect(.pharmacist, on: 1)
      let visit = JSON.int(try await clinic.visit(by: doctor))
      let medicine = try await clinic.medicine("Crocin")
      _ = try await clinic.batch(of: medicine, 1000)
      var prescribed: [JSON] = []
      for _ in 0..<12 {
        prescribed.append(
          try await doctor.caller.call(
            "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]]
          )["id"].json)
      }
      let ids = prescribed
      let reasons = try await concurrently(24) { index in
        index % 2 == 0
          ? try await doctor.caller.outcome(
            "prescriptions.cancel", ["id": ids[index / 2], "reason": "wrong"]
          ).reason
          : try await pharmacist.outcome(
            "dispensing.create", ["prescription_id": ids[index / 2]]
          ).reason
      }
      for index in ids.indices {
        let pair = [reasons[index * 2], reasons[index * 2 + 1]]
        #expect(
          pair == ["ok", "prescription_cancelled"] || pair == ["already_dispensed", "ok"])
      }
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("the reception sees what it bills and nothing else; lists come the newest first, in pages")
  func lists() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      let visit = JSON.int(try await clinic.visit(by: doctor, of: patient))
      let medicine = try await clinic.medicine("Crocin")
      var ids: [Int] = []
      for _ in 0..<3 {
        ids.append(
          try await doctor.caller.call(
            "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]]
          ).integer("id"))
      }
      try await doctor.caller.call(
        "prescriptions.cancel", ["id": .int(ids[0]), "reason": "wrong"])
      let page = try await desk.call("prescriptions.list", ["limit": 2])
      let seen = try page.list("items")
      #expect(try seen.map { try $0.integer("id") } == [ids[2], ids[1]])
      let rest = try await desk.call(
        "prescriptions.list", ["cursor": page["next_cursor"].json, "patient_id": .int(patient)])
      #expect(try rest.list("items").map { try $0.integer("id") } == [ids[0]])
      let known: Set = [
        "id", "patient_id", "date", "status", "invoice_id", "invoice_status", "is_billable",
      ]
      for item in seen {
        #expect(item["is_billable"]?.bool == true)
        for (name, value) in item.members where !known.contains(name) {
          #expect(value.isNull, "\(name) is not the reception's")
        }
      }
      let full = try await doctor.caller.call(
        "prescriptions.list", ["visit_id": visit, "doctor_id": doctor.id, "status": "CANCELLED"])
      let cancelled = try #require(try full.list("items").first)
      #expect(try cancelled.integer("id") == ids[0])
      #expect(try cancelled.integer("item_count") == 1)
      #expect(cancelled["is_billable"]?.bool == false)
      for method in ["prescriptions.get", "prescriptions.print"] {
        let refused = try await desk.refused(method, ["id": .int(ids[1])])
        #expect(refused.reason == "role_not_allowed")
      }
    }
  }

  @Test("a prescription on paper, in each format")
  func prints() async throws {
    try await TestClinic.run(1, ["CLINIC_NAME": "Lotus <Clinic>"]) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = try await clinic.patient(allergies: [])
      let visit = JSON.int(try await clinic.visit(by: doctor, of: patient))
      let medicine = try await clinic.medicine("Crocin", generic: "Paracetamol")
      let id = try await doctor.caller.call(
        "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]]
      )["id"].json
      func paper(_ format: JSON) async throws -> (type: String, content: String) {
        let paper = try await doctor.caller.call(
          "prescriptions.print", ["id": id, "format": format])
        return (try paper.text("content_type"), try paper.text("content"))
      }
      for (format, width): (JSON, Int) in [("text", 80), ("receipt", 42), (.null, 80)] {
        let (type, content) = try await paper(format)
        #expect(type.hasPrefix("text/plain"))
        #expect(content.split(separator: "\n").allSatisfy { $0.count <= width })
        #expect(content.contains("Asha Iyer") && content.contains("Crocin (Paracetamol)"))
      }
      let (type, page) = try await paper("html")
      #expect(type.hasPrefix("text/html") && page.contains("Lotus &lt;Clinic&gt;"))
      let (pdfType, pdf) = try await paper("pdf")
      #expect(pdfType == "application/pdf" && pdf.hasPrefix("JVBERi0"))
      let wrong = try await doctor.caller.refused(
        "prescriptions.print", ["id": id, "format": "docx"])
      #expect(wrong.reason == "not_allowed_value")
      try await doctor.caller.call("prescriptions.cancel", ["id": id, "reason": "wrong"])
      let cancelled = try await paper("text").content
      #expect(cancelled.contains("CANCELLED") && cancelled.contains("Cancelled:\nwrong\n"))
    }
  }

  @Test("rule 30: a match needs a reason, is kept, and is audited without the patient's data")
  func allergies() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = try await clinic.patient(allergies: ["Peanuts", "Pénicilline", "Penicillin"])
      let visit = JSON.int(try await clinic.visit(by: doctor, of: patient))
      let medicine = try await clinic.medicine(
        "Augmentin", generic: "Amoxicillin", drugClass: "Penicillins")
      let other = try await clinic.medicine("Crocin")
      let params: JSON = ["visit_id": visit, "items": [item(medicine), item(other)]]
      let refused = try await doctor.caller.refused("prescriptions.create", params)
      #expect(refused.code == -32007)
      #expect(refused.reason == "allergy_match")
      #expect(!"\(refused)".contains("enicill"), "nothing of the patient")
      #expect(try await clinic.number("SELECT count(*) FROM prescriptions") == 0)

      let made = try await doctor.caller.call(
        "prescriptions.create", params.with("override_reason", "tolerated before"))
      #expect(try made.text("allergy_check") == "MATCH")
      #expect(try made.text("override_reason") == "tolerated before")
      let warnings = try made.list("warnings")
      #expect(try warnings.map { try $0.integer("medicine_id") } == [medicine, medicine])
      #expect(try Set(warnings.map { try $0.text("allergy") }) == ["Pénicilline", "Penicillin"])
      let details = try await clinic.texts(
        """
        SELECT outcome || ' ' || coalesce(details, '') FROM audit_entries \
        WHERE method = 'prescriptions.create' ORDER BY id
        """)
      #expect(details.first == "allergy_match ")
      #expect(details.last?.contains(#""allergy_check":"MATCH""#) == true)
      #expect(details.allSatisfy { !$0.contains("tolerated") && !$0.contains("enicill") })
    }
  }

  @Test("rule 30: a check that could not compare is reported, never as clear")
  func notRun() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = try await clinic.patient(allergies: ["पेनिसिलिन"])
      let visit = JSON.int(try await clinic.visit(by: doctor, of: patient))
      let medicine = try await clinic.medicine("Penicillin V")
      let made = try await doctor.caller.call(
        "prescriptions.create", ["visit_id": visit, "items": [item(medicine)]])
      #expect(try made.text("allergy_check") == "NOT_RUN")
    }
  }

  @Test("rule 30: an allergy that is being recorded is waited for")
  func allergyMeetsPrescription() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = try await clinic.patient()
      let visit = JSON.int(try await clinic.visit(by: doctor, of: patient))
      let medicine = try await clinic.medicine("Penicillin V")
      let params: JSON = ["visit_id": visit, "items": [item(medicine)]]
      try await withThrowingTaskGroup(of: String.self) { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query(
            "UPDATE patients SET allergies = '{penicillin}' WHERE id = \(patient)")
          group.addTask { try await doctor.caller.outcome("prescriptions.create", params).reason }
          try await eventually("it waits for the patient's row") {
            try await clinic.number(
              """
              SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
              AND wait_event_type = 'Lock'
              """) > 0
          }
        }
        #expect(try await group.next() == "allergy_match")
      }
    }
  }
}
