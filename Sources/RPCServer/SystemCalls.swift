import Glibc
import NIOCore
import Synchronization

/// The few calls that SwiftNIO does not offer.
enum SystemCalls {
  static let connectionRefused = ECONNREFUSED

  // Seconds of silence before the first probe, between probes, and how many may go unanswered.
  static let keepAliveIdle = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
  static let keepAliveInterval = NIOBSDSocket.Option(rawValue: TCP_KEEPINTVL)
  static let keepAliveCount = NIOBSDSocket.Option(rawValue: TCP_KEEPCNT)

  /// Seconds since 1970; never negative.
  static var wallSecond: Int { max(0, time(nil)) }

  /// Sets the length of a listening socket's queue. It was listening before, so a failure changes
  /// nothing.
  static func listen(_ descriptor: Int32, backlog: Int32) {
    _ = Glibc.listen(descriptor, backlog)
  }

  /// The last one who changed the umask.
  private static let last = Mutex<Task<Void, Never>?>(nil)

  /// Runs `body` so that the files it makes have `mode`: narrowing it afterwards would leave a
  /// moment in which anybody could connect. The umask is the process's, so one waits for the other.
  static func withFileMode<Result: Sendable>(
    _ mode: UInt32, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await last.withLock { last in
      let before = last
      let task = Task {
        await before?.value
        let previous = umask(~mode & 0o777)
        defer { _ = umask(previous) }
        return try await body()
      }
      last = Task { _ = await task.result }
      return task
    }.value
  }
}
