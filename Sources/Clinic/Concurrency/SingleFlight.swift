import Synchronization

/// Work that is done once for all callers who ask for the same thing at the same time.
///
/// One of the callers does it and the others wait for the result. When that caller is cancelled,
/// the next one does it instead; a caller that is cancelled while waiting leaves.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private enum Turn: Sendable {
    case own
    case shared(Result<Value, any Error>)
  }
  private typealias Waiter = (id: Int, continuation: CheckedContinuation<Turn, Never>)
  private struct State {
    /// The callers that wait for the work under way.
    var waiting: [Key: [Waiter]] = [:]
    var lastID = 0
  }
  private let state = Mutex(State())

  package init() {}

  /// How many wait for somebody else's work.
  package var waiting: Int { state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

  /// Does `work`, or waits for the caller that does it.
  ///
  /// - Returns: the result, and whether this caller did the work.
  /// - Throws: what `work` throws, for all callers; `CancellationError` for a caller that is
  ///   cancelled.
  package func run(
    _ key: Key, _ work: () async throws -> Value
  ) async throws -> (value: Value, isOwn: Bool) {
    switch await turn(key) {
    case .shared(let result): return (try result.get(), false)
    case .own: break
    }
    do {
      try Task.checkCancellation()
      let value = try await work()
      tellAll(key, .success(value))
      return (value, true)
    } catch {
      if Task.isCancelled { handOn(key) } else { tellAll(key, .failure(error)) }
      throw error
    }
  }

  private func turn(_ key: Key) async -> Turn {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let turn = state.withLock { state -> Turn? in
          if Task.isCancelled { return .shared(.failure(CancellationError())) }
          if state.waiting[key] == nil {
            state.waiting[key] = []
            return .own
          }
          state.waiting[key]?.append((id, continuation))
          return nil
        }
        if let turn { continuation.resume(returning: turn) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> Waiter? in
        guard let index = state.waiting[key]?.firstIndex(where: { $0.id == id }) else { return nil }
        return state.waiting[key]?.remove(at: index)
      }
      waiter?.continuation.resume(returning: .shared(.failure(CancellationError())))
    }
  }

  private func tellAll(_ key: Key, _ result: Result<Value, any Error>) {
    for waiter in state.withLock({ $0.waiting.removeValue(forKey: key) }) ?? [] {
      waiter.continuation.resume(returning: .shared(result))
    }
  }

  private func handOn(_ key: Key) {
    let next = state.withLock { state -> Waiter? in
      if state.waiting[key]?.isEmpty == false { return state.waiting[key]?.removeFirst() }
      state.waiting[key] = nil
      return nil
    }
    next?.continuation.resume(returning: .own)
  }
}
