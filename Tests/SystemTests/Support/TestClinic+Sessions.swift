import Postgres

extension TestClinic {
  /// Runs `body` while a session of the test's own has run a statement and not committed.
  func holding(
    _ statement: SQL, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await postgres.withTransaction { transaction in
      _ = try await transaction.query(statement)
      try await body()
    }
  }

  /// Sessions of daemons that wait for a lock.
  func waitingSessions() async throws -> Int {
    try await number(
      """
      SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
      AND application_name = 'clinicd' AND wait_event_type = 'Lock' AND wait_event <> 'advisory'
      """)
  }
}
