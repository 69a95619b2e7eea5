import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Where visits come from, what they hold, who may change them.
@Suite struct VisitTests {
  // MARK: - Opening

  @Test("a visit from a waiting token sends the token to the doctor; one a token")
  func fromToken() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let token = try await clinic.token()
      let visit = try await doctor.caller.call(
        "visits.create",
        ["token": token, "chief_complaint": "cough", "vitals": ["pulse": 72, "weight": 300]])
      #expect(try visit.integer("doctor_id") == doctor.member.id)
      #expect(try visit.text("status") == "OPEN")
      #expect(try visit.text("chief_complaint") == "cough")
      #expect(try visit.member("vitals").member("pulse").integer("value") == 72)
      #expect(try visit.list("warnings").map { try $0.text("field") } == ["vitals.weight"])
      #expect(try await clinic.status(of: token) == "WITH_DOCTOR")

      let again = try await doctor.caller.refused("visits.create", ["token": token])
      #expect(again.reason == "visit_exists")
      #expect(again.data["id"] == .int(try visit.integer("id")))
      let theirs = try await other.caller.refused("visits.create", ["token": token])
      #expect(theirs.reason == "not_your_visit")
      let second = try await clinic.token()
      let busy = try await doctor.caller.refused("visits.create", ["token": second])
      #expect(busy.reason == "already_serving")
      #expect(try await clinic.status(of: second) == "WAITING")
      #expect(try await clinic.number("SELECT count(*) FROM visits") == 1)
    }
  }

  @Test(
    "a token that was called is taken as it is; one that is over is not",
    arguments: ["CANCELLED", "NO_SHOW", "COMPLETED", "SKIPPED"])
  func fromCalledToken(status: String) async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let token = try await clinic.token()
      if status == "COMPLETED" || status == "SKIPPED" {
        try await doctor.caller.call("queue.call_next")
        let version = try await clinic.number("SELECT version FROM queue_days")
        let visit = try await doctor.caller.call("visits.create", ["token": token])
        #expect(try visit.text("token") == token.text)
        #expect(try await clinic.number("SELECT version FROM queue_days") == version)
        _ = try await clinic.postgres.query("DELETE FROM outbox")
        try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      }
      let next = try await clinic.token()
      if status == "COMPLETED" || status == "SKIPPED" {
        try await doctor.caller.call("queue.call_next")
      }
      try await doctor.caller.call("queue.set_status", ["token": next, "status": .string(status)])
      let refused = try await doctor.caller.refused("visits.create", ["token": next])
      #expect(refused.reason == "invalid_transition")
    }
  }

  @Test("a visit of a patient is that of the patient's token, if the doctor may have it")
  func fromPatient() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      func queued(_ doctor: DoctorAtWork? = nil) async throws -> (patient: JSON, token: JSON) {
        let patient = JSON.int(try await clinic.patient())
        let token = try await desk.call(
          "queue.walk_in", ["patient_id": patient, "doctor_id": doctor?.id ?? .null])
        return (patient, .string(try token.text("token")))
      }
      let called = try await queued()
      try await doctor.caller.call("queue.call_next")
      let visit = try await doctor.caller.call("visits.create", ["patient_id": called.patient])
      #expect(visit["token"]?.string == called.token.text)

      // Whoever is busy sees another patient beside the queue, and so does who is not meant.
      let second = try await queued()
      for (caller, patient) in [
        (doctor, second.patient), (other, try await queued(doctor).patient),
      ] {
        let beside = try await caller.caller.call("visits.create", ["patient_id": patient])
        #expect(beside["token"]?.isNull == true)
      }
      #expect(try await clinic.status(of: second.token) == "WAITING")

      try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      #expect(try await clinic.status(of: called.token) == "COMPLETED")
      let third = try await queued(doctor)
      let taken = try await doctor.caller.call("visits.create", ["patient_id": third.patient])
      #expect(taken["token"]?.string == third.token.text)
      #expect(try await clinic.status(of: third.token) == "WITH_DOCTOR")
    }
  }

  @Test("exactly one of token, appointment_id and patient_id; and what there is not")
  func origins() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = JSON.int(try await clinic.patient())
      let token = try await clinic.token()
      for params: JSON in [[:], ["token": token, "patient_id": patient]] {
        let refused = try await doctor.caller.refused("visits.create", params)
        #expect(refused.code == -32602)
        #expect(refused.data["field"] == .string("token"))
      }
      for (name, id): (String, JSON) in [
        ("patient_id", 999_999), ("appointment_id", 999_999), ("token", "2026-01-01-001"),
      ] {
        let refused = try await doctor.caller.refused("visits.create", .object([(name, id)]))
        #expect(refused.reason == "not_found")
      }
      #expect(try await clinic.number("SELECT count(*) FROM visits") == 0)
    }
  }

  @Test("one open visit of a patient with a doctor, another with another doctor")
  func onePerDoctor() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let patient = try await clinic.patient()
      let visit = try await clinic.visit(by: doctor, of: patient)
      let refused = try await doctor.caller.refused(
        "visits.create", ["patient_id": .int(patient)])
      #expect(refused.reason == "visit_open")
      #expect(refused.data["id"] == .int(visit))
      _ = try await clinic.visit(by: other, of: patient)
      try await doctor.caller.call("visits.complete", ["id": .int(visit)])
      _ = try await clinic.visit(by: doctor, of: patient)
    }
  }

  @Test("nobody who is not of the staff changes a visit, nor gives it to the doctor whose it is")
  func byNobody() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let visit = try await clinic.visit(by: doctor, of: try await clinic.patient())
      let refused = try await clinic.admin().refused(
        "visits.update", ["id": .int(visit), "doctor_id": doctor.id])
      #expect(refused.reason == "no_staff_identity")
      #expect(try await clinic.number("SELECT version FROM visits") == 1)
    }
  }

  @Test("who opens: a doctor for himself or herself, an administrator for a named doctor")
  func whoOpens() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let patient = JSON.int(try await clinic.patient())
      let host = try await clinic.admin()
      let nobody = try await host.refused("visits.create", ["patient_id": patient])
      #expect(nobody.reason == "no_staff_identity" && nobody.code == -32002)
      let admin = try await clinic.connect(.admin)
      let unnamed = try await admin.refused("visits.create", ["patient_id": patient])
      #expect(unnamed.reason == "doctor_required")
      let reception = try await clinic.member(.reception)
      let wrong = try await admin.refused(
        "visits.create", ["patient_id": patient, "doctor_id": .int(reception.id)])
      #expect(wrong.reason == "not_a_doctor")
      let theirs = try await doctor.caller.refused(
        "visits.create", ["patient_id": patient, "doctor_id": other.id])
      #expect(theirs.reason == "not_your_visit")
      let visit = try await admin.call(
        "visits.create", ["patient_id": patient, "doctor_id": doctor.id])
      #expect(try visit.integer("doctor_id") == doctor.member.id)
    }
  }

  @Test("20 concurrent calls open one visit of a token")
  func concurrently20() async throws {
    try await TestClinic.run { clinic in
      let doctor = try await clinic.doctorAtWork()
      let callers = [doctor.caller, try await clinic.connect(doctor.member, on: 1)]
      let token = try await clinic.token()
      let outcomes = try await concurrently(20) {
        try await callers[$0 % 2].outcome("visits.create", ["token": token]).reason
      }
      #expect(outcomes.count { $0 == "ok" } == 1)
      #expect(outcomes.count { $0 == "visit_exists" } == 19)
      #expect(try await clinic.number("SELECT count(*) FROM visits") == 1)
      #expect(try await clinic.number("SELECT version FROM queue_days") == 2)
    }
  }

  @Test("20 concurrent calls open one visit of a patient, and one call by its key")
  func concurrentlyByPatient() async throws {
    try await TestClinic.run { clinic in
      let doctor = try await clinic.doctorAtWork()
      let callers = [doctor.caller, try await clinic.connect(doctor.member, on: 1)]
      let patients = try await clinic.patients(2)
      let outcomes = try await concurrently(20) {
        try await callers[$0 % 2].outcome("visits.create", ["patient_id": .int(patients[0])]).reason
      }
      #expect(outcomes.count { $0 == "ok" } == 1)
      #expect(outcomes.count { $0 == "visit_open" } == 19)
      let repeated = try await concurrently(10) {
        try await callers[$0 % 2].call(
          "visits.create", ["patient_id": .int(patients[1]), "idempotency_key": "once"]
        ).integer("id")
      }
      #expect(Set(repeated).count == 1)
    }
  }

  // MARK: - Appointments

  @Test("rule 24: completing a visit completes its token and its appointment")
  func completesBoth() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let appointment = try await clinic.appointment(with: doctor)
      _ = try await clinic.postgres.query(
        """
        WITH d AS (INSERT INTO queue_days (date, last_number, version) \
        VALUES (current_date, 1, 1) RETURNING date) \
        INSERT INTO queue_tokens (date, number, patient_id, patient_name, priority, status, \
        arrived_at, changed_version, appointment_id) SELECT d.date, 1, a.patient_id, 'P', \
        'ROUTINE', 'WAITING', now(), 1, a.id FROM d, appointments a
        """)
      func statuses() async throws -> [String] {
        try await clinic.texts(
          "SELECT status FROM queue_tokens UNION ALL SELECT status FROM appointments")
      }
      #expect(try await statuses() == ["WAITING", "CHECKED_IN"])
      let visit = try await doctor.caller.call(
        "visits.create", ["appointment_id": .int(appointment)])
      #expect(try visit.integer("appointment_id") == appointment)
      #expect(try visit.text("token").hasSuffix("-001"))
      #expect(try await statuses() == ["WITH_DOCTOR", "WITH_DOCTOR"])
      try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      #expect(try await statuses() == ["COMPLETED", "COMPLETED"])
      let again = try await doctor.caller.refused(
        "visits.create", ["appointment_id": .int(appointment)])
      #expect(again.reason == "visit_exists")
      #expect(again.data["id"] == .int(try visit.integer("id")))
    }
  }

  @Test("rule 24: an appointment that was never checked in is completed with its visit too")
  func withoutToken() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let appointment = JSON.int(try await clinic.appointment(with: doctor))
      let visit = try await doctor.caller.call("visits.create", ["appointment_id": appointment])
      #expect(try await clinic.texts("SELECT status FROM appointments") == ["WITH_DOCTOR"])
      let again = try await doctor.caller.refused(
        "visits.create", ["appointment_id": appointment])
      #expect(again.reason == "visit_exists")
      try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      #expect(try await clinic.texts("SELECT status FROM appointments") == ["COMPLETED"])
      let whole = try await doctor.caller.call("appointments.get", ["id": appointment])
      #expect(
        try whole.list("history").map { try $0.text("changed_by") }
          == ["test", doctor.member.username, doctor.member.username])
      let late = try await doctor.caller.refused("visits.create", ["appointment_id": appointment])
      #expect(late.reason == "visit_exists")
      #expect(late.data["id"] == .int(try visit.integer("id")))
    }
  }

  @Test("a visit opened again is told of: completed, whoever asks, or left open on a day before")
  func repeated() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let token = try await clinic.token()
      let visit = try await doctor.caller.call("visits.create", ["token": token])
      let id = try visit.integer("id")
      try await doctor.caller.call("visits.complete", ["id": .int(id)])
      for caller in [doctor.caller, other.caller] {
        let refused = try await caller.refused("visits.create", ["token": token])
        #expect(refused.reason == "visit_exists" && refused.data["id"] == .int(id))
      }
      // As the close of the day leaves it.
      let left = try await clinic.number(
        """
        WITH d AS (INSERT INTO queue_days (date, last_number, version, closed_at) \
        VALUES (current_date - 3, 1, 1, now()) RETURNING date), \
        t AS (INSERT INTO queue_tokens (date, number, patient_id, patient_name, doctor_id, \
        priority, status, auto_closed, arrived_at, changed_version) SELECT date, 1, \
        \(try await clinic.patient()), 'P', \(doctor.member.id), 'ROUTINE', 'COMPLETED', true, \
        now() - interval '3 days', 1 FROM d RETURNING *) \
        INSERT INTO visits (patient_id, doctor_id, date, token_date, token_number) \
        SELECT patient_id, doctor_id, date, date, number FROM t RETURNING id
        """)
      let date = try await clinic.day(-3)
      let late = try await doctor.caller.refused(
        "visits.create", ["token": .string("\(date)-001")])
      #expect(late.reason == "visit_exists" && late.data["id"] == .int(left))
    }
  }

  @Test("rule 24: a token that was closed or handed on meanwhile is left as it is")
  func tokenMovedOn() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let handedOn = try await clinic.token()
      let visit = try await doctor.caller.call("visits.create", ["token": handedOn])
      try await doctor.caller.call(
        "queue.transfer", ["token": handedOn, "doctor_id": other.id])
      try await other.caller.call("queue.call_next")
      try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      #expect(try await clinic.status(of: handedOn) == "WITH_DOCTOR", "it is the other's now")

      let skipped = try await clinic.token()
      let second = try await doctor.caller.call("visits.create", ["token": skipped])
      try await doctor.caller.call("queue.set_status", ["token": skipped, "status": "SKIPPED"])
      try await doctor.caller.call("visits.complete", ["id": second["id"].json])
      #expect(try await clinic.status(of: skipped) == "SKIPPED")
    }
  }

  @Test("rules 13, 24: who was seen is no no-show, whatever becomes of the token")
  func seenAndSkipped() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.doctorAtWork()
      let appointment = try await clinic.booking(
        of: try await clinic.slot(of: doctor.member, in: 5), by: desk)
      let token = try await desk.call("queue.check_in", ["appointment_id": .int(appointment)])
        .text("token")
      let visit = try await doctor.caller.call("visits.create", ["token": .string(token)])
      try await desk.call("queue.set_status", ["token": .string(token), "status": "SKIPPED"])
      try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      #expect(try await clinic.status(ofAppointment: appointment) == "COMPLETED")
      try await desk.call("queue.set_status", ["token": .string(token), "status": "NO_SHOW"])
      #expect(try await clinic.status(of: .string(token)) == "NO_SHOW")
      #expect(try await clinic.status(ofAppointment: appointment) == "COMPLETED")
      // Nor does a token that goes on bring the appointment back, whose time may be another's.
      try await desk.call("queue.undo", ["token": .string(token), "reason": "again"])
      #expect(try await clinic.status(ofAppointment: appointment) == "COMPLETED")
      try await doctor.caller.call("queue.call_next")
      #expect(try await clinic.status(of: .string(token)) == "WITH_DOCTOR")
      #expect(try await clinic.status(ofAppointment: appointment) == "COMPLETED")
      let cancelled = try await desk.refused("appointments.cancel", ["id": .int(appointment)])
      #expect(cancelled.reason == "invalid_transition")
    }
  }

  @Test(
    "rules 13, 24: a visit that is completed after its token was given up",
    arguments: [false, true])
  func seenAfterAll(isSlotTaken: Bool) async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.doctorAtWork()
      let slot = try await clinic.slot(of: doctor.member, in: 5)
      let appointment = try await clinic.booking(of: slot, by: desk)
      let token = try await desk.call("queue.check_in", ["appointment_id": .int(appointment)])
      let visit = try await doctor.caller.call("visits.create", ["token": token["token"].json])
      for status: JSON in ["SKIPPED", "NO_SHOW"] {
        try await desk.call(
          "queue.set_status", ["token": token["token"].json, "status": status])
      }
      if isSlotTaken { _ = try await clinic.booking(of: slot, by: desk) }
      try await doctor.caller.call("visits.complete", ["id": visit["id"].json])
      #expect(
        try await clinic.status(ofAppointment: appointment)
          == (isSlotTaken ? "NO_SHOW" : "COMPLETED"))
    }
  }

  // MARK: - Reading

  @Test("a visit with notes and prescriptions is one statement")
  func oneStatement() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let visit = try await clinic.visit(by: doctor)
      let medicine = try await clinic.medicine("Crocin")
      for number in 1...3 {
        try await doctor.caller.call(
          "visits.add_note",
          ["visit_id": .int(visit), "category": "SYMPTOM", "text": "note \(number)"])
        try await doctor.caller.call(
          "prescriptions.create",
          [
            "visit_id": .int(visit),
            "items": [
              [
                "medicine_id": .int(medicine), "dosage": "1", "frequency": "daily",
                "quantity": .int(number),
              ]
            ],
          ])
      }
      let inside = try clinic.inProcess()
      let before = clinic.postgres.statistics
      let read = try await GetVisit(id: ID(rawValue: Int64(visit))).run(in: inside, by: nil)
      let after = clinic.postgres.statistics
      #expect(after.queries - before.queries == 1)
      #expect(after.transactions == before.transactions)
      #expect(read.notes?.map(\.text) == ["note 1", "note 2", "note 3"])
      #expect(read.prescriptions?.map { $0.items.map(\.quantity) } == [[1], [2], [3]])
      let desk = try await clinic.connect(.reception)
      let seen = try await desk.call("visits.get", ["id": .int(visit)])
      #expect(try seen.member("notes").isNull && seen.member("prescriptions").isNull)
      #expect(
        try await doctor.caller.refused("visits.get", ["id": 999_999]).reason == "not_found")
    }
  }

  @Test("visits.list: the newest first, by patient, doctor, day and status, page by page")
  func lists() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let patients = try await clinic.patients(5)
      var ids: [Int] = []
      for patient in patients { ids.append(try await clinic.visit(by: doctor, of: patient)) }
      let theirs = try await clinic.visit(by: other, of: patients[0])
      try await other.caller.call("visits.complete", ["id": .int(theirs)])
      _ = try await clinic.postgres.query(
        "UPDATE visits SET date = date - 10 WHERE id = \(ids[4])")
      func list(_ params: JSON) async throws -> [Int] {
        var found: [Int] = []
        var cursor = JSON.null
        repeat {
          let page = try await doctor.caller.call(
            "visits.list", params.with("limit", 2).with("cursor", cursor))
          found += try page.list("items").map { try $0.integer("id") }
          cursor = page["next_cursor"].json
          if try page.member("next_cursor").isNull { break }
        } while found.count < 50
        return found
      }
      let order = [theirs, ids[3], ids[2], ids[1], ids[0], ids[4]]
      #expect(try await list([:]) == order)
      #expect(try await list(["doctor_id": doctor.id]) == Array(order.dropFirst()))
      #expect(try await list(["patient_id": .int(patients[0])]) == [theirs, ids[0]])
      #expect(try await list(["status": "COMPLETED"]) == [theirs])
      let old = try await clinic.texts("SELECT date::text FROM visits WHERE id = \(ids[4])")
      #expect(try await list(["date": .string(old[0])]) == [ids[4]])
      #expect(try await list(["to": .string(old[0])]) == [ids[4]])
      #expect(try await list(["from": .string(old[0])]) == order)
      let cursor = try await doctor.caller.refused("visits.list", ["cursor": "120"])
      #expect(cursor.data["field"] == .string("cursor"))
    }
  }

  // MARK: - Archiving

  @Test("rule 5: a patient with an open visit or an unpaid invoice is not archived")
  func archiving() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      let visit = try await clinic.visit(by: doctor, of: patient)
      let params: JSON = ["id": .int(patient)]
      let open = try await desk.refused("patients.delete", params)
      #expect(open.reason == "visit_open" && open.data["id"] == .int(visit))
      try await doctor.caller.call("visits.complete", ["id": .int(visit)])
      _ = try await clinic.postgres.query(
        """
        INSERT INTO invoices (number, patient_id, mode, status, subtotal, total, created_by) \
        VALUES (1, \(patient), 'MANUAL', 'PENDING', 10, 10, 'test')
        """)
      #expect(try await desk.refused("patients.delete", params).reason == "unpaid_invoice")
      _ = try await clinic.postgres.query("UPDATE invoices SET status = 'PAID', paid = 10")
      try await desk.call("patients.delete", params)
      let refused = try await doctor.caller.refused(
        "visits.create", ["patient_id": .int(patient)])
      #expect(refused.reason == "patient_archived")
      #expect(
        try await doctor.caller.call("visits.get", ["id": .int(visit)]).integer("id") == visit)
    }
  }

  @Test("rule 5: archiving and opening a visit at once: one of the two comes first")
  func archiveMeetsVisit() async throws {
    try await TestClinic.run { clinic in
      let doctor = try await clinic.doctorAtWork(on: 1)
      let desk = try await clinic.connect(.reception)
      let patients = try await clinic.patients(20)
      let reasons = try await concurrently(40) { index in
        let id = JSON.int(patients[index / 2])
        return index % 2 == 0
          ? try await doctor.caller.outcome("visits.create", ["patient_id": id]).reason
          : try await desk.outcome("patients.delete", ["id": id]).reason
      }
      for index in patients.indices {
        let pair = [reasons[index * 2], reasons[index * 2 + 1]]
        #expect(pair == ["ok", "visit_open"] || pair == ["patient_archived", "ok"])
      }
    }
  }
}
