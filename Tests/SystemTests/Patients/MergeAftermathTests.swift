import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rules 5 and 6: what was made between a merge and its end, and what looks at merged patients.
@Suite struct MergeAftermathTests {
  private struct Pair {
    let clinic: TestClinic
    let admin: TestConnection
    let old: Int
    let survivor: Int

    init(_ clinic: TestClinic) async throws {
      self.clinic = clinic
      admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(2)
      (old, survivor) = (patients[0], patients[1])
    }

    func merge() async throws {
      try await admin.call("patients.merge", ["id": .int(old), "into": .int(survivor)])
    }

    @discardableResult
    func unmerge() async throws -> JSONValue {
      try await admin.call("patients.unmerge", ["id": .int(old)])
    }
  }

  @Test("rule 6: what was made for a row that goes back goes with it")
  func madeSince() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let pair = try await Pair(clinic)
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception, on: 1)
      let medicine = try await clinic.medicine("Amoxicillin")
      let visit = try await clinic.visit(by: doctor, of: pair.old)
      let slot = try await clinic.slot(of: doctor.member, in: 10)
      let appointment = try await clinic.booking(of: slot, by: desk, for: pair.old)
      try await pair.merge()
      let prescription = try await doctor.caller.call(
        "prescriptions.create",
        [
          "visit_id": .int(visit),
          "items": [
            [
              "medicine_id": .int(medicine), "dosage": "1", "frequency": "daily", "quantity": 1,
            ]
          ],
        ])
      try await desk.call(
        "billing.create", ["prescription_id": prescription["id"].json, "mode": "AUTO"])
      let token = try await desk.call("queue.check_in", ["appointment_id": .int(appointment)])
      try await pair.unmerge()
      for table in ["visits", "prescriptions", "invoices", "appointments", "queue_tokens"] {
        #expect(
          try await clinic.number(
            "SELECT count(*) FROM \(raw: table) WHERE patient_id = \(pair.old)") == 1, "\(table)")
        #expect(
          try await clinic.number(
            "SELECT count(*) FROM \(raw: table) WHERE patient_id = \(pair.survivor)") == 0,
          "\(table)")
      }
      // The queue shows it at both instances.
      for caller in [pair.admin, desk] {
        try await eventually("the token is the patient's again") {
          try await caller.call("queue.today").list("tokens").contains {
            $0["token"]?.string == token["token"]?.string && $0["patient_id"]?.int == pair.old
          }
        }
      }
    }
  }

  @Test("rule 6: what was made for a row stays with it through every merge that is undone")
  func staysWithItsRow() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      let (first, second, third) = (patients[0], patients[1], patients[2])
      let doctor = try await clinic.doctorAtWork()
      let medicine = try await clinic.medicine("Amoxicillin")
      func merge(_ old: Int, _ into: Int) async throws {
        try await admin.call("patients.merge", ["id": .int(old), "into": .int(into)])
      }
      let visit = try await clinic.visit(by: doctor, of: first)
      try await merge(first, second)
      try await doctor.caller.call(
        "prescriptions.create",
        [
          "visit_id": .int(visit),
          "items": [
            [
              "medicine_id": .int(medicine), "dosage": "1", "frequency": "daily", "quantity": 1,
            ]
          ],
        ])
      try await merge(second, third)
      try await admin.call("patients.unmerge", ["id": .int(first)])
      try await merge(first, third)
      try await admin.call("patients.unmerge", ["id": .int(second)])
      for table in ["visits", "prescriptions"] {
        #expect(
          try await clinic.number(
            "SELECT count(*) FROM \(raw: table) WHERE patient_id = \(third)") == 1, "\(table)")
      }
    }
  }

  @Test("rule 5: who gets something live back is not archived again")
  func archivedBefore() async throws {
    try await TestClinic.run(1) { clinic in
      let pair = try await Pair(clinic)
      let token = try await pair.admin.call("queue.walk_in", ["patient_id": .int(pair.old)])
      try await pair.admin.call(
        "queue.set_status", ["token": token["token"].json, "status": "CANCELLED"])
      try await pair.admin.call("patients.delete", ["id": .int(pair.old)])
      try await pair.merge()
      let again = try await pair.unmerge()
      #expect(again["archived_at"]?.isNull == false, "nothing is under way")
      try await pair.merge()
      try await pair.admin.call(
        "queue.undo", ["token": token["token"].json, "reason": "by mistake"])
      #expect(try await pair.unmerge()["archived_at"]?.isNull == true)
    }
  }

  @Test("rule 6: an update under the old number meets the end of the merge: one comes first")
  func updateMeetsUnmerge() async throws {
    try await TestClinic.run(2) { clinic in
      let pair = try await Pair(clinic)
      let desk = try await clinic.connect(.reception, on: 1)
      let record: SQL = """
        SELECT string_agg(allergies::text, ' ' ORDER BY id) FROM patients \
        WHERE id IN (\(pair.old), \(pair.survivor))
        """
      for _ in 0..<20 {
        _ = try await clinic.postgres.query(
          "UPDATE patients SET allergies = '{}' WHERE id = \(pair.survivor)")
        _ = try await clinic.postgres.query(
          "UPDATE patients SET allergies = '{penicillin}' WHERE id = \(pair.old)")
        try await pair.merge()
        async let parted: JSONValue = pair.unmerge()
        async let updated: JSONValue = desk.call(
          "patients.update", ["id": .int(pair.old), "allergies": ["penicillin", "latex"]])
        _ = try await (parted, updated)
        let found = try await clinic.texts(record)
        #expect(["{penicillin} {latex}", "{penicillin,latex} {}"].contains(found.first))
      }
    }
  }

  @Test("rules 6, 12: an appointment is found, and its slot booked, while a merge gives it on")
  func lockedMeanwhile() async throws {
    try await TestClinic.run(1) { clinic in
      let pair = try await Pair(clinic)
      let doctor = try await clinic.doctorAtWork()
      let slots = try await clinic.slots(of: doctor.member, 3)
      var appointments: [JSON] = []
      for slot in slots {
        appointments.append(
          .int(try await clinic.booking(of: slot, by: pair.admin, for: pair.old)))
      }
      let desk = try await clinic.connect(.reception)
      let (changed, cancelled) = (appointments[0], appointments[1])
      try await withThrowingTaskGroup(of: String.self) { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query(
            """
            UPDATE appointments SET patient_id = \(pair.survivor), changed_by = 'test' \
            WHERE patient_id = \(pair.old)
            """)
          group.addTask {
            try await desk.outcome("appointments.update", ["id": changed, "notes": "x"]).reason
          }
          group.addTask { try await desk.outcome("appointments.cancel", ["id": cancelled]).reason }
          group.addTask {
            let reason = try await doctor.caller.outcome(
              "slots.block", ["id": .int(slots[2])]
            ).reason
            return reason == "slot_booked" ? "ok" : "blocked: \(reason)"
          }
          try await eventually("they wait") { try await clinic.waitingSessions() >= 2 }
        }
        for try await reason in group { #expect(reason == "ok") }
      }
    }
  }

  @Test("rule 6: what is made under the old number while the merge ends is the patient's own")
  func madeMeanwhile() async throws {
    try await TestClinic.run(1) { clinic in
      let pair = try await Pair(clinic)
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      let slot = try await clinic.slots(of: doctor.member)[0]
      let id = JSON.int(pair.old)
      try await pair.merge()
      try await withThrowingTaskGroup(of: Void.self) { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query(
            "SELECT FROM patients WHERE id = \(pair.survivor) FOR UPDATE")
          group.addTask {
            try await desk.call("appointments.create", ["patient_id": id, "slot_id": .int(slot)])
          }
          group.addTask { try await doctor.caller.call("visits.create", ["patient_id": id]) }
          group.addTask { try await desk.call("billing.create", JSON.manual(pair.old, "5")) }
          try await eventually("they wait") { try await clinic.waitingSessions() >= 3 }
          _ = try await transaction.query(
            "UPDATE patients SET merged_into = NULL, archived_at = NULL WHERE id = \(pair.old)")
        }
        try await group.waitForAll()
      }
      for table in ["appointments", "visits", "invoices"] {
        #expect(
          try await clinic.number(
            "SELECT count(*) FROM \(raw: table) WHERE patient_id = \(pair.old)") == 1, "\(table)")
      }
    }
  }

  @Test("rule 6: a visit under the old number takes no token of the survivor while the merge ends")
  func tokenMeanwhile() async throws {
    try await TestClinic.run(1) { clinic in
      let pair = try await Pair(clinic)
      let doctor = try await clinic.doctorAtWork()
      try await pair.merge()
      let token = try await pair.admin.call(
        "queue.walk_in", ["patient_id": .int(pair.survivor)])
      try await withThrowingTaskGroup(of: Void.self) { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query("SELECT FROM queue_days FOR NO KEY UPDATE")
          group.addTask {
            try await doctor.caller.call("visits.create", ["patient_id": .int(pair.old)])
          }
          try await eventually("it waits for the day") { try await clinic.waitingSessions() >= 1 }
          _ = try await transaction.query(
            "UPDATE patients SET merged_into = NULL, archived_at = NULL WHERE id = \(pair.old)")
        }
        try await group.waitForAll()
      }
      #expect(
        try await clinic.texts("SELECT concat_ws(' ', patient_id, token_number) FROM visits")
          == ["\(pair.old)"])
      #expect(try await clinic.status(of: .string(try token.text("token"))) == "WAITING")
    }
  }

  @Test("rule 6: no invoice of the survivor names a visit that goes back while it is written")
  func billedMeanwhile() async throws {
    try await TestClinic.run(1) { clinic in
      let pair = try await Pair(clinic)
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      let visit = try await clinic.visit(by: doctor, of: pair.old)
      try await pair.merge()
      let params = JSON.manual(pair.survivor, "5").with("visit_id", .int(visit))
      try await withThrowingTaskGroup(of: String.self) { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query(
            "SELECT FROM patients WHERE id = \(pair.survivor) FOR UPDATE")
          group.addTask { try await desk.outcome("billing.create", params).reason }
          try await eventually("it waits") { try await clinic.waitingSessions() >= 1 }
          _ = try await transaction.query(
            "UPDATE visits SET patient_id = \(pair.old) WHERE id = \(visit)")
          _ = try await transaction.query(
            "UPDATE patients SET merged_into = NULL, archived_at = NULL WHERE id = \(pair.old)")
        }
        for try await reason in group { #expect(reason == "not_found") }
      }
      #expect(try await clinic.number("SELECT count(*) FROM invoices") == 0)
    }
  }

  @Test("rule 6: a kiosk that has looked up somebody who is merged then checks the survivor in")
  func kiosk() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let pair = try await Pair(clinic)
      let doctor = try await clinic.member(.doctor)
      let slot = try await clinic.slot(of: doctor, in: 10)
      let appointment = try await clinic.booking(of: slot, by: pair.admin, for: pair.old)
      _ = try await clinic.postgres.query(
        """
        UPDATE patients SET phone = '0207946000', date_of_birth = '1980-02-03' \
        WHERE id = \(pair.old)
        """)
      let kiosk = try await clinic.connect(.kiosk)
      let found = try await kiosk.call(
        "kiosk.identify", ["phone": "0207946000", "date_of_birth": "1980-02-03"])
      try await pair.merge()
      try await kiosk.call("queue.check_in", ["visitor": found["visitor"].json])
      #expect(try await clinic.status(ofAppointment: appointment) == "CHECKED_IN")
    }
  }

  @Test("who follows a day that is over sees whose its tokens are now")
  func pastDay() async throws {
    try await TestClinic.run(2) { clinic in
      let pair = try await Pair(clinic)
      let other = try await clinic.connect(.reception, on: 1)
      _ = try await clinic.postgres.query(
        """
        WITH d AS (INSERT INTO queue_days (date, last_number, version, closed_at) \
        VALUES (current_date - 3, 1, 1, now())) \
        INSERT INTO queue_tokens (date, number, patient_id, patient_name, priority, status, \
        arrived_at, changed_version) VALUES (current_date - 3, 1, \(pair.old), 'Patient 1', \
        'ROUTINE', 'COMPLETED', now() - interval '3 days', 1)
        """)
      let date = JSON.string(try await clinic.texts("SELECT (current_date - 3)::text")[0])
      for caller in [pair.admin, other] { _ = try await caller.subscribe(["date": date]) }
      func shown(_ caller: TestConnection) async throws -> Int? {
        try await caller.call("queue.today", ["date": date]).list("tokens").first?["patient_id"]?
          .int
      }
      #expect(try await shown(other) == pair.old)
      try await pair.merge()
      for caller in [pair.admin, other] {
        try await eventually("it is the survivor's") { try await shown(caller) == pair.survivor }
      }
      try await pair.unmerge()
      for caller in [pair.admin, other] {
        try await eventually("it is the patient's again") { try await shown(caller) == pair.old }
      }
    }
  }

  @Test("rule 6: the audit of a patient is that of all numbers that mean the patient")
  func audit() async throws {
    try await TestClinic.run(1) { clinic in
      let pair = try await Pair(clinic)
      for id in [pair.old, pair.survivor] {
        try await pair.admin.call("patients.get", ["id": .int(id)])
      }
      try await pair.merge()
      try await pair.admin.call("patients.get", ["id": .int(pair.old)])
      func entries(_ id: Int) async throws -> [String] {
        try await pair.admin.pages(
          "reports.audit_logs",
          ["resource_type": "patient", "resource_id": .string("\(id)"), "limit": 2]
        ).map { "\(try $0.text("action")) \(try $0.member("resource").text("id"))" }
      }
      let all = [
        "patients.get \(pair.old)", "patients.merge \(pair.old)",
        "patients.get \(pair.survivor)", "patients.get \(pair.old)",
      ]
      for id in [pair.survivor, pair.old] {
        try await eventually("all entries are copied") { try await entries(id).count >= 4 }
        #expect(try await entries(id) == all)
      }
      try await pair.unmerge()
      try await eventually("the numbers are two again") {
        try await entries(pair.survivor) == ["patients.get \(pair.survivor)"]
      }
    }
  }
}
