import Threads

/// The calls that wait for a thread, first come first served, and those that run on one.
///
/// The threads hold this object and not the client: they end when the client is gone.
final class CallQueue: Sendable {
  private struct State {
    var waiting: [any PendingCall] = []
    var running: [ObjectIdentifier: any PendingCall] = [:]
    var isClosed = false
  }

  private enum Next {
    case call(any PendingCall)
    case end
  }

  private let state = Monitor(State())

  /// Adds a call; once the queue is closed it is answered at once.
  func add(_ call: any PendingCall) {
    let isClosed = state.withLock { state in
      if !state.isClosed { state.waiting.append(call) }
      return state.isClosed
    }
    if isClosed {
      call.fail(.unavailable)
    } else {
      state.wakeOne()
    }
  }

  /// For a thread: sleeps until there is a call; nil when the thread is to end.
  func next() -> (any PendingCall)? {
    let next: Next = state.wait { state in
      if !state.waiting.isEmpty {
        let call = state.waiting.removeFirst()
        state.running[ObjectIdentifier(call)] = call
        return .call(call)
      }
      return state.isClosed ? .end : nil
    }
    if case .call(let call) = next { return call }
    return nil
  }

  func finished(_ call: any PendingCall) {
    state.withLock { $0.running[ObjectIdentifier(call)] = nil }
  }

  /// Fails everybody: those who wait, and those whose call a thread is still busy with.
  func failAll(_ kind: MongoError.Kind) {
    let calls = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting + state.running.values
    }
    for call in calls { call.fail(kind) }
  }

  /// Fails everybody and lets the threads end.
  func close() {
    state.withLock { $0.isClosed = true }
    failAll(.unavailable)
    state.wakeAll()
  }
}
