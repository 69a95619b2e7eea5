import Synchronization

/// The days of the queue as this instance last saw them under their lock, so that a batch reads
/// only what others have changed since.
///
/// A batch takes a day out, changes it in place, and brings it back once that is committed. A day
/// that did not come back is read anew.
final class KnownDays: Sendable {
  private struct State {
    var days: [LocalDate: QueueDay] = [:]
    var versions: [LocalDate: Int64] = [:]
  }
  private let state = Mutex(State())

  var newest: LocalDate? { state.withLock { $0.versions.keys.max() } }

  /// The version that was brought back last, also while the day is out; 0 for none.
  func version(of date: LocalDate) -> Int64 { state.withLock { $0.versions[date] ?? 0 } }

  func take(_ date: LocalDate) -> QueueDay? {
    state.withLock { $0.days.removeValue(forKey: date) }
  }

  func bringBack(_ day: QueueDay) {
    state.withLock { state in
      guard day.version >= state.versions[day.date] ?? 0 else { return }
      state.days[day.date] = day
      state.versions[day.date] = day.version
      // Today's and the day's before, so that memory holds no more.
      let oldest = (state.versions.keys.max() ?? day.date).adding(days: -1)
      state.days = state.days.filter { $0.key >= oldest }
      state.versions = state.versions.filter { $0.key >= oldest }
    }
  }

  func forget() { state.withLock { $0 = State() } }
}
