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

  /// Whether there is a folder of that name.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, sorted; none when it cannot be read.
  public static func names(in folder: String) -> [String] {
    guard let directory = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether a folder takes new files of this process's.
  public static func isWritable(_ folder: String) -> Bool {
    unsafe access(folder, W_OK | X_OK) == 0
  }

  /// Renames a file to a name that nothing has yet.
  ///
  /// - Throws: EEXIST when something has it.
  public static func move(_ path: String, toNew name: String) throws(Failure) {
    if unsafe link(path, name) == 0 {
      syncFolder(of: name)
      unsafe unlink(path)
      return
    }
    // A file system without links. Whoever makes the name has it there.
    guard [EPERM, EOPNOTSUPP, ENOSYS].contains(errno) else { throw Failure(number: errno) }
    try ByteStream(creating: name).close()
    guard unsafe rename(path, name) == 0 else { throw Failure(number: errno) }
    syncFolder(of: name)
  }

  /// Brings the names in a file's folder to the disk, as far as the file system can.
  static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let descriptor = unsafe open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
