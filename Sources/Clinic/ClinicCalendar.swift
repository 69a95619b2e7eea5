import Postgres
import StoreLoop
import Synchronization

/// What day it is in the clinic.
///
/// PostgreSQL decides, in the clinic's zone: the `TimeZone` of its sessions is the configured one.
/// So all instances agree, whatever their hosts' clocks and zones say.
package final class ClinicCalendar: Sendable {
  private struct Day {
    var date = LocalDate(days: 0)
    /// The day's end by this host's clock.
    var endsAt: Int64 = 0
  }
  private let day = Mutex(Day())
  private let postgres: PostgresClient

  init(postgres: PostgresClient) {
    self.postgres = postgres
  }

  /// The clinic's present date. Right after midnight it may be the old date for a moment;
  /// statements use `current_date`.
  package var today: LocalDate { day.withLock { $0.date } }

  /// Asks PostgreSQL for the date and for how long that still lasts.
  package func refresh() async throws {
    // A frozen session must not hold up the calendar.
    let rows = try await postgres.loop.limited(to: .seconds(4), outlivesCaller: false) {
      try await self.postgres.query(
        """
        SELECT current_date, (extract(epoch FROM day_start(current_date + 1) - now()) \
        * 1000000)::bigint
        """)
    }
    guard let row = rows.first else { return }
    var cells = row.cells
    let date: LocalDate = try cells.next()
    let left: Int64 = try cells.next()
    day.withLock { $0 = Day(date: date, endsAt: WallClock.microseconds() + left) }
  }

  func run() async {
    while !Task.isCancelled {
      try? await refresh()
      // Each minute, and just when the day ends.
      let left = day.withLock { $0.endsAt } - WallClock.microseconds()
      try? await Task.sleep(for: .microseconds(min(max(left + 1000, 50_000), 60_000_000)))
    }
  }
}
