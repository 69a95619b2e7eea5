import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Rules 1, 2, 4, 5.
@Suite struct PatientTests {
  @Test("rule 1: 20 registrations at once with one key, over two instances, make one patient")
  func oneKeyOnePatient() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let replies = try await concurrently(20) { index in
        try await desks[index % 2].call(
          "patients.create",
          ["name": "Asha Iyer", "phone": "0712 345 678", "idempotency_key": "front desk 1"])
      }
      #expect(Set(replies.map(\.rawBytes)).count == 1, "every reply is the first one")
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 1)
      #expect(try await clinic.number("SELECT id FROM patients") == replies[0].integer("id"))
      let other = try await desks[1].call(
        "patients.create",
        ["name": "Asha Iyer", "phone": "0712 345 678", "idempotency_key": "front desk 2"])
      #expect(try other.integer("id") != replies[0].integer("id"))
    }
  }

  @Test("rule 1: an instance killed at any point, every registration repeated: one patient each")
  func killedWhileRegistering() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let doomed = try await clinic.connect(reception, on: 0)
      let desk = try await clinic.connect(reception, on: 1)
      @Sendable func params(_ index: Int) -> JSON {
        ["name": "Patient \(index)", "idempotency_key": "key \(index)"]
      }
      async let registrations = concurrently(200) { index in
        try? await doomed.connection.call("patients.create", rawParams: params(index).bytes)
      }
      try await eventually("some are registered") {
        try await clinic.number("SELECT count(*) FROM patients") >= 20
      }
      await clinic.daemons[0].process.stop()
      let answered = try await registrations
      let repeated = try await concurrently(200) { index in
        try await desk.call("patients.create", params(index))
      }
      for (first, second) in zip(answered, repeated) {
        if let first { #expect(first.rawBytes == second.rawBytes, "what was answered is durable") }
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 200)
      #expect(try await clinic.number("SELECT count(DISTINCT name) FROM patients") == 200)
    }
  }

  // MARK: - Birth dates

  @Test("rule 2: a birth date is the same day in every zone")
  func birthDatesRoundTrip() async throws {
    let zones = [
      0: ["CLINIC_TIME_ZONE": "Pacific/Kiritimati"], 1: ["CLINIC_TIME_ZONE": "Pacific/Pago_Pago"],
    ]
    try await TestClinic.run(each: zones) { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let dates = [
        "1850-01-01", "1899-12-31", "1900-02-28", "1918-03-31", "1969-12-31", "1970-01-01",
        "1994-12-31", "1995-01-01", "2000-02-29", "2011-12-30", "2024-02-29",
      ]
      for (index, date) in dates.enumerated() {
        let (desk, other) = (desks[index % 2], desks[(index + 1) % 2])
        let made = try await desk.call(
          "patients.create", ["name": "Born \(date)", "date_of_birth": .string(date)])
        let id = JSON.int(try made.integer("id"))
        #expect(try made.text("date_of_birth") == date)
        for caller in desks {
          #expect(try await caller.call("patients.get", ["id": id]).text("date_of_birth") == date)
          let found = try await caller.call("patients.list", ["search": "Born \(date)"])
          #expect(try found.list("items").map { try $0.text("date_of_birth") } == [date])
        }
        // Written back as it was read, by a client that changes something else.
        let updated = try await other.call(
          "patients.update", ["id": id, "date_of_birth": .string(date), "address": "Elsewhere"])
        #expect(try updated.text("date_of_birth") == date)
        #expect(try updated.member("estimated_age").isNull)
      }
      #expect(
        try await clinic.texts("SELECT date_of_birth::text FROM patients ORDER BY id") == dates)
    }
  }

  @Test("rule 2: an age that was estimated stays one, and grows")
  func estimatedAges() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let made = try await desk.call("patients.create", ["name": "Unknown", "estimated_age": 40])
      let id = JSON.int(try made.integer("id"))
      #expect(try made.integer("estimated_age") == 40)
      #expect(try made.member("date_of_birth").isNull, "never shown as exact")
      _ = try await clinic.postgres.query(
        "UPDATE patients SET estimated_on = estimated_on - interval '2 years 1 day'")
      let later = try await desk.call("patients.get", ["id": id])
      #expect(try later.integer("estimated_age") == 42)
      #expect(try later.member("date_of_birth").isNull)

      let known = try await desk.call("patients.update", ["id": id, "date_of_birth": "1983-05-06"])
      #expect(try known.text("date_of_birth") == "1983-05-06")
      #expect(try known.member("estimated_age").isNull, "the date ends the estimate")
      let unknown = try await desk.call("patients.update", ["id": id, "estimated_age": 43])
      #expect(try unknown.member("date_of_birth").isNull, "and the other way round")
      #expect(try unknown.integer("estimated_age") == 43)
      let cleared = try await desk.call("patients.update", ["id": id, "estimated_age": nil])
      #expect(try cleared.member("date_of_birth").isNull)
      #expect(try cleared.member("estimated_age").isNull)
    }
  }

  @Test("rule 2: what is no birth date is refused, and changes nothing")
  func birthDatesRefused() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let made = try await desk.call(
        "patients.create", ["name": "Asha", "date_of_birth": "1990-01-01"])
      let id = JSON.int(try made.integer("id"))
      let future = try await clinic.texts("SELECT (current_date + 2)::text")[0]
      let refusals: [(JSON, String)] = [
        (["date_of_birth": "1990-02-30"], "malformed"),
        (["date_of_birth": "01/02/1990"], "malformed"),
        (["date_of_birth": "1990-01-01T00:00:00Z"], "malformed"),
        (["date_of_birth": 19_900_101], "wrong_type"),
        (["date_of_birth": "1849-12-31"], "out_of_range"),
        (["date_of_birth": .string(future)], "born_in_future"),
        (["date_of_birth": "1990-01-01", "estimated_age": 3], "invalid"),
        (["estimated_age": -1], "out_of_range"), (["estimated_age": 131], "out_of_range"),
        (["estimated_age": .raw("1.5")], "wrong_type"),
      ]
      for (params, reason) in refusals {
        let created = try await desk.refused("patients.create", params.with("name", "Nobody"))
        #expect(created.reason == reason, "\(params)")
        let updated = try await desk.refused("patients.update", params.with("id", id))
        #expect(updated.reason == reason, "\(params)")
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 1)
      let patient = try await desk.call("patients.get", ["id": id])
      #expect(try patient.text("date_of_birth") == "1990-01-01")
      #expect(try patient.integer("version") == 1)
    }
  }

  // MARK: - Duplicates

  @Test("rule 4: near-duplicates come back scored, and nothing merges by itself")
  func duplicates() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      func register(_ params: JSON) async throws -> (id: Int, found: [(id: Int, score: Double)]) {
        let patient = try await desk.call("patients.create", params)
        let found = try patient.list("possible_duplicates").map {
          (try $0.integer("id"), Double($0["score"]?.numberText ?? "") ?? -1)
        }
        return (try patient.integer("id"), found)
      }
      let first = try await register(
        ["name": "José Núñez", "phone": "+44 20 7946 1005", "date_of_birth": "1981-03-04"])
      #expect(first.found.isEmpty)
      let same = try await register(
        ["name": "jose  NUNEZ", "phone": "44-20-7946-1005", "date_of_birth": "1981-03-04"])
      #expect(same.found.map(\.id) == [first.id])
      #expect(same.found.map(\.score) == [1.0])
      let local = try await register(["name": "Jose Nunez", "phone": "020 7946 1005"])
      #expect(local.found.map(\.id) == [first.id, same.id], "written as it is dialled there")
      #expect(local.found.map(\.score) == [0.8, 0.8])
      _ = try await desk.call("patients.delete", ["id": .int(local.id)])
      let stale = try await desk.refused("patients.delete", ["id": .int(local.id), "version": 99])
      #expect(stale.reason == "stale_version", "also of one who is archived")
      let phoneAlone = try await register(["name": "Beatriz Silva", "phone": "+44 (20) 7946 1005"])
      #expect(phoneAlone.found.allSatisfy { $0.score < 0.8 }, "a phone alone is no proof")
      let nameAndDate = try await register(
        ["name": "José Núñez", "phone": "0999 111", "date_of_birth": "1981-03-04"])
      #expect(Set(nameAndDate.found.map(\.id)) == [first.id, same.id])
      #expect(nameAndDate.found.allSatisfy { $0.score >= 0.7 && $0.score < 1 })
      #expect(nameAndDate.found.map(\.score) == nameAndDate.found.map(\.score).sorted(by: >))
      let stranger = try await register(["name": "Olena Tkach", "phone": "0333 222"])
      #expect(stranger.found.isEmpty)

      #expect(try await clinic.number("SELECT count(*) FROM patients") == 6)
      let one = try await desk.call("patients.get", ["id": .int(first.id)])
      #expect(try one.integer("version") == 1, "the one that was found is untouched")
      _ = try await desk.call("patients.delete", ["id": .int(first.id)])
      let again = try await register(
        ["name": "José Núñez", "phone": "+44 20 7946 1005", "date_of_birth": "1981-03-04"])
      #expect(!again.found.map(\.id).contains(first.id), "an archived one is not proposed")
    }
  }

  @Test("rules 4, 50: a kiosk learns of nobody, and what it registers is unverified")
  func kioskLearnsNothing() async throws {
    try await TestClinic.run(1) { clinic in
      let kiosk = try await clinic.connect(.kiosk)
      let desk = try await clinic.connect(.reception)
      let params: JSON = [
        "name": "Asha Iyer", "phone": "0712 345 678", "date_of_birth": "1990-05-01",
      ]
      let known = try await desk.call("patients.create", params)
      #expect(known["verified"]?.bool == true)
      let made = try await kiosk.call("patients.create", params)
      #expect(try made.list("possible_duplicates").isEmpty)
      #expect(made["verified"]?.bool == false)
      let stranger = try await kiosk.refused("queue.walk_in", ["patient_id": known["id"].json])
      let nobody = try await kiosk.refused("queue.walk_in", ["patient_id": 999_999])
      #expect(stranger.reason == "not_your_patient")
      #expect(stranger == nobody, "nobody can tell by the answer whether a person exists")
      _ = try await kiosk.call("queue.walk_in", ["patient_id": made["id"].json])
      let repeated = try await kiosk.refused(
        "queue.walk_in", ["patient_id": made["id"].json, "priority": "EMERGENCY"])
      #expect(repeated.reason == "priority_for_staff")
      // After 15 minutes it is nobody's own any more.
      let later = try await kiosk.call("patients.create", ["name": "Ravi"])
      _ = try await clinic.postgres.query(
        "UPDATE patients SET created_at = created_at - interval '16 minutes'")
      let late = try await kiosk.refused("queue.walk_in", ["patient_id": later["id"].json])
      #expect(late == nobody)
    }
  }

  // MARK: - Archiving

  @Test(
    "rule 5: refused while the patient is in the queue",
    arguments: ["WAITING", "WITH_DOCTOR", "SKIPPED"])
  func refusedInQueue(status: String) async throws {
    try await TestClinic.run { clinic in
      let desk = try await clinic.connect(.reception, on: 0)
      let other = try await clinic.connect(.reception, on: 1)
      let doctor = try await clinic.member(.doctor)
      let patient = JSON.int(try await clinic.patient())
      let token = try await desk.call(
        "queue.walk_in", ["patient_id": patient, "doctor_id": .int(doctor.id)])
      let name = JSON.string(try token.text("token"))
      if status != "WAITING" {
        try await other.call("queue.set_status", ["token": name, "status": .string(status)])
      }
      for caller in [desk, other] {
        let refused = try await caller.refused("patients.delete", ["id": patient])
        #expect(refused.reason == "patient_in_queue")
      }
      if status == "WITH_DOCTOR" {
        try await desk.call("queue.set_status", ["token": name, "status": "COMPLETED"])
      } else {
        try await desk.call("queue.set_status", ["token": name, "status": "CANCELLED"])
      }
      let archived = try await other.call("patients.delete", ["id": patient])
      #expect(try !archived.member("archived_at").isNull)
    }
  }

  @Test(
    "rule 5: an archived patient's rows stay and stay readable; the queue takes no archived one")
  func archives() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let made = try await desk.call(
        "patients.create",
        ["name": "Asha Iyer", "allergies": ["penicillin"], "medical_history": "asthma"])
      let id = JSON.int(try made.integer("id"))
      let token = try await desk.call("queue.walk_in", ["patient_id": id])
      try await desk.call(
        "queue.set_status", ["token": token["token"].json, "status": "CANCELLED"])
      let archived = try await desk.call("patients.delete", ["id": id])
      #expect(try archived.integer("version") == 2)
      let again = try await desk.call("patients.delete", ["id": id])
      #expect(again.rawBytes == archived.rawBytes, "twice is once")

      let read = try await desk.call("patients.get", ["id": id])
      #expect(try read.text("medical_history") == "asthma")
      #expect(try read.list("allergies").map(\.string) == ["penicillin"])
      let tokens = try await desk.call("queue.today").list("tokens")
      #expect(tokens.map { $0["patient_name"]?.string } == ["Asha Iyer"])
      #expect(try await desk.call("patients.list", ["search": "asha"]).list("items").isEmpty)
      let all = try await desk.call("patients.list", ["search": "asha", "include_archived": true])
      #expect(try all.list("items").map { try $0.integer("id") } == [made.integer("id")])

      #expect(
        try await desk.refused("queue.walk_in", ["patient_id": id]).reason == "patient_archived")
      let update = try await desk.refused("patients.update", ["id": id, "name": "Other"])
      #expect(update.reason == "patient_archived")
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 1)
      let undo = try await desk.refused(
        "queue.undo", ["token": token["token"].json, "reason": "came after all"])
      #expect(undo.reason == "patient_archived")
    }
  }

  @Test("rule 5: archiving and checking in at once: one of the two comes first")
  func archiveMeetsCheckIn() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let patients = try await clinic.patients(30)
      let reasons = try await concurrently(60) { index in
        let id = JSON.int(patients[index / 2])
        let desk = desks[(index / 2 + index) % 2]
        return index % 2 == 0
          ? try await desk.outcome("queue.walk_in", ["patient_id": id]).reason
          : try await desk.outcome("patients.delete", ["id": id]).reason
      }
      for index in patients.indices {
        let pair = [reasons[index * 2], reasons[index * 2 + 1]]
        #expect(pair == ["ok", "patient_in_queue"] || pair == ["patient_archived", "ok"])
      }
      let both = try await clinic.number(
        """
        SELECT count(*) FROM patients p JOIN queue_tokens t ON t.patient_id = p.id \
        WHERE archived_at IS NOT NULL
        """)
      #expect(both == 0)
    }
  }

  @Test(
    "rule 5: refused while appointments are booked, which are named; one that is cancelled is no more"
  )
  func refusedWithAppointments() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let slots = try await clinic.slots(of: doctor, 3)
      let patient = try await clinic.patient()
      var booked: [Int] = []
      for slot in slots {
        booked.append(try await clinic.booking(of: slot, by: desk, for: patient))
      }
      try await desk.call("appointments.cancel", ["id": .int(booked[1])])
      let refused = try await desk.refused("patients.delete", ["id": .int(patient)])
      #expect(refused.reason == "appointment_booked" && refused.code == -32004)
      #expect(refused.data["appointment_ids"] == .raw(Array("[\(booked[0]),\(booked[2])]".utf8)))
      for id in [booked[0], booked[2]] {
        try await desk.call("appointments.cancel", ["id": .int(id)])
      }
      try await desk.call("patients.delete", ["id": .int(patient)])
    }
  }

  @Test("rule 5: archiving and booking at once: one of the two comes first")
  func archiveMeetsBooking() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let slots = try await clinic.slots(of: try await clinic.member(.doctor), 20)
      let patients = try await clinic.patients(20)
      let reasons = try await concurrently(40) { index in
        let id = JSON.int(patients[index / 2])
        let desk = desks[(index / 2 + index) % 2]
        return index % 2 == 0
          ? try await desk.outcome(
            "appointments.create", ["patient_id": id, "slot_id": .int(slots[index / 2])]
          ).reason
          : try await desk.outcome("patients.delete", ["id": id]).reason
      }
      for index in patients.indices {
        let pair = [reasons[index * 2], reasons[index * 2 + 1]]
        #expect(pair == ["ok", "appointment_booked"] || pair == ["patient_archived", "ok"])
      }
    }
  }

  @Test("rule 5: archiving and billing at once: one of the two comes first")
  func archiveMeetsInvoice() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let patients = try await clinic.patients(20)
      let reasons = try await concurrently(40) { index in
        let desk = desks[(index / 2 + index) % 2]
        return index % 2 == 0
          ? try await desk.outcome(
            "billing.create", JSON.manual(patients[index / 2], "5")
          ).reason
          : try await desk.outcome("patients.delete", ["id": .int(patients[index / 2])]).reason
      }
      for index in patients.indices {
        let pair = [reasons[index * 2], reasons[index * 2 + 1]]
        #expect(pair == ["ok", "unpaid_invoice"] || pair == ["patient_archived", "ok"])
      }
    }
  }

  @Test("a new name is in the queue with the answer, also of patients who check in meanwhile")
  func newNames() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let patients = try await clinic.patients(30)
      let board = try await desks[1].subscribe()
      _ = try await concurrently(60) { index in
        let id = JSON.int(patients[index / 2])
        let desk = desks[(index / 2 + index) % 2]
        return index % 2 == 0
          ? try await desk.call("queue.walk_in", ["patient_id": id])
          : try await desk.call("patients.update", ["id": id, "name": "Renamed \(index / 2)"])
      }
      let different = try await clinic.number(
        """
        SELECT count(*) FROM patients p JOIN queue_tokens t ON t.patient_id = p.id \
        WHERE t.patient_name <> p.name
        """)
      #expect(different == 0)
      let renamed = try await desks[0].call(
        "patients.update", ["id": .int(patients[0]), "name": "Renamed last"])
      #expect(try renamed.text("name") == "Renamed last")
      let shown = try await desks[0].call("queue.today").list("tokens")
      #expect(shown.contains { $0["patient_name"]?.string == "Renamed last" })
      try await board.reach(try await clinic.number("SELECT version FROM queue_days"))
      let last = try #require(board.messages.last).list("tokens")
      #expect(last.map { $0["patient_name"]?.string } == ["Renamed last"])
    }
  }

  @Test("a new name that the queue cannot take is none")
  func refusedName() async throws {
    try await TestClinic.run(1, ["CLINIC_CALL_SECONDS": "4"]) { clinic in
      let desk = try await clinic.connect(.reception)
      let patient = try await clinic.patient()
      try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      try await clinic.holding("SELECT FROM queue_days FOR UPDATE") {
        let refusal = try await desk.refused(
          "patients.update", ["id": .int(patient), "name": "Renamed"])
        #expect(refusal.reason == "deadline_exceeded")
      }
      let names = try await clinic.texts(
        "SELECT concat_ws(' ', name, patient_name) FROM patients, queue_tokens")
      #expect(names == ["Patient 1 Patient 1"])
    }
  }
}
