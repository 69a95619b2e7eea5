/// Where a server listens.
public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  case tcp(host: String, port: Int)
  /// TCP with TLS; `ConnectionOptions.tls` says who is trusted.
  case tls(host: String, port: Int)

  /// The server's web listener, by HTTP or HTTPS.
  case webSocket(host: String, port: Int, isSecure: Bool)

  /// Reads `host:port`, `tls://host:port`, `ws://host:port` or `wss://host:port`, the latter two also
  /// with the path `/rpc`; an IPv6 address stands in brackets: `[::1]:7654`.
  public init?(_ address: String) {
    let scheme = ["tls", "ws", "wss"].first { address.hasPrefix("\($0)://") }
    var text = scheme.map { address.dropFirst($0.count + 3) } ?? address[...]
    if scheme?.hasPrefix("ws") == true, text.hasSuffix("/rpc") { text = text.dropLast(4) }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    let name = String(host)
    self =
      switch scheme {
      case "tls": .tls(host: name, port: port)
      case "ws": .webSocket(host: name, port: port, isSecure: false)
      case "wss": .webSocket(host: name, port: port, isSecure: true)
      default: .tcp(host: name, port: port)
      }
  }

  public var description: String {
    switch self {
    case .unix(let path): path
    case .tcp(let host, let port): Self.address(host, port)
    case .tls(let host, let port): "tls://" + Self.address(host, port)
    case .webSocket(let host, let port, let isSecure):
      (isSecure ? "wss://" : "ws://") + Self.address(host, port)
    }
  }

  /// The host whose certificate is checked; nil where nothing is encrypted.
  var secureHost: String? {
    switch self {
    case .tls(let host, _), .webSocket(let host, _, isSecure: true): host
    case .unix, .tcp, .webSocket: nil
    }
  }

  static func address(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
