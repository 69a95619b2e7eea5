/// The queue is full: as many jobs wait as may.
public struct WorkersBusy: Error {}

/// A few threads that take jobs from one bounded queue: for C libraries that compute for long. They
/// end when the last reference to this is dropped.
public final class WorkerThreads: Sendable {
  let queue: JobQueue

  /// - Parameters:
  ///   - name: what top, ps and gdb show for each thread.
  ///   - queueLimit: how many more jobs may wait for a thread.
  ///   - strangersLimit: how many more jobs of those who are no insiders may wait; nil for as many
  ///     as `queueLimit`.
  public init(name: String, count: Int, queueLimit: Int, strangersLimit: Int? = nil) {
    queue = JobQueue(
      threads: count,
      waiting: WaitingJobs(insiders: queueLimit, others: strangersLimit ?? queueLimit))
    for _ in 0..<count { queue.startThread(named: name) }
  }

  deinit { queue.close() }

  /// Whether a job of `source` would find a place now.
  public func hasRoom(for source: JobSource) -> Bool { queue.hasRoom(for: source) }

  /// Runs `work` on one of the threads. A caller who is cancelled while it waits leaves the queue.
  ///
  /// - Parameter source: on whose behalf. Sources take turns.
  /// - Throws: ``WorkersBusy``, and what `work` throws.
  public func run<Value: Sendable>(
    for source: JobSource = .anybody, _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    let ticket = queue.takeTicket()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Value, any Error>) in
        let job = JobQueue.Job(ticket: ticket, source: source) { refusal in
          if let refusal {
            continuation.resume(throwing: refusal)
          } else {
            continuation.resume(with: Result { try work() })
          }
        }
        queue.add(job)
      }
    } onCancel: {
      queue.cancel(ticket)
    }
  }
}
