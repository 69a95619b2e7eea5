import Synchronization

/// A value that comes once, for the one who waits for it.
final class Promise<Value: Sendable>: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Value, Never>?
    var value: Value?
  }
  private let state = Mutex(State())

  var isKept: Bool { state.withLock { $0.value != nil } }

  /// Waits for the value. One caller may.
  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let value = state.withLock { state in
        if state.value == nil { state.continuation = continuation }
        return state.value
      }
      if let value { continuation.resume(returning: value) }
    }
  }

  /// The first value counts; what comes later is dropped.
  func keep(_ value: Value) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
      guard state.value == nil else { return nil }
      state.value = value
      return state.continuation.take()
    }
    waiting?.resume(returning: value)
  }
}
