import Synchronization

/// What the server knows of the call that the present task runs.
public final class CallContext: Sendable {
  /// The context of the call that this task is part of.
  @TaskLocal public static var current: CallContext?

  /// The session that the call came from.
  public let sessionID: UInt64
  /// Unique among the calls of this process.
  public let number: UInt64
  /// When the task is cancelled with `.deadline`.
  public let deadline: ContinuousClock.Instant

  private let reason = Atomic<UInt8>(0)

  public init(sessionID: UInt64, number: UInt64, deadline: ContinuousClock.Instant) {
    self.sessionID = sessionID
    self.number = number
    self.deadline = deadline
  }

  /// A name for the call in logs and in internal errors: 16 hexadecimal digits.
  public var requestID: String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Why the task was cancelled; nil while it is not, and when something else cancelled it.
  public var cancellation: CancellationReason? {
    CancellationReason(rawValue: reason.load(ordering: .acquiring))
  }

  /// Notes why the task is about to be cancelled; the first reason stays.
  ///
  /// - Returns: whether this was the first.
  @discardableResult
  public func noteCancellation(_ reason: CancellationReason) -> Bool {
    self.reason.compareExchange(
      expected: 0, desired: reason.rawValue, ordering: .acquiringAndReleasing
    ).exchanged
  }
}

/// Why the server cancelled a call's task.
public enum CancellationReason: UInt8, Sendable {
  /// The time of the method's profile is over.
  case deadline = 1
  /// The client sent `rpc.cancel`.
  case client
  /// The connection is gone.
  case disconnected
  /// The server stops and would not wait longer.
  case shutdown
}
