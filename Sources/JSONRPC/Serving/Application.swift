/// What a server serves: it is given calls and gives outcomes, and knows nothing of sockets.
public protocol Application: Sendable {
  /// Where the tasks of calls run.
  var executor: any TaskExecutor { get }

  /// The methods that there are, for figures about each.
  var methodNames: [String] { get }

  /// A connection opened. Called before any of its calls, on the connection's event loop: must not
  /// block.
  func opened(_ session: Session)

  /// The connection is gone. Called once, after its calls were told to cancel; some may still be
  /// running.
  func closed(_ session: Session)

  /// What the server has to know about a method before a call of it runs. Unknown methods get the
  /// default.
  func profile(of method: String) -> CallProfile

  /// The fast way: an outcome that needs no waiting, computed on the connection's event loop, or
  /// nil to go the usual way.
  ///
  /// Must not block and must take microseconds: every connection of the event loop waits for it.
  /// It is asked only for calls that may start now, so barriers hold for it too.
  func handleNow(_ call: IncomingCall, on session: Session) -> CallOutcome?

  /// Runs one call. Its task is cancelled at the deadline, by `rpc.cancel`, and when the connection
  /// is gone; `CallContext.current` says which. The outcome of a notification is discarded.
  func handle(_ call: IncomingCall, on session: Session) async -> CallOutcome
}

extension Application {
  public var methodNames: [String] { [] }
  public func opened(_ session: Session) {}
  public func closed(_ session: Session) {}
  public func handleNow(_ call: IncomingCall, on session: Session) -> CallOutcome? { nil }
}

/// How a method's calls are run.
public struct CallProfile: Sendable, Hashable {
  /// From the start of the call to the cancellation of its task.
  public var deadline: Duration
  /// A barrier starts when the calls before it on its connection have ended, and those after it
  /// start when it has ended.
  public var isBarrier: Bool
  /// The method binds something to its connection, so it makes no sense in a stand-alone HTTP
  /// request.
  public var needsConnection: Bool

  public init(
    deadline: Duration = .seconds(10), isBarrier: Bool = false, needsConnection: Bool = false
  ) {
    self.deadline = deadline
    self.isBarrier = isBarrier
    self.needsConnection = needsConnection
  }

  public static let standard = CallProfile()
}

/// How a call ended.
public enum CallOutcome: Sendable {
  /// The encoded `result`: one JSON value.
  case result([UInt8])
  case failure(RPCError)
}
