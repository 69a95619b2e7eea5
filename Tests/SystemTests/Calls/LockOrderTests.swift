import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// The day of the queue is locked before other rows, and a patient before what is the patient's.
/// Whoever takes one of them first meets those who hold the other in a deadlock: the whole queue,
/// or a merge, waits until PostgreSQL finds it.
@Suite struct LockOrderTests {
  @Test("a new name waits for the day of the queue before it locks the patient")
  func rename() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let patient = try await clinic.patient()
      try await admin.call("queue.walk_in", ["patient_id": .int(patient)])
      try await holding(Self.day, of: clinic, free: ("patients", patient)) {
        try await admin.call("patients.update", ["id": .int(patient), "name": "Asha Rao"])
      }
    }
  }

  @Test("completing waits for the day of the queue before it locks the visit")
  func complete() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let visit = try await doctor.caller.call(
        "visits.create", ["token": try await clinic.token(for: doctor)]
      ).integer("id")
      try await holding(Self.day, of: clinic, free: ("visits", visit)) {
        try await doctor.caller.call("visits.complete", ["id": .int(visit)])
      }
    }
  }

  @Test("a doctor's calls wait for the patient before they lock what is the patient's")
  func doctor() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = try await clinic.patient()
      let medicine = try await clinic.medicine()
      let appointment = try await clinic.appointment(with: doctor, of: patient)
      let held = Self.patient(patient)
      // As a move of the appointment holds the patient.
      try await holding(
        "SELECT FROM patients WHERE id = \(patient) FOR NO KEY UPDATE", of: clinic,
        free: ("appointments", appointment)
      ) {
        try await doctor.caller.call("visits.create", ["appointment_id": .int(appointment)])
      }
      let visit = try await clinic.number("SELECT id FROM visits")
      try await holding(held, of: clinic, free: ("visits", visit)) {
        try await doctor.caller.call(
          "prescriptions.create",
          [
            "visit_id": .int(visit),
            "items": [
              ["medicine_id": .int(medicine), "dosage": "1", "frequency": "daily", "quantity": 1]
            ],
          ])
      }
      let prescription = try await clinic.number("SELECT id FROM prescriptions")
      try await holding(held, of: clinic, free: ("prescriptions", prescription)) {
        try await doctor.caller.call(
          "prescriptions.cancel", ["id": .int(prescription), "reason": "a mistake"])
      }
      try await holding(held, of: clinic, free: ("visits", visit)) {
        try await doctor.caller.call("visits.complete", ["id": .int(visit)])
      }
    }
  }

  @Test("billing and dispensing wait for the patient before they lock the prescription")
  func pharmacy() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      _ = try await clinic.batch(of: medicine, 10)
      let prescribed = try await clinic.prescription([(medicine, 1)], invoice: nil)
      let held = Self.patient(prescribed.patient)
      let prescription = ("prescriptions", prescribed.id)
      try await holding(held, of: clinic, free: prescription) {
        try await pharmacist.call(
          "billing.create", prescribed.params.with("mode", "AUTO").with("status", "DRAFT"))
      }
      let invoice = try await clinic.number("SELECT id FROM invoices")
      try await holding(held, of: clinic, free: prescription) {
        try await pharmacist.call("billing.issue", ["id": .int(invoice)])
      }
      try await pharmacist.call(
        "billing.pay", ["id": .int(invoice), "payment_method": "CASH", "amount": "2.50"])
      try await holding(held, of: clinic, free: prescription) {
        try await pharmacist.call("dispensing.create", prescribed.params)
      }
    }
  }

  private static let day: SQL = "SELECT FROM queue_days FOR NO KEY UPDATE"

  private static func patient(_ id: Int) -> SQL {
    "SELECT FROM patients WHERE id = \(id) FOR UPDATE"
  }

  /// Holds a lock while a call waits for it, and then takes the row that must be free still.
  private func holding(
    _ lock: SQL, of clinic: TestClinic, free row: (table: String, id: Int),
    while call: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup { group in
      try await clinic.postgres.withTransaction { transaction in
        _ = try await transaction.query(lock)
        group.addTask(operation: call)
        try await eventually("it waits for the lock") {
          try await clinic.number(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND wait_event_type = 'Lock'
            """) > 0
        }
        _ = try await transaction.query(
          "SELECT FROM \(raw: row.table) WHERE id = \(row.id) FOR UPDATE NOWAIT")
      }
      try await group.waitForAll()
    }
  }
}
