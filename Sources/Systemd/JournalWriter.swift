import CSystemd
import Glibc

/// Writes entries with fields of their own to the journal.
public struct JournalWriter: Sendable {
  /// syslog's levels, which the journal uses too.
  public enum Priority: Int, Sendable {
    case emergency, alert, critical, error, warning, notice, informational, debug
  }

  public init() {}

  /// Whether what this process writes to its standard error goes to the journal anyway. Without a
  /// journal an entry would vanish and be reported as written.
  public static var isAvailable: Bool {
    var socket = stat()
    guard unsafe stat("/run/systemd/journal/socket", &socket) == 0,
      socket.st_mode & S_IFMT == S_IFSOCK
    else { return false }
    guard let stream = unsafe getenv("JOURNAL_STREAM") else { return false }
    return isConnected(standardError: STDERR_FILENO, to: unsafe String(cString: stream))
  }

  /// Writes one entry. False when the journal did not take it: then write it to standard error.
  ///
  /// - Parameter fields: names of capital letters, digits and underscores that start with a letter;
  ///   others are left out. Values may hold anything, line breaks too.
  @discardableResult
  public func write(
    priority: Priority, message: String, fields: [(name: String, value: String)] = []
  ) -> Bool {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    func append(_ name: String, _ value: String) {
      bytes.append(contentsOf: name.utf8)
      bytes.append(UInt8(ascii: "="))
      bytes.append(contentsOf: value.utf8)
      ends.append(bytes.count)
    }
    append("MESSAGE", message)
    append("PRIORITY", String(priority.rawValue))
    for field in fields where Self.isFieldName(field.name) { append(field.name, field.value) }
    return send(&bytes, ends: ends)
  }

  /// `JOURNAL_STREAM` names the device and the inode of the socket that systemd connected. A
  /// process that redirected its standard error has another one.
  static func isConnected(standardError descriptor: Int32, to stream: String) -> Bool {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }

  /// What the journal accepts from a service: a leading underscore is for fields that it adds
  /// itself.
  static func isFieldName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
    let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return capitals.contains(first)
      && name.utf8.allSatisfy {
        capitals.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
      }
  }

  private func send(_ bytes: inout [UInt8], ends: [Int]) -> Bool {
    unsafe bytes.withUnsafeMutableBytes { text in
      guard let start = text.baseAddress else { return false }
      return unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: ends.count) { vectors in
        var begin = 0
        for (index, end) in ends.enumerated() {
          let vector = unsafe iovec(iov_base: start + begin, iov_len: end - begin)
          unsafe vectors.initializeElement(at: index, to: vector)
          begin = end
        }
        return unsafe sd_journal_sendv(vectors.baseAddress, Int32(ends.count)) == 0
      }
    }
  }
}
