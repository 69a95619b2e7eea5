import JSONRPC

/// The calls of one connection whose tasks run, by slot of its state.
struct RunningCalls {
  private struct Entry {
    let context: CallContext
    let isNotification: Bool
    let metrics: MethodMetrics
    let start: ContinuousClock.Instant
    let task: Task<Void, Never>

    func cancel(_ reason: CancellationReason) {
      if context.noteCancellation(reason) { task.cancel() }
    }
  }
  private var entries: [Entry?] = []

  /// Runs a call in a task of its own; its outcome is posted to `connection`.
  mutating func run(
    _ start: ConnectionState.Start, on session: Session, of connection: UInt64, server: ServerCore,
    worker: EventLoopWorker
  ) {
    worker.counters.tasks.add(1)
    let call = start.call
    let slot = start.slot
    let application = server.application
    let now = ContinuousClock.now
    let context = CallContext(
      sessionID: session.id, number: server.nextCallNumber(),
      deadline: now.advanced(by: start.profile.deadline))
    let task = Task(executorPreference: server.executor) {
      // Under load a call may wait for its turn for longer than its client does.
      let outcome =
        context.cancellation == .disconnected
        ? .failure(.cancelledBeforeStart)
        : await CallContext.$current.withValue(context) {
          await application.handle(call, on: session)
        }
      worker.post(.completed(connection: connection, slot: slot, outcome: outcome))
    }
    while entries.count <= slot { entries.append(nil) }
    entries[slot] = Entry(
      context: context, isNotification: call.id == nil, metrics: server.calls[call.method],
      start: now, task: task)
  }

  /// The task of a call ended.
  ///
  /// - Returns: the number of the call.
  mutating func end(_ slot: Int, with outcome: CallOutcome) -> UInt64? {
    guard let entry = entries[slot] else { return nil }
    entries[slot] = nil
    entry.metrics.note(outcome, after: .now - entry.start)
    return entry.context.number
  }

  func contains(number: UInt64) -> Bool {
    entries.contains { $0?.context.number == number }
  }

  func cancel(_ slot: Int, _ reason: CancellationReason) {
    if slot < entries.count { entries[slot]?.cancel(reason) }
  }

  func cancelAll(_ reason: CancellationReason) {
    for entry in entries { entry?.cancel(reason) }
  }

  /// Cancels the calls that are to be answered: nobody is there any more. Notifications go on.
  func abandon() {
    for case let entry? in entries where !entry.isNotification { entry.cancel(.disconnected) }
  }

  /// Cancels the calls whose time is over.
  ///
  /// - Returns: whether any call runs.
  func cancelOverdue(at now: ContinuousClock.Instant) -> Bool {
    var isAnyRunning = false
    for case let entry? in entries {
      isAnyRunning = true
      if now >= entry.context.deadline { entry.cancel(.deadline) }
    }
    return isAnyRunning
  }
}
