import JSONRPC

/// A call whose task runs.
struct RunningCall {
  let context: CallContext
  let task: Task<Void, Never>

  func cancel(_ reason: CancellationReason) {
    if context.noteCancellation(reason) { task.cancel() }
  }
}
