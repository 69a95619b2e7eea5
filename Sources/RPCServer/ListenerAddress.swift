import NIOCore

/// What is spoken on a listener.
public enum WireLanguage: Sendable {
  /// Plain JSON-RPC.
  case rpc
  /// HTTP/1.1 and WebSocket.
  case web
}

/// Where a server listens.
public enum ListenerAddress: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  case tcp(host: String, port: Int)

  init?(_ address: SocketAddress?) {
    guard let address else { return nil }
    if let path = address.pathname {
      self = .unix(path: path)
    } else if let host = address.ipAddress, let port = address.port {
      self = .tcp(host: host, port: port)
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .unix(let path): path
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}

/// Why a listener was not opened.
public enum ListenError: Error, Hashable, CustomStringConvertible {
  /// A server answers on this Unix socket.
  case pathInUse(String)
  /// Something else than a socket is in this place.
  case notASocket(String)
  /// Neither a Unix nor a TCP socket.
  case unknownKind

  public var description: String {
    switch self {
    case .pathInUse(let path): "another process listens on \(path)"
    case .notASocket(let path): "\(path) is there, and is no socket"
    case .unknownKind: "the socket is neither a Unix nor a TCP socket"
    }
  }
}
