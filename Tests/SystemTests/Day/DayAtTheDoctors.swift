import JSONRPC
import TestSupport
import Testing

/// How doctors call, and what happens in their rooms.
extension DayInTheClinic {
  /// Calls until nobody is to come any more.
  func work(_ doctor: Doctor) async throws {
    while !isOver {
      let before = changes
      switch try await doctor.worker.outcome("queue.call_next") {
      case .ok(let token): try await receive(token, by: doctor)
      case .refused(let error):
        try #require(error.reason == "queue_empty")
        try await eventually(within: .seconds(120), "somebody comes, or the day is over") {
          try Task.checkCancellation()
          return changes != before || isOver
        }
      }
    }
  }

  private func receive(_ token: JSONValue, by doctor: Doctor) async throws {
    let id = try token.integer("patient_id")
    let guest = try #require(self.guest(id), "a token is a guest's")
    let name = token["token"].json
    let (worker, isFirst) = (doctor.worker, meets(id))
    switch guest.patient.firstCall {
    case .skip where isFirst:
      try await worker.call("queue.set_status", ["token": name, "status": "SKIPPED"])
      _ = try await desks.serve { try await $0.call("queue.recall", ["token": name]) }
    case .transfer where isFirst:
      let next = doctors.firstIndex { $0.id == doctor.id }.map { doctors[($0 + 1) % doctors.count] }
      try await worker.call("queue.transfer", ["token": name, "doctor_id": .int(next?.id ?? 0)])
    case .putBack where isFirst:
      try await worker.call("queue.set_status", ["token": name, "status": "WAITING"])
    default:
      guest.isSeen.yield(try await consult(guest.patient, name, at: worker))
      guest.isSeen.finish()
      return settle()
    }
    changed()
  }

  private func consult(
    _ patient: DayPatient, _ token: JSON, at doctor: DayWorker
  ) async throws -> Seen {
    let visit = try await doctor.call("visits.create", ["token": token])
    let id = visit["id"].json
    try await doctor.refused("visits.create", ["token": token], as: "visit_exists")
    try await doctor.call(
      "visits.update",
      [
        "id": id, "version": visit["version"].json, "chief_complaint": "A cough",
        "vitals": ["blood_pressure": "120/80", "pulse": .int(60 + patient.number % 40)],
      ])
    for category in ["SYMPTOM", "OBSERVATION"] {
      try await doctor.call(
        "visits.add_note",
        ["visit_id": id, "category": .string(category), "text": "note \(patient.number)"])
    }
    let prescription =
      patient.hasPrescription ? try await prescribe(to: patient, at: id, by: doctor) : nil
    let done = try await doctor.call(
      "visits.complete",
      ["id": id, "diagnosis": "Bronchitis", "diagnosis_codes": ["J20.9"], "treatment_plan": "Rest"])
    #expect(try done.text("status") == "COMPLETED")
    if patient.isCalledBack {
      try await doctor.call(
        "visits.add_note", ["visit_id": id, "category": "TREATMENT", "text": "late"])
      try await doctor.call("queue.undo", ["token": token, "reason": "called back in"])
      try await doctor.call("queue.set_status", ["token": token, "status": "COMPLETED"])
    }
    return Seen(
      patient: try visit.integer("patient_id"), visit: try visit.integer("id"),
      prescription: prescription)
  }

  /// - Returns: nil when it was taken back at once.
  private func prescribe(
    to patient: DayPatient, at visit: JSON, by doctor: DayWorker
  ) async throws -> Int? {
    let items = patient.medicines.map { index, quantity -> JSON in
      [
        "medicine_id": .int(medicines[index]), "dosage": "1 tablet",
        "frequency": "twice a day", "duration_days": 3, "quantity": .int(quantity),
      ]
    }
    var params: JSON = ["visit_id": visit, "items": .array(items)]
    if patient.isAllergic {
      try await doctor.refused("prescriptions.create", params, as: "allergy_match")
      params = params.with("override_reason", "nothing else helps")
    }
    let prescription = try await doctor.call("prescriptions.create", params)
    guard patient.losesPrescription else { return try prescription.integer("id") }
    try await doctor.call(
      "prescriptions.cancel", ["id": prescription["id"].json, "reason": "a mistake"])
    return nil
  }
}
