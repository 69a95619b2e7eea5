import Synchronization

/// Hands each notification to everyone who listens.
final class NotificationBroadcaster: Sendable {
  private struct State {
    var listeners: [Int: AsyncStream<RPCNotification>.Continuation] = [:]
    var lastNumber = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  func stream(
    buffering: AsyncStream<RPCNotification>.Continuation.BufferingPolicy
  ) -> AsyncStream<RPCNotification> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: RPCNotification.self, bufferingPolicy: buffering)
    let number: Int? = state.withLock { state in
      guard !state.isFinished else { return nil }
      state.lastNumber += 1
      state.listeners[state.lastNumber] = continuation
      return state.lastNumber
    }
    if let number {
      continuation.onTermination = { [weak self] _ in self?.remove(number) }
    } else {
      continuation.finish()
    }
    return stream
  }

  func send(_ notification: RPCNotification) {
    let listeners = state.withLock { Array($0.listeners.values) }
    for listener in listeners { listener.yield(notification) }
  }

  func finish() {
    let listeners = state.withLock { state in
      state.isFinished = true
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }

  private func remove(_ number: Int) {
    state.withLock { $0.listeners[number] = nil }
  }
}
