package import JSONRPC

extension Session {
  /// The peer's address, for the audit.
  package var source: String {
    switch transport {
    case .unix(let uid, _, _, _): "unix:\(uid)"
    case .tcp(let address), .tls(let address, _): address
    }
  }

  /// The peer's address as limits count it: IPv6 by its /64.
  package var network: String { transport.network ?? source }
}
