package import Logging
package import Postgres
import Synchronization

/// What PostgreSQL refuses although it answers: for want of resources (53), by a setting (25), by
/// its system (58).
package final class PostgresRefusalLog: Sendable {
  private let log: Logger
  private let notices = Mutex(OutageNotices())
  private let calls = Atomic(0)

  package init(log: Logger) {
    self.log = log
  }

  /// How many calls were refused for that, since the start.
  package var count: Int { calls.load(ordering: .relaxed) }

  /// Counts the calls that an error refuses, and logs it, each kind once a minute. Other errors are
  /// not for here.
  package func tell(_ error: PostgresError, of calls: Int = 1) {
    guard error.kind == .server, let state = error.sqlState,
      ["25", "53", "58"].contains(state.prefix(2))
    else { return }
    self.calls.add(calls, ordering: .relaxed)
    guard notices.withLock({ $0.isNews(state) }) else { return }
    log.error("PostgreSQL refuses what it is told", metadata: ["error": "\(error)"])
  }
}
