import CSystemd
import Glibc

/// The listening sockets that systemd opened for this process.
public enum SystemdSockets {
  /// The sockets and their `FileDescriptorName=`, in the units' order; empty when the process was
  /// started without any. The variables that announce them are unset, so a second call finds
  /// nothing and a child process does not take them for its own.
  public static func adopt() -> [(name: String, descriptor: Int32)] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = unsafe sd_listen_fds_with_names(1, &names)
    guard count > 0, let list = unsafe names else { return [] }
    defer { unsafe free(list) }
    return (0..<Int(count)).map { index in
      let descriptor = SD_LISTEN_FDS_START + Int32(index)
      guard let name = unsafe list[index] else { return ("unknown", descriptor) }
      defer { unsafe free(name) }
      return (unsafe String(cString: name), descriptor)
    }
  }

  /// Whether the descriptor is a listening stream socket in the file system (or in the abstract
  /// name space).
  public static func isUnix(_ descriptor: Int32) -> Bool {
    sd_is_socket_unix(descriptor, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0
  }

  /// Whether the descriptor is a listening TCP socket, of IPv4 or IPv6.
  public static func isTCP(_ descriptor: Int32) -> Bool {
    sd_is_socket_inet(descriptor, 0, Int32(SOCK_STREAM.rawValue), 1, 0) > 0
  }

  /// How many connections may wait to be accepted. To be called after a library that calls
  /// `listen` with a number of its own; the kernel caps it at `net.core.somaxconn`.
  @discardableResult
  public static func setBacklog(of descriptor: Int32, to backlog: Int32 = 4096) -> Bool {
    listen(descriptor, backlog) == 0
  }
}
