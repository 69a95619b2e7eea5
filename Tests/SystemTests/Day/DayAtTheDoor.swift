import JSONRPC
import Postgres
import Testing

/// How patients are registered, booked, and get their tokens.
extension DayInTheClinic {
  struct Arrival: Sendable {
    let token: JSON
    let seen: AsyncStream<Seen>
  }

  /// - Returns: nil when the patient does not come in the end.
  func arrive(_ patient: DayPatient) async throws -> Arrival? {
    let arrival =
      switch patient.way {
      case .bookedForDesk, .bookedForKiosk: try await keepAppointment(patient)
      case .walksToDesk: try await desks.serve { try await self.walkIn(patient, at: $0) }
      case .walksToKiosk:
        try await kiosk(of: patient).serve { try await self.walkIn(patient, at: $0) }
      }
    changed()
    if patient.getsUrgent, let arrival {
      let outcome = try await desks.serve {
        try await $0.outcome("queue.set_priority", ["token": arrival.token, "priority": "URGENT"])
      }
      #expect(["ok", "invalid_transition"].contains(outcome.reason))
    }
    return arrival
  }

  private func kiosk(of patient: DayPatient) -> DayCrew {
    kiosks[patient.place % kiosks.count]
  }

  private func register(_ patient: DayPatient, at worker: DayWorker) async throws -> Int {
    try await worker.call(
      "patients.create",
      [
        "name": .string(patient.name), "phone": .string(patient.phone),
        "date_of_birth": .string(patient.birthDate),
        "allergies": patient.isAllergic ? ["Penicillin"] : [],
        "idempotency_key": "patient \(patient.number)",
      ]
    ).integer("id")
  }

  private func walkIn(_ patient: DayPatient, at worker: DayWorker) async throws -> Arrival {
    let id = try await register(patient, at: worker)
    let seen = expect(patient, id)
    var params: JSON = ["patient_id": .int(id)]
    if patient.way == .walksToDesk {
      params = params.with("priority", .string(patient.priority))
    }
    if patient.asksForDoctor {
      params = params.with("doctor_id", .int(doctors[patient.place % doctors.count].id))
    }
    let token = try await worker.call("queue.walk_in", params)
    return Arrival(token: token["token"].json, seen: seen)
  }

  // MARK: - Appointments

  private func keepAppointment(_ patient: DayPatient) async throws -> Arrival? {
    let (id, appointment) = try await desks.serve { try await self.book(patient, at: $0) }
    if patient.cancels {
      try await desks.serve {
        try await $0.call(
          "appointments.cancel", ["id": appointment, "reason": "cannot come", "version": 1])
        try await $0.refused(
          "queue.check_in", ["appointment_id": appointment], as: "invalid_transition")
      }
      return nil
    }
    if patient.staysAway {
      try await noteAbsence(from: appointment)
      return nil
    }
    let seen = expect(patient, id)
    let token: JSONValue
    if patient.way == .bookedForDesk {
      token = try await desks.serve {
        try await $0.call("queue.check_in", ["appointment_id": appointment])
      }
    } else {
      token = try await kiosk(of: patient).serve { kiosk in
        let visitor = try await kiosk.call(
          "kiosk.identify",
          ["phone": .string(patient.phone), "date_of_birth": .string(patient.birthDate)])
        #expect(try visitor.list("appointments").count == 1)
        return try await kiosk.call("queue.check_in", ["visitor": visitor["visitor"].json])
      }
    }
    return Arrival(token: token["token"].json, seen: seen)
  }

  /// - Returns: the patient's and the appointment's ids.
  private func book(_ patient: DayPatient, at desk: DayWorker) async throws -> (Int, JSON) {
    let id = try await register(patient, at: desk)
    let number = 2 * patient.place + patient.way.rawValue
    let doctor = doctors[number % doctors.count]
    let place = number / doctors.count
    let appointment = try await desk.call(
      "appointments.create",
      ["patient_id": .int(id), "slot_id": .int(doctor.slots[place]), "reason": "a cough"])
    if patient.movesTheBooking {
      try await desk.call(
        "appointments.update",
        [
          "id": appointment["id"].json,
          "slot_id": .int(doctor.slots[doctor.slots.count / 2 + place]),
        ])
    }
    return (id, appointment["id"].json)
  }

  /// Nobody is a no-show before the time; then it passes, and the desk says so.
  private func noteAbsence(from appointment: JSON) async throws {
    try await desks.serve { desk in
      try await desk.refused("appointments.mark_no_show", ["id": appointment], as: "too_early")
    }
    guard case .raw(let text) = appointment, let id = Int(text) else { return }
    _ = try await clinic.postgres.query(
      """
      WITH s AS (UPDATE slots SET start_time = start_time - '15:00'::interval, \
      end_time = end_time - '15:00'::interval \
      WHERE id = (SELECT slot_id FROM appointments WHERE id = \(id)) RETURNING *) \
      UPDATE appointments a SET start_time = s.start_time, end_time = s.end_time FROM s \
      WHERE a.id = \(id)
      """)
    try await desks.serve { desk in
      try await desk.call("appointments.mark_no_show", ["id": appointment])
      try await desk.refused(
        "queue.check_in", ["appointment_id": appointment], as: "invalid_transition")
    }
  }
}
