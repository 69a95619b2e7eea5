import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Patients who come for an appointment.
@Suite struct CheckInTests {
  @Test("rule 24: a check-in gives a token, and the appointment follows it to its end")
  func follows() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let other = try await clinic.connect(.reception, on: 1)
      let slot = try await clinic.slot(of: doctor, in: 10)
      let appointment = try await clinic.booking(of: slot, by: desk)
      let token = try await other.call("queue.check_in", ["appointment_id": .int(appointment)])
      #expect(try token.integer("appointment_id") == appointment)
      #expect(try token.integer("doctor_id") == doctor.id)
      #expect(try token.text("due_at") > token.text("arrived_at"))
      #expect(try token.text("status") == "WAITING")
      #expect(try await clinic.status(ofAppointment: appointment) == "CHECKED_IN")

      let called = try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      #expect(called["token"]?.string == token["token"]?.string)
      #expect(try await clinic.status(ofAppointment: appointment) == "WITH_DOCTOR")
      try await other.call(
        "queue.set_status", ["token": token["token"].json, "status": "COMPLETED"])
      let whole = try await desk.call("appointments.get", ["id": .int(appointment)])
      #expect(try whole.text("token") == token.text("token"))
      #expect(
        try whole.list("history").map { try $0.text("status") }
          == ["SCHEDULED", "CHECKED_IN", "WITH_DOCTOR", "COMPLETED"])
      let again = try await desk.refused("queue.check_in", ["appointment_id": .int(appointment)])
      #expect(again.reason == "already_checked_in")
      #expect(again.data["token"] == .string(try token.text("token")))
    }
  }

  @Test("an appointment is checked in on its day, and a refusal tells when that opens")
  func windowOfTheDay() async throws {
    let settings = NoonZone.settings.merging(["CLINIC_CHECK_IN_EARLY_MINUTES": "1440"]) { $1 }
    try await TestClinic.run(1, settings) { clinic in
      let desk = try await clinic.connect(.reception)
      // Noon is now: the window, were it not cut, would be open.
      let slot = try await clinic.slot(of: try await clinic.member(.doctor), in: 13 * 60)
      let appointment = try await clinic.booking(of: slot, by: desk)
      let refused = try await desk.refused(
        "queue.check_in", ["appointment_id": .int(appointment)])
      #expect(refused.reason == "outside_check_in_window")
      guard case .string(let opens)? = refused.data["opens_at"] else {
        Issue.record("it tells when the check-in opens")
        return
      }
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM appointments WHERE id = \(appointment) \
          AND (date::timestamp AT TIME ZONE \(NoonZone.name)) = \(opens)::text::timestamptz
          """) == 1)
    }
  }

  @Test("rule 12: a check-in while somebody would block its slot: nobody waits for a deadlock")
  func blocked() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let second = try await clinic.connect(doctor.member, on: 1)
      let desk = try await clinic.connect(.reception)
      for round in 0..<20 {
        let slot = try await clinic.slot(of: doctor.member, in: 5 + 2 * round, lasting: 1)
        let appointment = try await clinic.booking(of: slot, by: desk)
        let outcomes = try await concurrently(7) { index in
          switch index {
          case 0:
            try await desk.outcome("queue.check_in", ["appointment_id": .int(appointment)]).reason
          case 1:
            try await desk.outcome(
              "appointments.update", ["id": .int(appointment), "slot_id": .int(slot)]
            ).reason
          default:
            try await (index % 2 == 0 ? doctor.caller : second).outcome(
              "slots.block", ["id": .int(slot)]
            ).reason
          }
        }
        #expect(outcomes[0] == "ok")
        #expect(outcomes[1] == "ok")
        #expect(outcomes[2...].allSatisfy { $0 == "slot_booked" }, "\(outcomes)")
      }
      let deadlocks: SQL =
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
      #expect(try await clinic.number(deadlocks) == 0)
    }
  }

  @Test("rule 24: a visit of an appointment that is just checked in and called has its token")
  func calledAtOnce() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let other = try await clinic.doctorAtWork(on: 1)
      let desk = try await clinic.connect(.reception, on: 1)
      for round in 0..<20 {
        let slot = try await clinic.slot(of: doctor.member, in: 5 + 2 * round, lasting: 1)
        let appointment = JSON.int(try await clinic.booking(of: slot, by: desk))
        let opener = round % 2 == 0 ? doctor : other
        async let called: [TestConnection.Outcome] = concurrently(2) { index in
          index == 0
            ? try await desk.outcome("queue.check_in", ["appointment_id": appointment])
            : try await desk.outcome("queue.call_next", ["doctor_id": doctor.id])
        }
        async let opened = opener.caller.outcome("visits.create", ["appointment_id": appointment])
        _ = try await called
        let outcome = try await opened
        let tokens = try await clinic.number(
          """
          SELECT count(*) FROM queue_tokens t JOIN visits v USING (appointment_id) \
          WHERE v.token_number IS DISTINCT FROM t.number
          """)
        #expect(tokens == 0, "round \(round)")
        if let visit = outcome.result {
          try await opener.caller.call("visits.complete", ["id": visit["id"].json])
        } else {
          #expect(["not_your_visit", "busy", "already_serving"].contains(outcome.reason))
        }
        for token in try await desk.call("queue.today").list("tokens")
        where ["WAITING", "WITH_DOCTOR"].contains(token["status"]?.string) {
          let status = token["status"]?.string == "WAITING" ? "CANCELLED" : "COMPLETED"
          try await desk.call(
            "queue.set_status", ["token": token["token"].json, "status": .string(status)])
        }
      }
    }
  }

  @Test("a check-in is for today, inside the configured window")
  func window() async throws {
    let settings = ["CLINIC_CHECK_IN_EARLY_MINUTES": "30", "CLINIC_CHECK_IN_LATE_MINUTES": "20"]
    try await TestClinic.run(1, NoonZone.settings.merging(settings) { $1 }) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      func outcome(in minutes: Int) async throws -> TestConnection.Outcome {
        let slot = try await clinic.slot(of: doctor, in: minutes, lasting: 1)
        // Booked while it was ahead.
        let appointment = try await clinic.number(
          """
          INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
          created_by, changed_by) SELECT \(try await clinic.patient()), id, doctor_id, date, \
          start_time, end_time, 'test', 'test' FROM slots WHERE id = \(slot) RETURNING id
          """)
        return try await desk.outcome("queue.check_in", ["appointment_id": .int(appointment)])
      }
      #expect(try await outcome(in: 28).reason == "ok")
      #expect(try await outcome(in: -18).reason == "ok")
      for minutes in [33, -22, 1440, 1445 - 30, -1440] {
        guard case .refused(let error) = try await outcome(in: minutes) else {
          Issue.record("not refused: \(minutes)")
          continue
        }
        #expect(error.reason == "outside_check_in_window" && error.code == -32007)
        let opens = try #require(error.data["opens_at"]?.instant)
        let closes = try #require(error.data["closes_at"]?.instant)
        #expect(closes.seconds - opens.seconds == 50 * 60)
      }
      let missing = try await desk.refused("queue.check_in", ["appointment_id": 4711])
      #expect(missing.reason == "not_found" && missing.data["resource"] == .string("appointment"))
    }
  }

  @Test("40 check-ins of one appointment at two instances: one token, 39 refusals that name it")
  func once() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(8) { try await clinic.connect(reception, on: $0 % 2) }
      let slot = try await clinic.slot(of: doctor, in: 10)
      let appointment = JSON.int(try await clinic.booking(of: slot, by: desks[0]))
      let outcomes = try await concurrently(40) { index in
        try await desks[index % 8].outcome("queue.check_in", ["appointment_id": appointment])
      }
      let given = outcomes.compactMap(\.result)
      #expect(given.count == 1)
      let name = try #require(given.first).text("token")
      for case .refused(let error) in outcomes {
        #expect(error.reason == "already_checked_in")
        #expect(error.data["token"] == .string(name))
      }
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 1)
    }
  }

  @Test("who waits already, is archived or has no such appointment any more is not checked in")
  func refusals() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let patients = try await clinic.patients(3)
      var appointments: [Int] = []
      for (index, patient) in patients.enumerated() {
        let slot = try await clinic.slot(of: doctor, in: 10 + index * 15)
        appointments.append(try await clinic.booking(of: slot, by: desk, for: patient))
      }
      let token = try await desk.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let waiting = try await desk.refused(
        "queue.check_in", ["appointment_id": .int(appointments[0])])
      #expect(waiting.reason == "already_in_queue")
      #expect(waiting.data["token"] == .string(try token.text("token")))

      _ = try await clinic.postgres.query(
        "UPDATE patients SET archived_at = now() WHERE id = \(patients[1])")
      let archived = try await desk.refused(
        "queue.check_in", ["appointment_id": .int(appointments[1])])
      #expect(archived.reason == "patient_archived")

      try await desk.call("appointments.cancel", ["id": .int(appointments[2])])
      let cancelled = try await desk.refused(
        "queue.check_in", ["appointment_id": .int(appointments[2])])
      #expect(cancelled.reason == "invalid_transition")
      #expect(cancelled.data["from"] == .string("CANCELLED"))
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 1)
    }
  }

  @Test(
    "rule 26: they stand by arrival, or by their slots, as configured", arguments: [false, true])
  func order(bySlot: Bool) async throws {
    let settings = ["CLINIC_QUEUE_APPOINTMENTS_BY": bySlot ? "slot" : "arrival"]
    try await TestClinic.run(2, NoonZone.settings.merging(settings) { $1 }) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desks = [
        try await clinic.connect(.reception, on: 0), try await clinic.connect(.reception, on: 1),
      ]
      // The later its slot, the earlier somebody comes; the fourth walks in last.
      var expected: [Int] = []
      for (index, minutes) in [40, 25, 10].enumerated() {
        let slot = try await clinic.slot(of: doctor, in: minutes)
        let appointment = try await clinic.booking(of: slot, by: desks[index % 2])
        let token = try await desks[(index + 1) % 2].call(
          "queue.check_in", ["appointment_id": .int(appointment)])
        expected.append(try token.integer("number"))
      }
      let walkIn = try await desks[0].call(
        "queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      #expect(try walkIn.integer("number") == 4)
      expected = bySlot ? [4] + expected.reversed() : expected + [4]
      var order: [Int] = []
      for index in 0..<4 {
        let called = try await desks[index % 2].call(
          "queue.call_next", ["doctor_id": .int(doctor.id)])
        order.append(try called.integer("number"))
        try await desks[(index + 1) % 2].call(
          "queue.set_status", ["token": called["token"].json, "status": "COMPLETED"])
      }
      #expect(order == expected)
    }
  }

  @Test("rule 9: a token whose appointment overlaps one that was booked meanwhile is not undone")
  func undoIntoOverlap() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      var slots: [Int] = []
      for _ in 1...3 {
        slots.append(try await clinic.slot(of: try await clinic.member(.doctor), in: 30))
      }
      let first = try await clinic.booking(of: slots[0], by: desk, for: patient)
      let overlapping = try await desk.call(
        "appointments.create",
        ["patient_id": .int(patient), "slot_id": .int(slots[1]), "override": true])
      let token = try await desk.call("queue.check_in", ["appointment_id": overlapping["id"].json])
      try await desk.call(
        "queue.set_status", ["token": token["token"].json, "status": "CANCELLED"])
      try await desk.call("appointments.cancel", ["id": .int(first)])
      let other = try await clinic.booking(of: slots[2], by: desk, for: patient)
      let undo: JSON = ["token": token["token"].json, "reason": "a mistake"]
      #expect(try await desk.refused("queue.undo", undo).reason == "appointments_overlap")
      try await desk.call("appointments.cancel", ["id": .int(other)])
      try await desk.call("queue.undo", undo)
      #expect(
        try await clinic.status(ofAppointment: try overlapping.integer("id")) == "CHECKED_IN")
    }
  }

  @Test("rule 7: undoing a token whose slot is another's now is refused, and its neighbours go on")
  func undoOfTakenSlot() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(4) { try await clinic.connect(reception, on: $0 % 2) }
      let slot = try await clinic.slot(of: doctor, in: 30)
      let first = try await clinic.booking(of: slot, by: desks[0])
      let token = try await desks[0].call("queue.check_in", ["appointment_id": .int(first)])
      try await desks[1].call(
        "queue.set_status", ["token": token["token"].json, "status": "CANCELLED"])
      #expect(try await clinic.status(ofAppointment: first) == "CANCELLED")
      let second = try await clinic.booking(of: slot, by: desks[1])

      let patients = try await clinic.patients(30)
      let reasons = try await concurrently(40) { index in
        let desk = desks[index % 4]
        return index % 4 == 3
          ? try await desk.outcome(
            "queue.undo", ["token": token["token"].json, "reason": "a mistake"]
          ).reason
          : try await desk.outcome(
            "queue.walk_in", ["patient_id": .int(patients[index - index / 4])]
          ).reason
      }
      for (index, reason) in reasons.enumerated() {
        #expect(reason == (index % 4 == 3 ? "slot_taken" : "ok"))
      }
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM audit_entries \
          WHERE method = 'queue.undo' AND outcome = 'slot_taken'
          """) == 10)
      // With the slot free again it works.
      try await desks[2].call("appointments.cancel", ["id": .int(second)])
      try await desks[3].call(
        "queue.undo", ["token": token["token"].json, "reason": "a mistake"])
      #expect(try await clinic.status(ofAppointment: first) == "CHECKED_IN")
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM queue_tokens t JOIN appointments a ON a.id = t.appointment_id \
          WHERE t.status = 'WAITING' AND a.status = 'CHECKED_IN' AND a.cancel_reason IS NULL
          """) == 1)
    }
  }

  @Test("check-in, cancel and no-show of one appointment at once: token and appointment agree")
  func races() async throws {
    let settings = NoonZone.settings.merging(["CLINIC_NO_SHOW_GRACE_MINUTES": "0"]) { $1 }
    try await TestClinic.run(2, settings) { clinic in
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(6) { try await clinic.connect(reception, on: $0 % 2) }
      for round in 0..<12 {
        let doctor = try await clinic.member(.doctor)
        let slot = try await clinic.slot(of: doctor, in: 1)
        let appointment = try await clinic.booking(of: slot, by: desks[0])
        // Its time has come.
        _ = try await clinic.postgres.query(
          """
          WITH s AS (UPDATE slots SET start_time = start_time - interval '5 minutes' \
          WHERE id = \(slot) RETURNING start_time) UPDATE appointments a \
          SET start_time = s.start_time FROM s WHERE a.id = \(appointment)
          """)
        let calls: [(String, JSON)] = [
          ("queue.check_in", ["appointment_id": .int(appointment)]),
          ("appointments.cancel", ["id": .int(appointment), "reason": "the patient called"]),
          ("appointments.mark_no_show", ["id": .int(appointment)]),
        ]
        let reasons = try await concurrently(6) { index in
          let (method, params) = calls[(index + round) % 3]
          return (method, try await desks[index].outcome(method, params).reason)
        }
        let done = reasons.filter { $0.1 == "ok" }.map(\.0).sorted()
        let status = try await clinic.status(ofAppointment: appointment)
        let token = try await clinic.texts(
          "SELECT status FROM queue_tokens WHERE appointment_id = \(appointment)"
        ).first
        switch done {
        case ["queue.check_in"]: #expect(status == "CHECKED_IN" && token == "WAITING")
        case ["appointments.cancel"]: #expect(status == "CANCELLED" && token == nil)
        case ["appointments.mark_no_show"]: #expect(status == "NO_SHOW" && token == nil)
        case ["appointments.cancel", "queue.check_in"]:
          #expect(status == "CANCELLED" && token == "CANCELLED")
        default: Issue.record("\(reasons)")
        }
        let known: Set = ["ok", "already_checked_in", "invalid_transition"]
        #expect(Set(reasons.map(\.1)).subtracting(known) == [])
      }
    }
  }
}

extension RPCError.Value {
  /// A moment that an error's data tells.
  fileprivate var instant: Instant? {
    if case .string(let text) = self { Instant(text) } else { nil }
  }
}
