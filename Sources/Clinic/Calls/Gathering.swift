import Synchronization

/// Work that waits to be done together: many tasks add, one takes all that is there.
package final class Gathering<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var taker: CheckedContinuation<Void, Never>?
    var isClosed = false
  }
  private let state = Mutex(State())

  package init() {}

  package var count: Int { state.withLock { $0.waiting.count } }

  /// False when nobody will take it any more.
  package func add(_ element: Element) -> Bool {
    let (taker, taken) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
      if state.isClosed { return (nil, false) }
      state.waiting.append(element)
      defer { state.taker = nil }
      return (state.taker, true)
    }
    taker?.resume()
    return taken
  }

  /// Waits until there is something and takes up to `limit`, the oldest first. Empty once the
  /// taker's task is cancelled.
  package func take(_ limit: Int) async -> [Element] {
    while !Task.isCancelled {
      let batch = state.withLock { state -> [Element] in
        let batch = Array(state.waiting.prefix(limit))
        state.waiting.removeFirst(batch.count)
        return batch
      }
      if !batch.isEmpty { return batch }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let ready = state.withLock { state in
            if !state.waiting.isEmpty || state.isClosed || Task.isCancelled { return true }
            state.taker = continuation
            return false
          }
          if ready { continuation.resume() }
        }
      } onCancel: {
        wake()
      }
    }
    return []
  }

  /// Takes no more, and gives back what still waits.
  package func close() -> [Element] {
    state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  private func wake() {
    state.withLock { state in
      defer { state.taker = nil }
      return state.taker
    }?.resume()
  }
}
