import Glibc

/// What is typed or piped into the process.
public enum StandardInput {
  /// A line is not UTF-8. To guess what it was would make another text of it.
  public struct NotText: Error {
    public init() {}
  }

  /// Everything up to the end.
  public static func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe read(STDIN_FILENO, buffer.baseAddress, buffer.count)
      }
      if count > 0 {
        bytes += chunk[..<count]
      } else if count == 0 || errno != EINTR {
        return bytes
      }
    }
  }

  /// One line without its line break; nil at the end of the input. Reads not a byte more than that.
  public static func readLine() throws(NotText) -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 {
        if bytes.isEmpty { return nil }
        break
      }
      if byte == UInt8(ascii: "\n") { break }
      bytes.append(byte)
    }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard let line = String(validating: bytes, as: UTF8.self) else { throw NotText() }
    return line
  }

  /// One line that is not shown while it is typed; nil at the end of the input.
  ///
  /// The prompt goes to standard error, so that it does not end up in a file with the output.
  public static func readSecret(prompt: String) throws(NotText) -> String? {
    try? Terminal.write(prompt, to: .error)
    defer { try? Terminal.write("\n", to: .error) }
    return try TerminalMode.withHiddenInput { () throws(NotText) in try readLine() }
  }

  /// One line that is shown while it is typed; nil at the end of the input.
  public static func readLine(prompt: String) throws(NotText) -> String? {
    try? Terminal.write(prompt, to: .error)
    return try readLine()
  }
}
