import Glibc

extension SmallFile {
  /// Makes a folder and those above it, where they are missing.
  public static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(Failure) {
    if unsafe mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw Failure(number: errno)
    }
    try makeFolder(String(path[..<slash]), mode: mode)
    guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw Failure(number: errno) }
  }

  /// Removes a file; it may be missing.
  public static func remove(_ path: String) throws(Failure) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw Failure(number: errno) }
  }

  /// Whether there is a file, a folder or a socket of that name.
  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
