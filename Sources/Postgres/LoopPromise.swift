import StoreLoop

/// An answer that a task waits for. Used on the loop only, except for waiting.
@safe final class LoopPromise<Success: Sendable>: @unchecked Sendable {
  typealias Outcome = Result<Success, PostgresError>

  private var continuation: UnsafeContinuation<Outcome, Never>?
  private var hasStarted = false
  private var isCancelled = false

  /// - Returns: whether somebody still waited for it.
  @discardableResult
  func fulfil(_ outcome: Outcome) -> Bool {
    guard let continuation = unsafe continuation else { return false }
    unsafe self.continuation = nil
    unsafe continuation.resume(returning: outcome)
    return true
  }

  fileprivate func start(
    _ work: () -> Void, resuming continuation: UnsafeContinuation<Outcome, Never>
  ) {
    hasStarted = true
    unsafe self.continuation = unsafe continuation
    if isCancelled {
      fulfil(.failure(.cancelled))
    } else {
      work()
    }
  }

  fileprivate func cancel(_ work: () -> Void) {
    if hasStarted {
      work()
    } else {
      isCancelled = true
    }
  }
}

extension StoreLoop {
  /// Runs `work` at once when called on the loop, otherwise soon.
  func run(_ work: @escaping @Sendable () -> Void) {
    if isOnLoop { work() } else { execute(work) }
  }

  /// Runs `work` on the loop and waits for it.
  func hop<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    if isOnLoop { return work() }
    return await unsafe withUnsafeContinuation { continuation in
      execute { unsafe continuation.resume(returning: work()) }
    }
  }

  /// Waits for a promise that `start` makes somebody fulfil, even if the task is cancelled.
  func await<Success>(
    _ promise: LoopPromise<Success>, start: @escaping @Sendable () -> Void
  ) async throws(PostgresError) -> Success {
    try await unsafe withUnsafeContinuation { continuation in
      run { unsafe promise.start(start, resuming: continuation) }
    }.get()
  }

  /// Waits for a promise that `start` makes somebody fulfil. When the task is cancelled,
  /// `onCancel` makes sure that it is fulfilled soon. In a task that is cancelled already, `start`
  /// is not called.
  func await<Success>(
    _ promise: LoopPromise<Success>, start: @escaping @Sendable () -> Void,
    onCancel: @escaping @Sendable () -> Void
  ) async throws(PostgresError) -> Success {
    guard !Task.isCancelled else { throw .cancelled }
    let outcome = await withTaskCancellationHandler {
      await unsafe withUnsafeContinuation { continuation in
        run { unsafe promise.start(start, resuming: continuation) }
      }
    } onCancel: {
      execute { promise.cancel(onCancel) }
    }
    return try outcome.get()
  }
}
