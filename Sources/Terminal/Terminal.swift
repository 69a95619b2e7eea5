import Glibc

/// One of the process's standard streams, and the terminal that it may be.
public enum Terminal {
  public enum Stream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2
  }

  /// The output takes no more.
  public struct Closed: Error, Sendable {
    /// Whether the reader has closed the pipe, as `head` does; if not, output was lost, as on a
    /// full disk.
    public let isByReader: Bool

    public init(isByReader: Bool = true) {
      self.isByReader = isByReader
    }
  }

  /// Whether a person may be looking, or typing.
  public static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// Whether somebody reads it still, if it is a pipe.
  public static func isRead(_ stream: Stream) -> Bool {
    var look = pollfd(fd: stream.rawValue, events: 0, revents: 0)
    return unsafe poll(&look, 1, 0) <= 0 || look.revents & Int16(POLLERR) == 0
  }

  /// Columns and rows of the window; nil when the stream is no terminal or has no size.
  public static func size(_ stream: Stream = .output) -> (columns: Int, rows: Int)? {
    var size = winsize()
    // A variadic function of C; Swift has it with a pointer.
    guard unsafe ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
      size.ws_row > 0
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Writes everything at once, without a buffer that would have to be flushed.
  public static func write(_ text: String, to stream: Stream = .output) throws(Closed) {
    try write(Array(text.utf8), to: stream)
  }

  public static func write(_ bytes: [UInt8], to stream: Stream = .output) throws(Closed) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.write(stream.rawValue, buffer.baseAddress, buffer.count)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, errno == EAGAIN {
        // Somebody else made the terminal non-blocking.
        var wait = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
        unsafe poll(&wait, 1, -1)
      } else if count < 0, errno != EINTR {
        throw Closed(isByReader: errno == EPIPE)
      }
    }
  }
}
