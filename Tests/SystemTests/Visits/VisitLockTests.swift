import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rules 27 and 29: who changes a visit, until when, and what becomes of changes that meet.
@Suite struct VisitLockTests {
  @Test("rule 29: a stale version fails; what is left out stays, null clears")
  func updates() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let id = JSON.int(try await clinic.visit(by: doctor))
      let first = try await doctor.caller.call(
        "visits.update",
        [
          "id": id, "diagnosis": "asthma", "diagnosis_codes": ["j45.9", "J45.9"],
          "vitals": ["pulse": 72, "temperature": ["value": "98.6", "unit": "F"]], "version": 1,
        ])
      #expect(try first.integer("version") == 2)
      #expect(try first.list("diagnosis_codes").map(\.string) == ["J45.9"])
      let stale = try await doctor.caller.refused(
        "visits.update", ["id": id, "diagnosis": "flu", "version": 1])
      #expect(stale.reason == "stale_version" && stale.data["version"] == .int(2))
      let second = try await doctor.caller.call(
        "visits.update",
        ["id": id, "vitals": ["pulse": nil, "weight": 70], "treatment_plan": "rest"])
      #expect(try second.text("diagnosis") == "asthma")
      let vitals = try second.member("vitals")
      #expect(try vitals.member("pulse").isNull)
      #expect(try vitals.member("temperature").integer("standard_value") == 37)
      #expect(try vitals.member("weight").integer("value") == 70)
      let third = try await doctor.caller.call(
        "visits.update", ["id": id, "vitals": nil, "diagnosis": nil, "diagnosis_codes": nil])
      #expect(try third.member("vitals").isNull && third.member("diagnosis").isNull)
      #expect(try third.list("diagnosis_codes").isEmpty)
      #expect(try third.text("treatment_plan") == "rest")
      let wrong = try await doctor.caller.refused(
        "visits.update", ["id": id, "vitals": ["spo2": 101]])
      #expect(wrong.reason == "out_of_range" && wrong.data["field"] == .string("vitals.spo2"))
    }
  }

  @Test("rule 27: another doctor changes nothing; an administrator gives the visit away")
  func ownership() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let member = try await clinic.member(.admin)
      let admin = try await clinic.connect(member)
      let patient = try await clinic.patient()
      let id = JSON.int(try await clinic.visit(by: doctor, of: patient))
      for caller in [other.caller, admin] {
        for (method, params): (String, JSON) in [
          ("visits.update", ["id": id, "diagnosis": "x"]), ("visits.complete", ["id": id]),
          ("visits.add_note", ["visit_id": id, "category": "SYMPTOM", "text": "x"]),
        ] {
          let refused = try await caller.refused(method, params)
          #expect(refused.reason == "not_your_visit" && refused.code == -32002)
        }
      }
      let taken = try await other.caller.refused(
        "visits.update", ["id": id, "doctor_id": other.id])
      #expect(taken.reason == "not_your_visit")
      let beside = try await clinic.visit(by: other, of: patient)
      let second = try await admin.refused("visits.update", ["id": id, "doctor_id": other.id])
      #expect(second.reason == "visit_open" && second.data["id"] == .int(beside))
      try await other.caller.call("visits.complete", ["id": .int(beside)])
      let given = try await admin.call("visits.update", ["id": id, "doctor_id": other.id])
      #expect(try given.integer("doctor_id") == other.member.id)
      let late = try await doctor.caller.refused("visits.complete", ["id": id])
      #expect(late.reason == "not_your_visit")
      // An administrator may take it over, and signs with his or her own name.
      try await admin.call("visits.update", ["id": id, "doctor_id": .int(member.id)])
      let signed = try await admin.call("visits.complete", ["id": id])
      #expect(try signed.integer("signed_by") == member.id)
    }
  }

  @Test("rule 27: a completed visit is locked on every path; addenda leave the original readable")
  func locked() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let visit = try await clinic.visit(by: doctor)
      let id = JSON.int(visit)
      try await doctor.caller.call(
        "visits.add_note", ["visit_id": id, "category": "SYMPTOM", "text": "original"])
      let signed = try await doctor.caller.call(
        "visits.complete", ["id": id, "diagnosis": "asthma", "version": 1])
      #expect(try signed.text("status") == "COMPLETED" && signed.text("diagnosis") == "asthma")
      #expect(try signed.integer("signed_by") == doctor.member.id)
      for (method, params): (String, JSON) in [
        ("visits.update", ["id": id, "diagnosis": "x"]), ("visits.complete", ["id": id]),
      ] {
        let refused = try await doctor.caller.refused(method, params)
        #expect(refused.reason == "visit_completed" && refused.code == -32004)
      }
      for statement: SQL in [
        "UPDATE visits SET diagnosis = 'x' WHERE id = \(visit)",
        "UPDATE visits SET status = 'OPEN', signed_by = NULL, completed_at = NULL",
        "UPDATE visits SET vitals = '{}'", "DELETE FROM visits WHERE id = \(visit)",
        "UPDATE clinical_notes SET text = 'x'", "DELETE FROM clinical_notes",
      ] {
        await #expect(throws: PostgresError.self) { try await clinic.postgres.query(statement) }
      }
      let added = try await other.caller.call(
        "visits.add_note", ["visit_id": id, "category": "DIAGNOSIS", "text": "correction"])
      #expect(added["is_addendum"]?.bool == true)
      let notes = try await doctor.caller.call("visits.list_notes", ["visit_id": id]).list("items")
      #expect(try notes.map { try $0.text("text") } == ["original", "correction"])
      #expect(notes.map { $0["is_addendum"]?.bool } == [false, true])
      #expect(
        try notes.map { try $0.integer("author_id") } == [doctor.member.id, other.member.id])
    }
  }

  @Test("a note has 1 to 20,000 characters; one of a megabyte is too long")
  func noteLengths() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let id = JSON.int(try await clinic.visit(by: doctor))
      func note(_ text: String) -> JSON {
        ["visit_id": id, "category": "OBSERVATION", "text": .string(text)]
      }
      for text in [String(repeating: "é", count: 20_001), String(repeating: "a", count: 1_000_000)]
      {
        let refused = try await doctor.caller.refused("visits.add_note", note(text))
        #expect(refused.reason == "too_long" && refused.data["field"] == .string("text"))
      }
      #expect(try await doctor.caller.refused("visits.add_note", note("  ")).reason == "too_short")
      try await doctor.caller.call("visits.add_note", note(String(repeating: "é", count: 20_000)))
      for number in 1...3 { try await doctor.caller.call("visits.add_note", note("\(number)")) }
      let page = try await doctor.caller.call("visits.list_notes", ["visit_id": id, "limit": 3])
      let rest = try await doctor.caller.call(
        "visits.list_notes", ["visit_id": id, "cursor": page["next_cursor"].json])
      #expect(try rest.list("items").map { try $0.text("text") } == ["3"])
      #expect(
        try await doctor.caller.refused("visits.list_notes", ["visit_id": 999_999]).reason
          == "not_found")
    }
  }

  @Test("rules 24, 29: of many completions at once one succeeds, and leaves one history document")
  func completions() async throws {
    try await TestClinic.run { clinic in
      let doctor = try await clinic.doctorAtWork()
      let callers = [doctor.caller, try await clinic.connect(doctor.member, on: 1)]
      let token = try await clinic.token()
      let visit = try await doctor.caller.call("visits.create", ["token": token])
      let id = visit["id"].json
      let version = try await clinic.number("SELECT version FROM queue_days")
      let reasons = try await concurrently(20) {
        try await callers[$0 % 2].outcome("visits.complete", ["id": id]).reason
      }
      #expect(reasons.count { $0 == "ok" } == 1)
      #expect(reasons.count { $0 == "visit_completed" } == 19)
      #expect(try await clinic.status(of: token) == "COMPLETED")
      #expect(try await clinic.number("SELECT version FROM queue_days") == version + 1)
      #expect(try await clinic.number("SELECT history_version FROM visits") == 2)
      #expect(
        try await clinic.number(
          "SELECT count(*) FROM audit_entries WHERE method = 'visits.complete' AND outcome = 'ok'")
          == 1)
    }
  }

  @Test(
    "rules 27, 29: an update and a completion that meet: nothing is lost, nothing after the lock")
  func updateMeetsCompletion() async throws {
    try await TestClinic.run { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.connect(doctor.member, on: 1)
      let patients = try await clinic.patients(15)
      var visits: [Int] = []
      for patient in patients {
        visits.append(try await clinic.visit(by: doctor, of: patient))
      }
      let ids = visits
      let reasons = try await concurrently(30) { index in
        let id = JSON.int(ids[index / 2])
        return index % 2 == 0
          ? try await other.outcome("visits.update", ["id": id, "diagnosis": "late"]).reason
          : try await doctor.caller.outcome("visits.complete", ["id": id]).reason
      }
      for index in ids.indices {
        #expect(reasons[index * 2 + 1] == "ok")
        #expect(["ok", "visit_completed"].contains(reasons[index * 2]))
        let kept = try await clinic.number(
          "SELECT count(*) FROM visits WHERE id = \(ids[index]) AND diagnosis = 'late'")
        #expect(kept == (reasons[index * 2] == "ok" ? 1 : 0))
      }
      // With a version, one of the two is refused.
      let visit = JSON.int(try await clinic.visit(by: doctor))
      let pair = try await concurrently(2) { index in
        index == 0
          ? try await other.outcome(
            "visits.update", ["id": visit, "diagnosis": "x", "version": 1]
          ).reason
          : try await doctor.caller.outcome("visits.complete", ["id": visit, "version": 1]).reason
      }
      #expect(pair == ["ok", "stale_version"] || pair == ["visit_completed", "ok"])
    }
  }

  @Test("rule 27: addenda that come at once all stay")
  func addenda() async throws {
    try await TestClinic.run { clinic in
      let doctor = try await clinic.doctorAtWork()
      let callers = [doctor.caller, try await clinic.connect(doctor.member, on: 1)]
      let id = JSON.int(try await clinic.visit(by: doctor))
      try await doctor.caller.call("visits.complete", ["id": id])
      _ = try await concurrently(20) { number in
        try await callers[number % 2].call(
          "visits.add_note",
          ["visit_id": id, "category": "OBSERVATION", "text": .string("\(number)")])
      }
      #expect(
        try await clinic.number("SELECT count(*) FROM clinical_notes WHERE is_addendum") == 20)
      #expect(try await clinic.number("SELECT history_version FROM visits") == 22)
    }
  }
}
