import Glibc

/// An open file or an end of a pipe, read or written piece by piece. Its calls block.
public final class ByteStream {
  /// -1 when it is closed.
  private var descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// Opens a file to read it.
  public convenience init(reading path: String) throws(SmallFile.Failure) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SmallFile.Failure(number: errno) }
    self.init(descriptor: descriptor)
  }

  /// Makes a new file, for its owner alone. As long as it is open it is locked, as
  /// ``FileLock/isHeld(_:)`` tells: what nobody holds was left by a process that was killed.
  ///
  /// - Throws: EEXIST when there is one of that name.
  public convenience init(creating path: String) throws(SmallFile.Failure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SmallFile.Failure(number: errno) }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    self.init(descriptor: descriptor)
  }

  /// - Returns: `count` bytes, fewer only at the end.
  public func read(_ count: Int) throws(SmallFile.Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let added = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled)
      }
      if added == 0 { break }
      guard added > 0 || errno == EINTR else { throw SmallFile.Failure(number: errno) }
      filled += max(added, 0)
    }
    bytes.removeLast(count - filled)
    return bytes
  }

  public func write(_ bytes: [UInt8]) throws(SmallFile.Failure) {
    var written = 0
    while written < bytes.count {
      let added = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      guard added >= 0 || errno == EINTR else { throw SmallFile.Failure(number: errno) }
      written += max(added, 0)
    }
  }

  /// Returns when all that was written is on the disk.
  public func sync() throws(SmallFile.Failure) {
    guard fsync(descriptor) == 0 else { throw SmallFile.Failure(number: errno) }
  }

  public func close() {
    Glibc.close(descriptor)
    descriptor = -1
  }
}
