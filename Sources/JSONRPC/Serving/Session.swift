import Synchronization

/// One connection, as the application sees it: who is at the other end, and what was bound to it.
///
/// The server makes a session when a connection opens and keeps it until that is closed; a
/// stand-alone HTTP request has a session of its own. Every member may be used from any thread.
public final class Session: Sendable {
  public enum Kind: Sendable, Hashable {
    /// Calls may bind a user and subscriptions to it.
    case connection
    /// One HTTP request: nothing binds to it, and its caller is who its access token says.
    case request(bearer: String?)
  }

  /// Unique in this process, never used again.
  public let id: UInt64
  /// How the peer connected.
  public let transport: Transport
  public let kind: Kind
  /// When the connection was accepted.
  public let openedAt: ContinuousClock.Instant
  /// The server's side of the connection; nil in tests without a server.
  public let control: (any SessionControl)?

  private struct State {
    var identity: (any Sendable)?
    var isAuthenticated = false
  }
  private let state = Mutex(State())

  public init(
    id: UInt64, transport: Transport, kind: Kind = .connection,
    openedAt: ContinuousClock.Instant = .now, control: (any SessionControl)? = nil
  ) {
    self.id = id
    self.transport = transport
    self.kind = kind
    self.openedAt = openedAt
    self.control = control
  }

  /// Whatever the application binds to the connection: the user of a login, the role of a peer.
  public var identity: (any Sendable)? {
    get { state.withLock { $0.identity } }
    set { state.withLock { $0.identity = newValue } }
  }

  /// Whether the peer has identified itself. An unauthenticated TCP connection is closed after a
  /// time.
  public var isAuthenticated: Bool {
    get { state.withLock { $0.isAuthenticated } }
    set {
      let isChange = state.withLock { state in
        defer { state.isAuthenticated = newValue }
        return state.isAuthenticated != newValue
      }
      if isChange { control?.authenticationChanged(newValue) }
    }
  }

  /// Closes the connection in order: calls in flight are cancelled (`.disconnected`), `error` is
  /// sent with id null if there is one, and what was written before is not lost. Returns at once.
  public func close(after error: RPCError? = nil) {
    control?.close(after: error)
  }
}

/// What the server lets a session do to its connection.
public protocol SessionControl: Sendable {
  func close(after error: RPCError?)
  func authenticationChanged(_ isAuthenticated: Bool)
}
