import Synchronization

/// Work that waits to be done together. Many tasks add, some take all that is there.
package final class BatchingQueue<Element: Sendable>: Sendable {
  private struct State {
    var waiting: [Element] = []
    var takers: [(id: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var lastID = 0
    var isClosed = false
  }
  private let state = Mutex(State())

  package init() {}

  package var count: Int { state.withLock { $0.waiting.count } }

  /// - Returns: false when nobody will take the element any more.
  package func add(_ element: Element) -> Bool {
    let (taker, taken) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
      if state.isClosed { return (nil, false) }
      state.waiting.append(element)
      return (state.takers.popLast()?.continuation, true)
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
      let id = state.withLock { state in
        state.lastID += 1
        return state.lastID
      }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let ready = state.withLock { state in
            if !state.waiting.isEmpty || state.isClosed || Task.isCancelled { return true }
            state.takers.append((id, continuation))
            return false
          }
          if ready { continuation.resume() }
        }
      } onCancel: {
        wake(id)
      }
    }
    return []
  }

  /// Takes no more elements, and gives back those that still wait.
  package func close() -> [Element] {
    state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  private func wake(_ id: Int) {
    state.withLock { state in
      state.takers.firstIndex { $0.id == id }.map { state.takers.remove(at: $0).continuation }
    }?.resume()
  }
}
