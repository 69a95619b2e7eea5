import Synchronization

/// A question to a store that many callers ask at once. Who asks while one is under way shares the
/// next answer with all others who wait: it is never older than the question.
final class SharedTrip<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
  private enum Turn {
    case answered(Answer)
    /// The trip before is over; this caller goes for all who wait.
    case goes
  }
  /// Who waits for the trip after the one that is under way.
  private let waiting = Mutex<[Key: [CheckedContinuation<Turn, Never>]]>([:])

  func answer(to key: Key, _ trip: () async -> Answer) async -> Answer {
    var others: [CheckedContinuation<Turn, Never>] = []
    if !begins(key) {
      let turn = await withCheckedContinuation { wait(for: key, $0) }
      if case .answered(let answer) = turn { return answer }
      others = waiting.withLock { waiting in
        defer { waiting[key] = [] }
        return waiting[key] ?? []
      }
    }
    let answer = await trip()
    for other in others { other.resume(returning: .answered(answer)) }
    next(key)
    return answer
  }

  /// Whether nobody is under way, so that the caller goes at once.
  private func begins(_ key: Key) -> Bool {
    waiting.withLock { waiting in
      guard waiting[key] == nil else { return false }
      waiting[key] = []
      return true
    }
  }

  private func wait(for key: Key, _ continuation: CheckedContinuation<Turn, Never>) {
    let goes = waiting.withLock { waiting in
      // The trip may have ended meanwhile.
      let goes = waiting[key] == nil
      waiting[key, default: []] += goes ? [] : [continuation]
      return goes
    }
    if goes { continuation.resume(returning: .goes) }
  }

  /// Sends one of those who wait, or ends.
  private func next(_ key: Key) {
    let first = waiting.withLock { waiting -> CheckedContinuation<Turn, Never>? in
      guard let first = waiting[key]?.popLast() else {
        waiting[key] = nil
        return nil
      }
      return first
    }
    first?.resume(returning: .goes)
  }
}
