import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Appointments: booked, moved, cancelled, missed, listed.
@Suite struct AppointmentTests {
  // MARK: - Booking

  @Test("rule 7: 100 bookings of one slot at two instances: one success, 99 answers slot_taken")
  func oneSlot() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(20) { try await clinic.connect(reception, on: $0 % 2) }
      let slot = try await clinic.slots(of: doctor)[0]
      let patients = try await clinic.patients(100)
      let outcomes = try await concurrently(100) { index in
        try await desks[index % 20].outcome(
          "appointments.create", ["patient_id": .int(patients[index]), "slot_id": .int(slot)])
      }
      let booked = outcomes.compactMap(\.result)
      #expect(booked.count == 1)
      let id = try #require(booked.first).integer("id")
      for case .refused(let error) in outcomes {
        #expect(error.reason == "slot_taken" && error.code == -32004)
        #expect(error.data["appointment_id"] == .int(id))
      }
      #expect(try await clinic.number("SELECT count(*) FROM appointments") == 1)
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM audit_entries WHERE method = 'appointments.create' \
          AND outcome = 'slot_taken' AND details IS NULL
          """) == 99)
    }
  }

  @Test("rule 7: 300 bookings of 20 slots in any order at two instances: each slot once")
  func manySlots() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(20) { try await clinic.connect(reception, on: $0 % 2) }
      let slots = try await clinic.slots(of: doctor, 20)
      let patients = try await clinic.patients(300)
      let order = (0..<15).flatMap { _ in slots.shuffled() }
      let outcomes = try await concurrently(300) { index in
        try await desks[index % 20].outcome(
          "appointments.create",
          ["patient_id": .int(patients[index]), "slot_id": .int(order[index])])
      }
      #expect(Set(outcomes.map(\.reason)) == ["ok", "slot_taken"])
      let booked = try outcomes.compactMap(\.result).map { try $0.integer("slot_id") }
      #expect(booked.sorted() == slots)
    }
  }

  @Test("rule 9: a patient's appointments at one time: ten doctors at once, one booking")
  func onePatient() async throws {
    try await TestClinic.run(2) { clinic in
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(10) { try await clinic.connect(reception, on: $0 % 2) }
      let slots = try await concurrently(10) { _ in
        try await clinic.slots(of: try await clinic.member(.doctor), 2)[0]
      }
      let patient = JSON.int(try await clinic.patient())
      @Sendable func book(_ index: Int, _ override: Bool) async throws -> TestConnection.Outcome {
        try await desks[index].outcome(
          "appointments.create",
          ["patient_id": patient, "slot_id": .int(slots[index]), "override": .bool(override)])
      }
      let outcomes = try await concurrently(10) { try await book($0, false) }
      let booked = outcomes.compactMap(\.result)
      #expect(booked.count == 1)
      let first = try #require(booked.first)
      for case .refused(let error) in outcomes {
        #expect(error.reason == "appointments_overlap")
        #expect(error.data["appointment_id"] == .int(try first.integer("id")))
      }
      // Told to, all the others are booked; who is not told to still minds those.
      let rest = slots.indices.filter { slots[$0] != first["slot_id"]?.int }
      let overridden = try await concurrently(8) { try await book(rest[$0], true).reason }
      #expect(overridden == Array(repeating: "ok", count: 8))
      try await desks[0].call("appointments.cancel", ["id": first["id"].json])
      #expect(try await book(rest[8], false).reason == "appointments_overlap")
      // The next quarter of an hour is free.
      let next = try await clinic.number(
        "SELECT id FROM slots WHERE start_time = '09:15' ORDER BY id LIMIT 1")
      _ = try await clinic.booking(
        of: next, by: desks[1], for: try await clinic.number("SELECT min(id) FROM patients"))
    }
  }

  @Test("what cannot be booked is refused with its reason")
  func refusals() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let slots = try await clinic.slots(of: doctor, 3)
      let patients = try await clinic.patients(2)
      func reason(_ patient: Int, _ slot: Int) async throws -> String {
        try await desk.outcome(
          "appointments.create", ["patient_id": .int(patient), "slot_id": .int(slot)]
        ).reason
      }
      #expect(try await reason(patients[0], try await clinic.slot(of: doctor, in: -1)) == "in_past")
      _ = try await clinic.postgres.query(
        "UPDATE patients SET archived_at = now() WHERE id = \(patients[1])")
      #expect(try await reason(patients[1], slots[0]) == "patient_archived")
      #expect(try await reason(4711, slots[0]) == "not_found")
      #expect(try await reason(patients[0], 4711) == "not_found")
      #expect(try await clinic.number("SELECT count(*) FROM appointments") == 0)

      // A merged patient's number means the survivor.
      _ = try await clinic.postgres.query(
        "UPDATE patients SET merged_into = \(patients[0]) WHERE id = \(patients[1])")
      let merged = try await desk.call(
        "appointments.create",
        [
          "patient_id": .int(patients[1]), "slot_id": .int(slots[1]), "reason": " a check-up\n",
          "notes": "needs a wheelchair",
        ])
      #expect(try merged.integer("patient_id") == patients[0])
      #expect(try merged.text("reason") == "a check-up")
      #expect(try merged.text("doctor_name") == "The \(doctor.username)")
      let found = try await desk.call("appointments.list", ["patient_id": .int(patients[1])])
      #expect(try found.list("items").map { try $0.integer("id") } == [merged.integer("id")])
    }
  }

  // MARK: - Cancelling

  @Test("rule 12: 20 cancellations at once: one; the slot is free once, row and reason stay")
  func cancel() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(10) { try await clinic.connect(reception, on: $0 % 2) }
      let slot = try await clinic.slots(of: doctor)[0]
      let id = JSON.int(try await clinic.booking(of: slot, by: desks[0]))
      let stale = try await desks[0].refused("appointments.cancel", ["id": id, "version": 2])
      #expect(stale.reason == "stale_version")
      let outcomes = try await concurrently(20) { index in
        try await desks[index % 10].outcome(
          "appointments.cancel", ["id": id, "reason": "reason \(index)"])
      }
      let done = outcomes.compactMap(\.result)
      #expect(done.count == 1)
      for case .refused(let error) in outcomes {
        #expect(error.reason == "invalid_transition")
        #expect(error.data["from"] == .string("CANCELLED"))
      }
      let patients = try await clinic.patients(10)
      let again = try await concurrently(10) { index in
        try await desks[index].outcome(
          "appointments.create", ["patient_id": .int(patients[index]), "slot_id": .int(slot)]
        ).reason
      }
      #expect(again.filter { $0 == "ok" }.count == 1)
      let whole = try await desks[1].call("appointments.get", ["id": id])
      #expect(try whole.text("status") == "CANCELLED")
      #expect(whole["cancel_reason"]?.string == done.first?["cancel_reason"]?.string)
      let history = try whole.list("history")
      #expect(try history.map { try $0.text("status") } == ["SCHEDULED", "CANCELLED"])
      #expect(history.last?["reason"]?.string == whole["cancel_reason"]?.string)
      #expect(history.last?["changed_by"]?.string == reception.username)
    }
  }

  @Test("who waits is cancelled with the token; who is with the doctor is not")
  func cancelArrival() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let other = try await clinic.connect(.reception, on: 1)
      var ids: [JSON] = []
      for minutes in [5, 20, 35] {
        let slot = try await clinic.slot(of: doctor, in: minutes)
        let id = try await clinic.booking(of: slot, by: desk)
        try await desk.call("queue.check_in", ["appointment_id": .int(id)])
        ids.append(.int(id))
      }
      let called = try await other.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      let skipped = try await other.call("queue.today").list("tokens")[1]
      try await other.call(
        "queue.set_status", ["token": skipped["token"].json, "status": "SKIPPED"])
      let busy = try await other.refused("appointments.cancel", ["id": ids[0]])
      #expect(busy.reason == "invalid_transition")
      for id in ids.dropFirst() {
        let cancelled = try await other.call(
          "appointments.cancel", ["id": id, "reason": "had to leave"])
        #expect(cancelled["status"]?.string == "CANCELLED")
      }
      try await desk.call(
        "queue.set_status", ["token": called["token"].json, "status": "COMPLETED"])
      #expect(
        try await clinic.texts(
          """
          SELECT t.status || ' ' || a.status || coalesce(' ' || a.cancel_reason, '') \
          FROM queue_tokens t JOIN appointments a ON a.id = t.appointment_id ORDER BY t.number
          """)
          == ["COMPLETED COMPLETED"]
          + Array(repeating: "CANCELLED CANCELLED had to leave", count: 2))
      for id in ids {
        let over = try await desk.refused("appointments.cancel", ["id": id])
        #expect(over.reason == "invalid_transition")
      }
      #expect(try await desk.call("queue.summary").member("counts").integer("cancelled") == 2)
    }
  }

  // MARK: - Moving

  @Test("rule 12: a move that is refused leaves the old booking")
  func moveRefused() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let other = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let own = try await clinic.connect(doctor, on: 1)
      let slots = try await clinic.slots(of: doctor, 5)
      let beside = try await clinic.slots(of: other, 2)
      let patient = try await clinic.patient()
      let id = JSON.int(try await clinic.booking(of: slots[0], by: desk, for: patient))
      _ = try await clinic.booking(of: slots[1], by: desk)
      try await own.call("slots.block", ["id": .int(slots[2])])
      _ = try await clinic.booking(of: slots[3], by: desk, for: patient)
      let past = try await clinic.slot(of: doctor, in: -5)
      let fourth = try await clinic.slots(of: try await clinic.member(.doctor), 4)[3]
      for (slot, reason) in [
        (slots[1], "slot_taken"), (slots[2], "slot_blocked"), (past, "in_past"),
        (fourth, "appointments_overlap"), (4711, "not_found"),
      ] {
        let refused = try await desk.refused(
          "appointments.update", ["id": id, "slot_id": .int(slot), "reason": "moved"])
        #expect(refused.reason == reason)
      }
      let stale = try await desk.refused(
        "appointments.update", ["id": id, "slot_id": .int(slots[4]), "version": 7])
      #expect(stale.reason == "stale_version")
      for status in Appointment.Status.allCases where status != .scheduled {
        let refused = try await desk.refused(
          "appointments.update", ["id": id, "status": .string(status.rawValue)])
        #expect(refused.reason == "invalid_transition")
      }
      let before = try await desk.call("appointments.get", ["id": id])
      #expect(try before.integer("slot_id") == slots[0] && before.integer("version") == 1)
      #expect(before["reason"]?.isNull == true)
      #expect(try before.list("history").count == 1)

      // To another doctor, at a time that overlaps its own old one alone.
      let moved = try await own.call(
        "appointments.update",
        [
          "id": id, "slot_id": .int(beside[0]), "reason": "moved", "status": "SCHEDULED",
          "version": 1,
        ])
      #expect(try moved.integer("doctor_id") == other.id && moved.integer("version") == 2)
      #expect(try moved.text("start_time") == "09:00" && moved.text("reason") == "moved")
      let same = try await own.call(
        "appointments.update", ["id": id, "slot_id": .int(beside[0]), "reason": nil])
      #expect(same["reason"]?.isNull == true && same["version"]?.int == 3)
      _ = try await clinic.booking(of: slots[0], by: desk)
      let told = try await desk.call(
        "appointments.update", ["id": id, "slot_id": .int(fourth), "override": true])
      #expect(try told.integer("slot_id") == fourth)
      try await desk.call("appointments.cancel", ["id": id])
      let late = try await desk.refused(
        "appointments.update", ["id": id, "slot_id": .int(slots[4])])
      #expect(late.reason == "invalid_transition")
    }
  }

  @Test("rules 7, 12: moves that swap slots, at once at two instances: nobody loses a place")
  func swaps() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(8) { try await clinic.connect(reception, on: $0 % 2) }
      let slots = try await clinic.slots(of: doctor, 6)
      var booked: [Int] = []
      for slot in slots.prefix(4) {
        booked.append(try await clinic.booking(of: slot, by: desks[0]))
      }
      let appointments = booked
      // Two of each other's slots: both are taken, so both stay.
      let swap = try await concurrently(2) { index in
        try await desks[index].outcome(
          "appointments.update",
          ["id": .int(appointments[index]), "slot_id": .int(slots[1 - index])]
        ).reason
      }
      #expect(swap == ["slot_taken", "slot_taken"])
      // Any to any, with two free places.
      let reasons = try await concurrently(160) { index in
        var random = SystemRandomNumberGenerator()
        return try await desks[index % 8].outcome(
          "appointments.update",
          [
            "id": .int(appointments.randomElement(using: &random) ?? 0),
            "slot_id": .int(slots.randomElement(using: &random) ?? 0),
          ]
        ).reason
      }
      #expect(Set(reasons) == ["ok", "slot_taken"])
      #expect(
        try await clinic.number(
          """
          SELECT count(DISTINCT a.slot_id) FROM appointments a JOIN slots s ON s.id = a.slot_id \
          AND (s.date, s.start_time, s.end_time) = (a.date, a.start_time, a.end_time) \
          WHERE a.status = 'SCHEDULED'
          """) == 4)
      // The history tells each place, and ends where the appointment is.
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM appointments a WHERE a.version >= \
          (SELECT count(*) FROM appointment_events e WHERE e.appointment_id = a.id) \
          AND a.slot_id = (SELECT slot_id FROM appointment_events e \
          WHERE e.appointment_id = a.id ORDER BY id DESC LIMIT 1)
          """) == 4)
    }
  }

  // MARK: - Missing

  @Test("rule 13: nobody is a no-show before the grace period is over, nor after having come")
  func noShow() async throws {
    let settings = NoonZone.settings.merging(["CLINIC_NO_SHOW_GRACE_MINUTES": "10"]) { $1 }
    try await TestClinic.run(2, settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let own = try await clinic.connect(doctor, on: 1)
      var ids: [JSON] = []
      for minutes in [2, 20, 35] {
        let slot = try await clinic.slot(of: doctor, in: minutes)
        ids.append(.int(try await clinic.booking(of: slot, by: desk)))
      }
      let early = try await own.refused("appointments.mark_no_show", ["id": ids[0]])
      #expect(early.reason == "too_early" && early.code == -32007)
      guard case .string(let text) = early.data["not_before"], let notBefore = Instant(text) else {
        Issue.record("when it can be")
        return
      }
      let start = try await clinic.number(
        """
        SELECT extract(epoch FROM (date + start_time) AT TIME ZONE \(NoonZone.name))::bigint \
        FROM appointments ORDER BY start_time LIMIT 1
        """)
      #expect(notBefore.seconds == Int64(start) + 600)

      // A quarter of an hour later the second has come and the first has not.
      _ = try await clinic.postgres.query(
        """
        UPDATE appointments SET start_time = start_time - interval '15 minutes', \
        end_time = end_time - interval '15 minutes'
        """)
      try await desk.call("queue.check_in", ["appointment_id": ids[1]])
      let missed = try await own.call("appointments.mark_no_show", ["id": ids[0], "version": 1])
      #expect(try missed.text("status") == "NO_SHOW")
      let again = try await own.refused("appointments.mark_no_show", ["id": ids[0]])
      #expect(again.reason == "invalid_transition" && again.data["to"] == .string("NO_SHOW"))
      _ = try await clinic.postgres.query(
        """
        UPDATE appointments SET start_time = start_time - interval '1 hour', \
        end_time = end_time - interval '1 hour'
        """)
      let came = try await own.refused("appointments.mark_no_show", ["id": ids[1]])
      #expect(came.reason == "invalid_transition" && came.data["from"] == .string("CHECKED_IN"))
      // The slot of who did not come is free for the next.
      _ = try await clinic.postgres.query("UPDATE slots SET date = date + 1")
      _ = try await clinic.booking(of: try missed.integer("slot_id"), by: desk)
    }
  }

  @Test("rule 13: who has come by a number or a visit of his or her own is no no-show")
  func cameOtherwise() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork()
      let desk = try await clinic.connect(.reception)
      let patients = try await clinic.patients(4)
      var ids: [JSON] = []
      for (patient, minutes) in zip(patients, [2, 17, 32, 47]) {
        let slot = try await clinic.slot(of: doctor.member, in: minutes)
        ids.append(.int(try await clinic.booking(of: slot, by: desk, for: patient)))
      }
      // Their time is over.
      _ = try await clinic.postgres.query(
        """
        UPDATE appointments SET start_time = start_time - interval '3 hours', \
        end_time = end_time - interval '3 hours'
        """)
      let meant = try await desk.call(
        "queue.walk_in", ["patient_id": .int(patients[0]), "doctor_id": doctor.id])
      try await desk.call("queue.walk_in", ["patient_id": .int(patients[1])])
      _ = try await clinic.visit(by: doctor, of: patients[2])
      try await desk.call(
        "queue.walk_in", ["patient_id": .int(patients[3]), "doctor_id": other.id])
      for id in ids.prefix(3) {
        let refused = try await desk.refused("appointments.mark_no_show", ["id": id])
        #expect(refused.reason == "invalid_transition")
        #expect(refused.data["from"] == .string("SCHEDULED"))
      }
      // Who came to somebody else has not come to this, nor has who went again.
      try await desk.call(
        "queue.set_status", ["token": meant["token"].json, "status": "CANCELLED"])
      for id in [ids[0], ids[3]] {
        let missed = try await desk.call("appointments.mark_no_show", ["id": id])
        #expect(try missed.text("status") == "NO_SHOW")
      }
    }
  }

  @Test("rule 16: what nobody came to is NO_SHOW when its day is over, and the audit tells it")
  func missedDay() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let slots = try await clinic.slots(of: doctor, 3)
      var ids: [Int] = []
      for slot in slots { ids.append(try await clinic.booking(of: slot, by: desk)) }
      try await desk.call("appointments.cancel", ["id": .int(ids[2])])
      // As if the first two had been yesterday and today.
      for (id, days) in [(ids[0], -1), (ids[1], 0), (ids[2], -1)] {
        let date = try await clinic.day(days, in: NoonZone.name)
        _ = try await clinic.postgres.query(
          "UPDATE appointments SET date = \(date)::text::date WHERE id = \(id)")
      }
      try await eventually("yesterday's is missed") {
        try await clinic.status(ofAppointment: ids[0]) == "NO_SHOW"
      }
      #expect(try await clinic.status(ofAppointment: ids[1]) == "SCHEDULED")
      #expect(try await clinic.status(ofAppointment: ids[2]) == "CANCELLED")
      #expect(
        try await clinic.texts(
          """
          SELECT user_name || ' ' || resource_type || ' ' || resource_id FROM audit_entries \
          WHERE method = 'appointments.mark_no_show'
          """) == ["clinicd appointment \(ids[0])"])
      let whole = try await desk.call("appointments.get", ["id": .int(ids[0])])
      #expect(try whole.list("history").last?.text("changed_by") == "clinicd")
    }
  }

  // MARK: - Looking

  @Test("appointments are listed by patient, doctor, dates and status, page by page")
  func list() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.member(.doctor)
      let other = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let slots = try await clinic.slots(of: doctor, 6)
      let beside = try await clinic.slots(of: other, 2)
      let patient = try await clinic.patient()
      var ids: [Int] = []
      for (index, slot) in slots.enumerated() {
        ids.append(
          try await clinic.booking(of: slot, by: desk, for: index % 3 == 0 ? patient : nil))
      }
      let others = try await clinic.booking(of: beside[1], by: desk)
      try await desk.call("appointments.cancel", ["id": .int(ids[5])])
      func list(_ params: JSON) async throws -> [Int] {
        var seen: [Int] = []
        var cursor: JSON = nil
        for _ in 0..<10 {
          let page = try await desk.call(
            "appointments.list", params.with("limit", 2).with("cursor", cursor))
          seen += try page.list("items").map { try $0.integer("id") }
          cursor = page["next_cursor"].json
          if page["next_cursor"]?.isNull == true { return seen }
        }
        return seen
      }
      let date = JSON.string(try await clinic.day(30))
      #expect(try await list(["doctor_id": .int(doctor.id)]) == ids.reversed())
      #expect(try await list(["doctor_id": .int(doctor.id), "date": date]) == ids)
      #expect(try await list(["date": date]) == [ids[0], ids[1], others] + ids[2...])
      #expect(try await list(["patient_id": .int(patient)]) == [ids[3], ids[0]])
      #expect(try await list(["from": date, "status": "CANCELLED"]) == [ids[5]])
      #expect(try await list(["to": .string(try await clinic.day(29))]) == [])
      #expect(try await list(["patient_id": 4711]) == [])
      let missing = try await desk.refused("appointments.get", ["id": 4711])
      #expect(missing.reason == "not_found")
      // Reads of patients' data are told to the audit.
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM audit_entries WHERE method = 'appointments.list' \
          AND resource_type = 'patient' AND resource_id = \("\(patient)") AND outcome = 'ok'
          """) == 1)
    }
  }
}
