import Glibc

extension ProcessEnvironment {
  /// The folder that relative paths start from.
  public static var currentFolder: String? {
    guard let path = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }
}
