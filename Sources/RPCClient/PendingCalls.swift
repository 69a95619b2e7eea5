import JSONRPC

/// The calls of a connection that wait for their answer, and when each is given up.
///
/// Pure bookkeeping: time comes in as numbers, continuations go out to be resumed by the owner.
struct PendingCalls<Continuation> {
  private struct Call {
    let continuation: Continuation
    let deadline: ContinuousClock.Instant?
  }

  private var calls: [Int: Call] = [:]

  var isEmpty: Bool { calls.isEmpty }
  var count: Int { calls.count }

  mutating func add(
    _ id: Int, deadline: ContinuousClock.Instant?, _ continuation: Continuation
  ) {
    calls[id] = Call(continuation: continuation, deadline: deadline)
  }

  /// The call that this answers; nil when it was given up, or never made.
  mutating func take(_ id: Int) -> Continuation? {
    calls.removeValue(forKey: id)?.continuation
  }

  mutating func take(_ id: RequestID) -> Continuation? {
    guard let number = Int(id.description) else { return nil }
    return take(number)
  }

  mutating func takeAll() -> [Continuation] {
    defer { calls.removeAll() }
    return calls.values.map(\.continuation)
  }

  /// The calls whose time is over.
  mutating func takeExpired(at now: ContinuousClock.Instant) -> [(id: Int, Continuation)] {
    let expired = calls.filter { $0.value.deadline.map { $0 <= now } ?? false }
    for id in expired.keys { calls[id] = nil }
    return expired.map { ($0.key, $0.value.continuation) }
  }

  /// When the next call's time is over.
  var nextDeadline: ContinuousClock.Instant? {
    calls.values.lazy.compactMap(\.deadline).min()
  }
}
