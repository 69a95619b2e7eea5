public import JSONRPC
public import NIOPosix
import Synchronization

/// A client that keeps a connection to one server.
///
/// A lost connection is replaced by the next call, never more often than the backoff allows; calls
/// that were under way when it was lost fail, because nobody knows whether they were run. Nothing
/// happens in the background.
public final class RPCClient: Sendable {
  /// How a client connects, and how it goes on when it cannot.
  public struct Configuration: Sendable {
    /// How each connection is made and kept.
    public var options = ConnectionOptions()
    /// How often a server that cannot be reached is tried again.
    public var backoff = Backoff()
    /// Run with each new connection before anyone else uses it, for example to authenticate.
    public var prepare: (@Sendable (RPCConnection) async throws -> Void)?
    /// The threads that read and write for the client.
    public var group = MultiThreadedEventLoopGroup.singleton

    public init() {}
  }

  private enum State {
    /// The next call connects, but not before the time is over; until then it gets the error.
    case idle(notBefore: ContinuousClock.Instant, any Error)
    /// One caller connects, the others wait for it.
    case connecting([CheckedContinuation<Void, Never>])
    case connected(RPCConnection)
    case closed
  }

  public let endpoint: Endpoint
  public let configuration: Configuration
  private let state = Mutex(State.idle(notBefore: .now, RPCClientError.connectionLost))
  private let backoff: Mutex<Backoff>
  private let broadcaster = NotificationBroadcaster()

  /// Connects at once, and throws when that fails.
  public static func connect(
    to endpoint: Endpoint, configuration: Configuration = Configuration()
  ) async throws -> RPCClient {
    let client = RPCClient(to: endpoint, configuration: configuration)
    _ = try await client.connection()
    return client
  }

  /// Connects when the first call is made.
  public init(to endpoint: Endpoint, configuration: Configuration = Configuration()) {
    self.endpoint = endpoint
    self.configuration = configuration
    backoff = Mutex(configuration.backoff)
  }

  /// Calls a method with params that are JSON already.
  ///
  /// - Throws: the server's ``RPCError``, an ``RPCClientError``, or `CancellationError`.
  public func call(
    _ method: String, rawParams params: [UInt8]?, timeout: Duration? = nil
  ) async throws -> JSONValue {
    try await connection().call(method, rawParams: params, timeout: timeout)
  }

  /// Sends a notification over the present connection, or a new one.
  public func notify(_ method: String, rawParams params: [UInt8]? = nil) async throws {
    try await connection().notify(method, rawParams: params)
  }

  /// What the server sends unasked from now on, over this and later connections of the client.
  ///
  /// Each call of this method gives a stream of its own. Notifications that a reader does not take
  /// are kept, as far as `buffering` says.
  public func notifications(
    buffering: AsyncStream<RPCNotification>.Continuation.BufferingPolicy = .unbounded
  ) -> AsyncStream<RPCNotification> {
    broadcaster.stream(buffering: buffering)
  }

  /// The present connection, or a new one.
  public func connection() async throws -> RPCConnection {
    while true {
      switch try claim() {
      case .use(let connection): return connection
      case .connect: return try await connect()
      case .wait:
        await withCheckedContinuation { waiter in
          let isConnecting = state.withLock { state in
            guard case .connecting(let waiters) = state else { return false }
            state = .connecting(waiters + [waiter])
            return true
          }
          if !isConnecting { waiter.resume() }
        }
        try Task.checkCancellation()
      }
    }
  }

  /// Closes the connection and ends the notifications. Calls fail from now on.
  public func close() async {
    let before = state.withLock { state in
      defer { state = .closed }
      return state
    }
    switch before {
    case .connected(let connection): await connection.close()
    case .connecting(let waiters): for waiter in waiters { waiter.resume() }
    case .idle, .closed: break
    }
    broadcaster.finish()
  }

  private enum Claim {
    case use(RPCConnection)
    case connect, wait
  }

  private func claim() throws -> Claim {
    try state.withLock { state in
      switch state {
      case .connected(let connection) where connection.isOpen: return .use(connection)
      case .connecting: return .wait
      case .closed: throw RPCClientError.closed
      case .idle(let time, let error) where time > .now: throw error
      case .connected, .idle:
        state = .connecting([])
        return .connect
      }
    }
  }

  private func connect() async throws -> RPCConnection {
    do {
      let connection = try await Self.open(to: endpoint, configuration: configuration) {
        [broadcaster] in
        broadcaster.send($0)
        return .more
      }
      backoff.withLock { $0.reset() }
      guard settle(.connected(connection)) else {
        await connection.close()
        throw RPCClientError.closed
      }
      return connection
    } catch {
      // Someone else's cancellation is no reason for the others to wait.
      let delay = error is CancellationError ? .zero : backoff.withLock { $0.next() }
      settle(.idle(notBefore: .now + delay, error))
      throw error
    }
  }

  /// Ends the state of connecting; false when the client was closed meanwhile.
  @discardableResult
  private func settle(_ next: State) -> Bool {
    let (waiters, isCurrent): ([CheckedContinuation<Void, Never>], Bool) = state.withLock { state in
      guard case .connecting(let waiters) = state else { return ([], false) }
      state = next
      return (waiters, true)
    }
    for waiter in waiters { waiter.resume() }
    return isCurrent
  }

  /// A connection that is ready for use.
  static func open(
    to endpoint: Endpoint, configuration: Configuration,
    receive: @escaping @Sendable (RPCNotification) -> ReadingFlow,
    closed: @escaping @Sendable (any Error) -> Void = { _ in }
  ) async throws -> RPCConnection {
    let connection = try await RPCConnection.open(
      to: endpoint, options: configuration.options, group: configuration.group, receive: receive,
      closed: closed)
    if let prepare = configuration.prepare {
      do {
        try await prepare(connection)
      } catch {
        await connection.close()
        throw error
      }
    }
    return connection
  }
}
