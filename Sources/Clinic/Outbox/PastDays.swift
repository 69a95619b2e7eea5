import Logging
import Postgres

/// Ends days: closes their queues (rule 16), ends the appointments that nobody
/// has ended, and has them summed up.
struct PastDays: Sendable {
  private let postgres: PostgresClient
  private let queue: QueueLane
  private let scheduling: SchedulingRules
  private let log: Logger
  private let attempts: Attempts

  init(
    postgres: PostgresClient, queue: QueueLane, scheduling: SchedulingRules, log: Logger,
    attempts: Attempts
  ) {
    self.postgres = postgres
    self.queue = queue
    self.scheduling = scheduling
    self.log = log
    self.attempts = attempts
  }

  /// Closes the days that are over (rule 16), and their appointments. Somebody may hold a day
  /// for long: nothing else waits for that.
  func run() async throws {
    var attempts = attempts
    while !Task.isCancelled {
      var dates: [LocalDate] = []
      await attempts.run("days that are over cannot be looked for") {
        try await reopenDaysNotOver()
        dates = try await daysThatAreOver()
      }
      for date in dates {
        await attempts.run("the day of the queue \(date) cannot be closed") {
          try await queue.close(date)
          log.info("a day of the queue was closed", metadata: ["queue.date": "\(date)"])
        }
      }
      await attempts.run("appointments of days that are over cannot be ended") {
        _ = try await postgres.query(PastAppointments.end(under: scheduling))
      }
      await attempts.run("a day cannot be summed up") { try await sumUpDays() }
      try await Task.sleep(for: .seconds(5))
    }
  }

  private func daysThatAreOver() async throws -> [LocalDate] {
    try await postgres.query(
      "SELECT date FROM queue_days WHERE closed_at IS NULL AND date < current_date ORDER BY date"
    ).column()
  }

  /// A day that was closed may be today again, or yet to come, when the clock or the zone was set
  /// right. It goes on, whoever was missed at its close may come, and it is summed up again when it
  /// is over.
  private func reopenDaysNotOver() async throws {
    let dates: [LocalDate] = try await postgres.query(
      """
      WITH days AS (UPDATE queue_days SET closed_at = NULL, version = version + 1 \
      WHERE closed_at IS NOT NULL AND date >= current_date RETURNING date), told AS (\
      \(sql: AuditEntry.insertOfDaemon("queue.reopen", resource: "queue", id: "date", of: "days"))) \
      SELECT date FROM days
      """
    ).column()
    for date in dates {
      log.warning(
        "the clock was set back: a day that was closed goes on",
        metadata: ["queue.date": "\(date)"])
    }
    _ = try await postgres.query(PastAppointments.takeBack)
    _ = try await postgres.query(
      """
      UPDATE projections SET position = \(sql: Self.yesterday) \
      WHERE name = 'daily_summaries' AND position > \(sql: Self.yesterday)
      """)
  }

  private static let yesterday = DailySummaryTopic.number(of: "(current_date - 1)")

  /// Has each day summed up once it is over: its queue is closed, and no transaction runs that
  /// began on that day.
  private func sumUpDays() async throws {
    _ = try await postgres.query(
      """
      WITH days AS (INSERT INTO outbox (topic, entity_id) SELECT 'daily_summaries', n \
      FROM projections p, generate_series(p.position + 1, \(sql: Self.yesterday)) n \
      WHERE p.name = 'daily_summaries' \
      AND NOT EXISTS (SELECT FROM queue_days WHERE closed_at IS NULL AND date < current_date) \
      AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
      AND backend_type = 'client backend' AND xact_start < day_start(current_date)) \
      RETURNING entity_id) \
      UPDATE projections SET position = (SELECT max(entity_id) FROM days) \
      WHERE name = 'daily_summaries' AND EXISTS (SELECT FROM days)
      """)
  }
}
