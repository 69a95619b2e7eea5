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
}
