import Glibc
import Postgres
import Testing

@testable import Clinic

/// Connections that nobody closes and that say nothing.
@Suite struct SilentStoreTests {
  @Test("rule 46: when the session that hears of staff falls silent, another one hears")
  func staff() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let board = try await clinic.connect(.display).subscribe()
      let patient = JSON.int(try await clinic.patient())
      // It proves each half second that it is there.
      let listener = try await clinic.number(
        """
        SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name = 'clinicd' AND query = 'SELECT 1' ORDER BY query_start DESC LIMIT 1
        """)
      try #require(kill(pid_t(listener), SIGSTOP) == 0)
      defer { kill(pid_t(listener), SIGCONT) }
      let desk = try await clinic.connect(.reception)
      try await eventually("another one hears") {
        try await desk.outcome("queue.walk_in", ["patient_id": patient]).reason
          == "already_in_queue"
      }
      try await board.reach(1)
    }
  }
}
