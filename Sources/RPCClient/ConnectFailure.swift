import NIOCore
import NIOPosix
import NIOSSL

/// Says in a few words why a connection could not be made.
enum ConnectFailure {
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: reason(errno: error.errnoCode)
    case let error as NIOConnectionError:
      if let failure = error.connectionErrors.first {
        reason(failure.error)
      } else {
        "the host name \(error.host) is not known"
      }
    case is NIOSSLError, is BoringSSLError: "there was no handshake: is its certificate trusted?"
    case RPCClientError.protocolViolation(let what): what
    case ChannelError.eof: "it closed the connection"
    case ChannelError.connectTimeout: "no answer in time"
    case SocketAddressError.unixDomainSocketPathTooLong: "the socket's path is too long"
    default: "the connection could not be made"
    }
  }

  /// The numbers are Linux's.
  private static func reason(errno: CInt) -> String {
    switch errno {
    case 2: "there is no such socket"
    case 13: "permission denied"
    case 101, 113: "the host cannot be reached"
    case 104: "the connection was reset"
    case 110: "no answer in time"
    case 111: "nobody listens there"
    default: "error \(errno)"
    }
  }
}
