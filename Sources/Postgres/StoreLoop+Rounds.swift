import StoreLoop

extension StoreLoop {
  /// Runs `work` here and now on the loop, soon from elsewhere.
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

  /// Waits for a round. The caller has checked that its task is not cancelled.
  func `await`(
    _ round: Round, start: @escaping @Sendable () -> Void, onCancel: @escaping @Sendable () -> Void
  ) async -> Round.Outcome {
    await withTaskCancellationHandler {
      await unsafe withUnsafeContinuation { continuation in
        unsafe round.onDone(resume: continuation)
        run(start)
      }
    } onCancel: {
      execute(onCancel)
    }
  }
}
