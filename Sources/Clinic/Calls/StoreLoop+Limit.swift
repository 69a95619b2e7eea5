import Postgres
import StoreLoop

extension StoreLoop {
  /// Runs store work that several calls wait for, and gives it up when the store hangs: PostgreSQL
  /// may be frozen, and then no answer comes at all.
  ///
  /// - Parameter outlivesCaller: whether the work goes on when the caller is cancelled.
  /// - Throws: `store_unavailable` when the time is over and the work could be given up;
  ///   `PostgresError.outcomeUnknown` when its commit was under way.
  func limited<Value: Sendable>(
    to limit: Duration, outlivesCaller: Bool = true,
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let running = Task(executorPreference: self) { try await work() }
    let timer = schedule(after: limit) { running.cancel() }
    defer { timer.cancel() }
    do {
      return try await withTaskCancellationHandler {
        try await running.value
      } onCancel: {
        if !outlivesCaller { running.cancel() }
      }
    } catch let error as PostgresError where error.kind == .cancelled {
      throw ClinicError(.storeUnavailable)
    } catch is CancellationError {
      throw ClinicError(.storeUnavailable)
    }
  }
}
