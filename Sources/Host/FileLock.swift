import Glibc

/// Lets one process at a time do something, for as long as the value lives.
public final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits until nobody else holds the lock of that file, which is made when it is missing. Blocks
  /// the thread.
  public init(_ path: String) throws(SmallFile.Failure) {
    unsafe descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SmallFile.Failure(number: errno) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        let number = errno
        close(descriptor)
        throw SmallFile.Failure(number: number)
      }
    }
  }

  /// Whether a process holds the lock of a file that is there, or it cannot be told.
  public static func isHeld(_ path: String) -> Bool {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  deinit { close(descriptor) }
}
