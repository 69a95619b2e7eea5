import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// The day of the queue is locked before other rows. Whoever takes one of them first meets those who
/// hold the day in a deadlock, and the whole queue waits until PostgreSQL finds it.
@Suite struct LockOrderTests {
  @Test("a new name waits for the day of the queue before it locks the patient")
  func rename() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let patient = try await clinic.patient()
      try await admin.call("queue.walk_in", ["patient_id": .int(patient)])
      try await holdingTheDay(of: clinic) {
        try await admin.call("patients.update", ["id": .int(patient), "name": "Asha Rao"])
      } free: {
        "SELECT FROM patients WHERE id = \(patient) FOR UPDATE NOWAIT"
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
      try await holdingTheDay(of: clinic) {
        try await doctor.caller.call("visits.complete", ["id": .int(visit)])
      } free: {
        "SELECT FROM visits WHERE id = \(visit) FOR UPDATE NOWAIT"
      }
    }
  }

  /// Holds today's queue while a call waits for it, and then takes the row that must be free still.
  private func holdingTheDay(
    of clinic: TestClinic, call: @escaping @Sendable () async throws -> Void, free row: () -> SQL
  ) async throws {
    try await withThrowingTaskGroup { group in
      try await clinic.postgres.withTransaction { transaction in
        _ = try await transaction.query("SELECT FROM queue_days FOR NO KEY UPDATE")
        group.addTask(operation: call)
        try await eventually("it waits for the day") {
          try await clinic.number(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND wait_event_type = 'Lock'
            """) > 0
        }
        _ = try await transaction.query(row())
      }
      try await group.waitForAll()
    }
  }
}
