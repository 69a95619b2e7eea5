/// Why a call got no answer. An error that a server answers is not among these: it is an
/// ``RPCError`` of JSONRPC.
public enum RPCClientError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No connection could be made. Nothing was sent.
  case unreachable(Endpoint, reason: String)
  /// The connection ended before the answer came; whether the call was run is unknown.
  case connectionLost
  /// No answer came in time; the server was asked to cancel the call.
  case timedOut
  /// The server closes its connections because it stops.
  case serverStopping
  /// This client was closed.
  case closed
  /// The other end does not speak as it should.
  case protocolViolation(String)

  public var description: String {
    switch self {
    case .unreachable(let endpoint, let reason): "no server at \(endpoint): \(reason)"
    case .connectionLost: "the connection was lost before the answer came"
    case .timedOut: "no answer came in time"
    case .serverStopping: "the server is stopping"
    case .closed: "the client was closed"
    case .protocolViolation(let what): "the server sent what no client can read: \(what)"
    }
  }
}
