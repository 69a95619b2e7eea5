import Glibc

/// Writes entries with fields of their own to the journal.
public struct JournalWriter: Sendable {
  /// syslog's levels, which the journal uses too.
  public enum Priority: Int, Sendable {
    case emergency, alert, critical, error, warning, notice, informational, debug
  }

  public static let path = "/run/systemd/journal/socket"

  private let identifier: String
  private let descriptor: Int32
  private let address: sockaddr_un

  /// - Parameters:
  ///   - identifier: the program's name, by which entries are looked for.
  ///   - path: the journal's socket.
  public init(identifier: String, path: String = path) {
    self.identifier = identifier
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      unsafe room.copyBytes(from: path.utf8.prefix(room.count - 1))
    }
    self.address = address
  }

  /// Whether what this process writes to its standard error goes to the journal anyway. Without a
  /// journal an entry would vanish and be reported as written.
  public static var isAvailable: Bool {
    var socket = stat()
    guard unsafe stat(path, &socket) == 0,
      socket.st_mode & S_IFMT == S_IFSOCK
    else { return false }
    guard let stream = unsafe getenv("JOURNAL_STREAM") else { return false }
    return isConnected(standardError: STDERR_FILENO, to: unsafe String(cString: stream))
  }

  /// Writes one entry, in the journal's native protocol. False when the journal did not take it:
  /// then write it to standard error.
  ///
  /// - Parameter fields: names of capital letters, digits and underscores that start with a letter;
  ///   others are left out. Values may hold anything, line breaks too.
  @discardableResult
  public func write(
    priority: Priority, message: String, fields: [(name: String, value: String)] = []
  ) -> Bool {
    var entry: [UInt8] = []
    func append(_ name: String, _ value: String) {
      entry += name.utf8
      if value.utf8.contains(UInt8(ascii: "\n")) {
        entry.append(UInt8(ascii: "\n"))
        for shift in stride(from: 0, to: 64, by: 8) {
          entry.append(UInt8(truncatingIfNeeded: value.utf8.count >> shift))
        }
      } else {
        entry.append(UInt8(ascii: "="))
      }
      entry += value.utf8
      entry.append(UInt8(ascii: "\n"))
    }
    append("MESSAGE", message)
    append("PRIORITY", String(priority.rawValue))
    append("SYSLOG_IDENTIFIER", identifier)
    for field in fields where Self.isFieldName(field.name) { append(field.name, field.value) }
    return send(entry)
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

  /// Does not wait: while the journal takes nothing, the caller goes on.
  private func send(_ entry: [UInt8]) -> Bool {
    unsafe withUnsafePointer(to: address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe sendto(
          descriptor, entry, entry.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL), $0,
          socklen_t(MemoryLayout<sockaddr_un>.size)) == entry.count
      }
    }
  }
}
