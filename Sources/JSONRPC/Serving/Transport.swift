/// How a connection reached the server, and what that says about the peer.
public enum Transport: Sendable, Hashable {
  /// A Unix socket: the kernel says who connected.
  ///
  /// `groups` are the supplementary groups of the peer at the time it connected; `gid` is its
  /// effective group.
  case unix(uid: UInt32, gid: UInt32, groups: [UInt32], pid: Int32)

  /// A TCP connection; `address` is the peer's numeric address without its port.
  case tcp(address: String)
}
