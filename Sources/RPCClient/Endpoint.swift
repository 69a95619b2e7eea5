/// Where a server listens.
public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  case tcp(host: String, port: Int)
  /// TCP with TLS; `ConnectionOptions.tls` says who is trusted.
  case tls(host: String, port: Int)

  /// Reads `host:port`, or `tls://host:port`; an IPv6 address stands in brackets: `[::1]:7654`.
  public init?(hostAndPort address: String) {
    let scheme = "tls://"
    let isTLS = address.hasPrefix(scheme)
    let text = isTLS ? String(address.dropFirst(scheme.count)) : address
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
    self = isTLS ? .tls(host: String(host), port: port) : .tcp(host: String(host), port: port)
  }

  public var description: String {
    switch self {
    case .unix(let path): path
    case .tcp(let host, let port): Self.address(host, port)
    case .tls(let host, let port): "tls://" + Self.address(host, port)
    }
  }

  private static func address(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
