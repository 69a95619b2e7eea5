import JSONRPC
import NIOCore

/// Who is at the other end of an accepted socket.
enum Peer {
  /// `struct ucred`.
  private struct Credentials: Sendable {
    var pid: Int32
    var uid: UInt32
    var gid: UInt32
  }

  /// The buffer that SO_PEERGROUPS fills; the rest stays zero. For a peer with more groups than
  /// fit, the call fails.
  private struct Groups: Sendable {
    var gids: InlineArray<64, UInt32>
  }

  // Linux's numbers, which Glibc does not export for Swift.
  private static let peerCredentials = NIOBSDSocket.Option(rawValue: 17)
  private static let peerGroups = NIOBSDSocket.Option(rawValue: 59)

  /// On a Unix socket that speaks HTTP the kernel's word is ignored: it would tell of a proxy.
  static func transport(
    of channel: any Channel, speaking language: WireLanguage
  ) -> EventLoopFuture<Transport> {
    if channel.localAddress?.pathname != nil {
      return language == .rpc
        ? unix(channel) : channel.eventLoop.makeSucceededFuture(.tcp(address: "unix"))
    }
    guard let address = channel.remoteAddress?.ipAddress else {
      return channel.eventLoop.makeFailedFuture(ListenError.unknownKind)
    }
    return channel.eventLoop.makeSucceededFuture(.tcp(address: canonical(address)))
  }

  private static func unix(_ channel: any Channel) -> EventLoopFuture<Transport> {
    guard let socket = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ListenError.unknownKind)
    }
    let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
      level: .socket, name: peerCredentials)
    return credentials.flatMap { credentials in
      let groups: EventLoopFuture<Groups> = socket.unsafeGetSocketOption(
        level: .socket, name: peerGroups)
      return groups.map { list($0) }.flatMapErrorThrowing { _ in [] }.map { groups in
        .unix(
          uid: credentials.uid, gid: credentials.gid, groups: groups, pid: credentials.pid)
      }
    }
  }

  /// The groups without the zeros that end the buffer.
  private static func list(_ groups: Groups) -> [UInt32] {
    var list = groups.gids.indices.map { groups.gids[$0] }
    while list.last == 0 { list.removeLast() }
    return list
  }

  /// An IPv4 address is the same peer when it comes by way of an IPv6 socket.
  private static func canonical(_ address: String) -> String {
    let prefix = "::ffff:"
    guard address.hasPrefix(prefix), address.contains(".") else { return address }
    return String(address.dropFirst(prefix.count))
  }
}
