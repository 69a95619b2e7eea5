import Glibc

/// Owns a stream socket that never blocks.
struct Socket: ~Copyable {
  enum Progress: Equatable {
    case done
    case waiting
    /// With the system's error number.
    case failed(Int32)
  }

  let descriptor: Int32

  /// Begins to connect; nil when that fails at once.
  init?(connectingTo address: SocketAddress, progress: inout Progress) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else {
      progress = .failed(errno)
      return nil
    }
    self.descriptor = descriptor
    if address.family != AF_UNIX {
      // Small commands leave at once; a peer that vanished is found out even when idle.
      Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
      Self.set(descriptor, SOL_SOCKET, SO_KEEPALIVE)
    }
    let status = unsafe address.bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return Int32(-1) }
      return unsafe connect(
        descriptor, start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
    let number = status == 0 ? 0 : errno
    switch number {
    case 0: progress = .done
    case EINPROGRESS, EINTR: progress = .waiting
    // Of a Unix socket whose queue is full, too.
    default: progress = .failed(number)
    }
  }

  deinit { close(descriptor) }

  private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
    var one: Int32 = 1
    unsafe setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Why the connection that was waited for could not be made; 0 when it has been.
  var connectionError: Int32 {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno
  }

  /// How many of the bytes the kernel took; nil when the connection is broken.
  func send(_ bytes: ArraySlice<UInt8>) -> Int? {
    let count = unsafe bytes.withUnsafeBytes { bytes in
      unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// How many bytes came: 0 when there are none yet, nil at the end of the connection.
  func receive(into space: UnsafeMutableRawBufferPointer) -> Int? {
    let count = unsafe recv(descriptor, space.baseAddress, space.count, 0)
    if count > 0 { return count }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : nil
  }
}
