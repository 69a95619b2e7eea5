import Synchronization

/// The days of the queue as this instance last saw them under their lock, so that a batch reads
/// only what others have changed since.
///
/// A batch takes a day out, changes it in place, and brings it back once it is committed. A day
/// that was not brought back is read anew.
final class KnownDays: Sendable {
  private struct Known {
    /// `nil` while a batch has taken the day out.
    var day: QueueDay?
    var version: Int64
    var lockedAt: ContinuousClock.Instant
  }
  private let state = Mutex<[LocalDate: Known]>([:])

  var newest: LocalDate? { state.withLock { $0.keys.max() } }

  /// The version that was brought back last, also while the day is out; 0 for none.
  func version(of date: LocalDate) -> Int64 { state.withLock { $0[date]?.version ?? 0 } }

  func take(_ date: LocalDate) -> QueueDay? {
    state.withLock { $0[date]?.day.take() }
  }

  /// - Parameter lockedAt: when this instance locked the day's row.
  func bringBack(_ day: QueueDay, lockedAt: ContinuousClock.Instant) {
    state.withLock { state in
      guard day.version >= state[day.date]?.version ?? 0 else { return }
      state[day.date] = Known(day: day, version: day.version, lockedAt: lockedAt)
      // Today's and the day's before, so that memory holds no more.
      let oldest = (state.keys.max() ?? day.date).adding(days: -1)
      state = state.filter { $0.key >= oldest }
    }
  }

  func forget(_ date: LocalDate) { state.withLock { $0[date] = nil } }

  /// Forgets the days that were last seen before a connection was opened. A new connection may lead
  /// to another server, a standby or a backup, which lost the last changes and has others by now
  /// under the same versions.
  func forget(before opening: ContinuousClock.Instant) {
    state.withLock { state in
      for (date, known) in state where known.lockedAt < opening { state[date] = nil }
    }
  }
}
