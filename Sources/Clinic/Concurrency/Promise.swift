import Synchronization

/// A value that is given once, to the one task that waits for it.
final class Promise<Value: Sendable>: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Value, Never>?
    var value: Value?
  }
  private let state = Mutex(State())

  var isFulfilled: Bool { state.withLock { $0.value != nil } }

  /// Waits for the value. Only one caller may.
  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value = state.withLock { state in
        if state.value == nil { state.continuation = continuation }
        return state.value
      }
      if let value { continuation.resume(returning: value) }
    }
  }

  /// Gives the value. The first one counts; later ones are dropped.
  func fulfil(_ value: Value) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
      guard state.value == nil else { return nil }
      state.value = value
      return state.continuation.take()
    }
    waiting?.resume(returning: value)
  }
}
