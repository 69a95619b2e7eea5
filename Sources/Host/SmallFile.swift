import Glibc

/// Files that are read or written as a whole: secrets, settings, anchors.
public enum SmallFile {
  /// The system's error number.
  public struct Failure: Error, Sendable {
    public let number: Int32
    /// The error in the system's words: `No such file or directory`.
    public var reason: String { systemMessage(of: number) }
    public var isMissing: Bool { number == ENOENT }
    /// Something exists already under the name that was to be new.
    public var isTaken: Bool { number == EEXIST }
  }

  /// - Throws: `Failure` when it cannot be read, or has more than `limit` bytes (EFBIG).
  public static func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure(number: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw Failure(number: errno)
      }
      bytes += chunk[..<count]
      if bytes.count > limit { throw Failure(number: EFBIG) }
    }
  }

  /// Replaces a file in one step, so that a reader sees the old one or the new one.
  public static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600
  ) throws(Failure) {
    let temporary = path + ".new"
    guard unsafe unlink(temporary) == 0 || errno == ENOENT else { throw Failure(number: errno) }
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Failure(number: errno) }
    let file = ByteStream(descriptor: descriptor)
    do throws(Failure) {
      try file.write(bytes)
      try file.sync()
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    file.close()
    guard unsafe rename(temporary, path) == 0 else { throw Failure(number: errno) }
    syncFolder(of: path)
  }
}
