import JSONRPC
import Postgres
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
