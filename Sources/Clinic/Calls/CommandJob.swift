import JSONRPC
import Postgres
import Synchronization

/// A command on its way through the lane.
final class CommandJob: Sendable {
  let work: CommandWork
  private let promise = Promise<Result<[UInt8], any Error>>()

  private struct State {
    /// Cancels the work that runs for the job.
    var cancel: (@Sendable () -> Void)?
    var hasBegun = false
    var isCancelled = false
    var retries = 0
  }
  private let state = Mutex(State())

  init(_ work: CommandWork) {
    self.work = work
  }

  /// Waits until the job is finished.
  func outcome() async -> Result<[UInt8], any Error> { await promise.value() }

  /// Puts the job back to wait for another turn.
  func setAside() {
    let isCancelled = state.withLock { state in
      state.hasBegun = false
      return state.isCancelled
    }
    if isCancelled { finish(.failure(CancellationError())) }
  }

  /// False for a job that was cancelled while it waited.
  func begin() -> Bool {
    state.withLock { state in
      state.hasBegun = true
      return !state.isCancelled
    }
  }

  func perform(in transaction: Transaction) async -> Result<[UInt8], any Error> {
    let task = Task(executorPreference: transaction.loop) {
      try await CallContext.$current.withValue(self.work.context) {
        try await transaction.savepoint { try await self.work.body(transaction) }
      }
    }
    running { task.cancel() }
    defer { running(nil) }
    return await task.result
  }

  /// Notes how to cancel the work that now runs for the job; if the job is cancelled already, that
  /// is done at once.
  func running(_ cancel: (@Sendable () -> Void)?) {
    let isCancelled = state.withLock { state in
      state.cancel = cancel
      return state.isCancelled
    }
    if isCancelled { cancel?() }
  }

  func mayRetry() -> Bool {
    state.withLock { state in
      state.retries += 1
      return state.retries <= 5 && !state.isCancelled
    }
  }

  /// A job that waits ends at once, one that runs is rolled back by its lane.
  func cancel() {
    let (cancel, hasBegun) = state.withLock { state in
      state.isCancelled = true
      return (state.cancel, state.hasBegun)
    }
    cancel?()
    if !hasBegun { finish(.failure(CancellationError())) }
  }

  /// Finishes the job. A cancelled job that the database has undone ends as cancelled, whatever the
  /// database says.
  func finish(_ outcome: Result<[UInt8], any Error>) {
    if case .failure(let error as PostgresError) = outcome, error.kind != .outcomeUnknown,
      state.withLock(\.isCancelled)
    {
      promise.fulfil(.failure(CancellationError()))
    } else {
      promise.fulfil(outcome)
    }
  }
}
