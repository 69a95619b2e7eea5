import Postgres

extension Clinic {
  /// The version of a day, from Redis, or from PostgreSQL while Redis is away. What this instance
  /// has committed itself counts even if Redis does not have it yet.
  func currentVersion(of date: LocalDate) async throws -> Int64 {
    if let version = await liveQueue.version(of: date), version > 0 {
      return max(version, queue.committedVersion(of: date))
    }
    let rows = try await postgres.query(
      "SELECT version FROM queue_days WHERE date = \(date)", retry: true)
    return rows.isEmpty ? 0 : try rows.single()
  }
}
