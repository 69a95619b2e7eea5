import Glibc

/// What the process was started with, and what stands beside it on the host.
public enum ProcessEnvironment {
  /// The environment's variables.
  public static var variables: [String: String] {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
      }
      unsafe entry += 1
    }
    return variables
  }

  /// The number of a user, by name; `nil` for one that the host does not know.
  public static func userID(named name: String) -> UInt32? {
    unsafe getpwnam(name).map { unsafe $0.pointee.pw_uid }
  }

  /// The number of a group, by name; `nil` for one that the host does not know.
  public static func groupID(named name: String) -> UInt32? {
    unsafe getgrnam(name).map { unsafe $0.pointee.gr_gid }
  }
}
