/// How a connection reached the server, and what that says about the peer.
public enum Transport: Sendable, Hashable {
  /// A Unix socket: the kernel says who connected.
  ///
  /// `groups` are the supplementary groups of the peer at the time it connected; `gid` is its
  /// effective group.
  case unix(uid: UInt32, gid: UInt32, groups: [UInt32], pid: Int32)

  /// A TCP connection; `address` is the peer's numeric address without its port.
  case tcp(address: String)

  /// A TCP connection whose client has shown a certificate that was checked; `subject` is its
  /// common name.
  case tls(address: String, subject: String)

  /// The peer's numeric address; nil on a Unix socket.
  public var address: String? {
    switch self {
    case .unix: nil
    case .tcp(let address), .tls(let address, _): address
    }
  }

  /// The peer's address as limits count it, IPv6 by its /64; nil on a Unix socket.
  package var network: String? {
    address.map { IPAddress($0)?.network ?? $0 }
  }
}
