import Glibc
import Synchronization

/// Opens those of the three standard streams that were closed, so that no socket gets their
/// numbers, and the log with them.
public func openStandardStreams() {
  for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
  where fcntl(descriptor, F_GETFD) < 0 {
    // The lowest number that is free: this one.
    _ = unsafe open("/dev/null", O_RDWR)
  }
}

/// What standard error has not taken. Held while a line is written: lines stay whole, and what one
/// thread found writable no other one fills.
private let unwritten = Mutex((lines: 0, isCut: false))

/// Writes a line to standard error at once, after what was printed; `print` would buffer it.
///
/// The caller does not wait for a pipe that is full because its reader sleeps: lines are lost then,
/// and the next line that is written says how many.
public func standardError(_ line: String) {
  unwritten.withLock { unwritten in
    // The first time its reader may just be slow.
    guard isWritable(STDERR_FILENO, within: unwritten.lines == 0 ? 50 : 0) else {
      unwritten.lines += 1
      return
    }
    fflush(nil)
    let note =
      unwritten.lines > 0 ? "\(unwritten.lines) lines were lost: nobody read them\n" : ""
    let isWhole = writeToStandardError((unwritten.isCut ? "\n" : "") + note + line + "\n")
    unwritten = isWhole ? (0, false) : (unwritten.lines + 1, true)
  }
}

/// - Returns: false when no more was taken before the end.
private func writeToStandardError(_ text: String) -> Bool {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    // A pipe that is writable takes so much without waiting.
    guard isWritable(STDERR_FILENO, within: 0) else { return false }
    let count = unsafe rest.prefix(Int(PIPE_BUF)).withUnsafeBytes {
      unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
    }
    guard count >= 0 || errno == EINTR else { return false }
    rest = rest.dropFirst(max(0, count))
  }
  return true
}

private func isWritable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
  var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  // With an error the write tells at once.
  return unsafe poll(&polled, 1, milliseconds) != 0
}

/// Writes a line to standard output at once.
///
/// - Throws: the system's error, when it takes no more.
public func standardOutput(_ line: String) throws(SmallFile.Failure) {
  try ByteStream(descriptor: dup(STDOUT_FILENO)).write(Array((line + "\n").utf8))
}
