import Host
import JSONRPC
import RPCClient

/// The logins of this person, one for each daemon, in a file that nobody else may read:
/// `$XDG_CONFIG_HOME/clinicd/session.json`.
///
/// The tokens of one daemon are never shown to another: they are kept by endpoint.
struct LoginStore {
  private struct File: Codable {
    var logins: [StoredLogin]
  }

  private let folder: String
  private var path: String { "\(folder)/session.json" }

  init(folder: String) { self.folder = folder }

  /// The store of the user who runs the program.
  ///
  /// - Throws: ``Failure`` when the environment tells no home.
  static func ofThisUser() throws -> LoginStore {
    let environment = ProcessEnvironment.variables
    // The specification of XDG_CONFIG_HOME says that a relative path is to be ignored.
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
      return LoginStore(folder: "\(folder)/clinicd")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw Failure.failed("there is no $HOME to keep a login in")
    }
    return LoginStore(folder: "\(home)/.config/clinicd")
  }

  func login(at endpoint: Endpoint) throws -> StoredLogin? {
    try read().logins.first { $0.endpoint == endpoint.description }
  }

  /// Keeps a login, in the place of an earlier one at the same daemon.
  ///
  /// - Parameter lock: the store's lock, if the caller has it already.
  func save(_ login: StoredLogin, under lock: FileLock? = nil) throws {
    let lock = try lock ?? self.lock()
    defer { withExtendedLifetime(lock) {} }
    var logins = try read().logins.filter { $0.endpoint != login.endpoint }
    logins.append(login)
    try write(File(logins: logins))
  }

  /// Forgets a login; there may be none.
  func remove(at endpoint: Endpoint) throws {
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    let logins = try read().logins
    let others = logins.filter { $0.endpoint != endpoint.description }
    if others.count < logins.count { try write(File(logins: others)) }
  }

  /// Keeps other processes from changing the file and from refreshing the same login, while the
  /// lock lives.
  func lock() throws -> FileLock {
    try reporting { () throws(SmallFile.Failure) in
      try SmallFile.makeFolder(folder, mode: 0o700)
      return try FileLock("\(folder)/session.lock")
    }
  }

  private func write(_ file: File) throws {
    let bytes = try JSONValueEncoder().encode(file)
    try reporting { () throws(SmallFile.Failure) in
      try SmallFile.makeFolder(folder, mode: 0o700)
      try SmallFile.write(bytes, to: path, mode: 0o600)
    }
  }

  private func read() throws -> File {
    let bytes: [UInt8]
    do {
      bytes = try SmallFile.read(path)
    } catch {
      if error.isMissing { return File(logins: []) }
      throw Failure.failed("\(path) cannot be read: \(error.reason)")
    }
    do {
      return try JSONValueDecoder(unknownMembers: .ignore)
        .decode(File.self, from: JSONDocument(parsing: bytes).root)
    } catch {
      throw Failure.failed("\(path) is damaged; remove it and log in again")
    }
  }

  private func reporting<Result>(
    _ body: () throws(SmallFile.Failure) -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      throw Failure.failed("\(path) cannot be written: \(error.reason)")
    }
  }
}
