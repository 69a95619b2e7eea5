import Dispatch
import Synchronization

/// The main thread, which starts the other programs: they inherit its signal mask, and that of
/// Swift's own threads blocks nearly every signal. pgbench, for one, ends by an alarm.
final class MainThread: Sendable {
  private let jobs = Mutex<[@Sendable () -> Void]>([])
  private let wakeUps = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<Void, any Error>?>(nil)

  /// Runs asynchronous work to its end, and meanwhile what that asks of the main thread.
  func run(_ work: @escaping @Sendable () async throws -> Void) throws {
    Task {
      do {
        try await work()
        result.withLock { $0 = .success(()) }
      } catch {
        result.withLock { $0 = .failure(error) }
      }
      wakeUps.signal()
    }
    while true {
      wakeUps.wait()
      for job in jobs.withLock({ jobs in
        defer { jobs = [] }
        return jobs
      }) { job() }
      if let result = result.withLock({ $0 }) { return try result.get() }
    }
  }

  /// Runs a step on the main thread.
  func perform(_ step: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
      jobs.withLock { jobs in
        jobs.append { continuation.resume(with: Result { try step() }) }
      }
      wakeUps.signal()
    }
  }
}
