import Glibc
import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Connections that nobody closes and that say nothing.
@Suite struct SilentStoreTests {
  @Test("rule 46: when the session that hears of staff falls silent, another one hears")
  func staff() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let doctor = try await clinic.member(.doctor, room: "Room 1").id
      let desk = try await clinic.connect(.reception)
      let board = try await clinic.connect(.display)
      try await desk.call(
        "queue.walk_in",
        ["patient_id": .int(try await clinic.patient()), "doctor_id": .int(doctor)])
      let listener = try await awaited("it proves that it is there") {
        try await clinic.texts(
          """
          SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
          AND application_name = 'clinicd' AND query = 'SELECT 1 AS staff' \
          ORDER BY query_start DESC LIMIT 1
          """
        ).first.flatMap(pid_t.init)
      }
      try #require(kill(listener, SIGSTOP) == 0)
      defer { kill(listener, SIGCONT) }
      _ = try await clinic.postgres.query("UPDATE users SET room = 'Room 9' WHERE id = \(doctor)")
      try await eventually("another one hears") {
        String(
          decoding: try await board.call("queue.today").rawBytes, as: UTF8.self
        ).contains("Room 9")
      }
    }
  }
}
