package import Host
import JSONRPC

/// Where the configuration's values come from.
package struct ConfigurationSource: Sendable {
  package enum Origin: String, Sendable {
    case environment, file, credential
  }

  package private(set) var values: [String: String] = [:]
  /// Where each value comes from.
  package private(set) var origins: [String: Origin] = [:]
  /// Names in the file that look like typing errors, with what was meant.
  package private(set) var misspelt: [(name: String, known: String)] = []

  /// What the installed service is given.
  package static let file = "/etc/clinicd/clinicd.env"
  package static let credentials = "/etc/clinicd/credentials"

  /// What this process was started with: the environment, over it systemd's credentials, over both
  /// what a reload has put into `$RUNTIME_DIRECTORY` since: `clinicd.env` and credentials, by the
  /// same names. (systemd gives an environment and credentials at a start alone.)
  package static func ofProcess() -> ConfigurationSource {
    let environment = ProcessEnvironment.variables
    var source = ConfigurationSource()
    source.add(environment, from: .environment)
    if let folder = environment["CREDENTIALS_DIRECTORY"] { try? source.addCredentials(in: folder) }
    if let folder = environment["RUNTIME_DIRECTORY"] {
      if let file = try? EnvironmentFile(path: "\(folder)/clinicd.env") {
        source.add(file.values.filter { source.origins[$0.key] != .credential }, from: .file)
        source.lookForTypingErrors(in: file)
      }
      try? source.addCredentials(in: folder)
    }
    return source
  }

  /// What the installed service would be started with.
  ///
  /// - Throws: the system's error when a file is there and cannot be read.
  package static func ofService() throws(SmallFile.Failure) -> ConfigurationSource {
    var source = ConfigurationSource()
    do {
      let file = try EnvironmentFile(path: Self.file)
      source.add(file.values, from: .file)
      source.lookForTypingErrors(in: file)
    } catch {
      guard error.isMissing else { throw error }
    }
    try source.addCredentials(in: credentials)
    return source
  }

  /// For commands that people type: what the shell's environment says, if it names a database;
  /// otherwise what the installed service would be started with.
  ///
  /// - Throws: the system's error when one of the service's files cannot be read.
  package static func ofCommand() throws(SmallFile.Failure) -> ConfigurationSource {
    let process = ofProcess()
    let isTold = process.values["DATABASE_URL"]?.isEmpty == false
    return isTold ? process : try ofService()
  }

  package subscript(name: String) -> String? { values[name] }

  /// A secret that is a file, by its name: what a reload has brought, or what systemd has passed,
  /// or what the installed service is given. An empty line is what systemd passes for one that is
  /// missing.
  ///
  /// - Throws: ``EmptyCredential`` for a file without a byte, such as a full disk leaves.
  package static func credential(_ name: String) throws(EmptyCredential) -> [UInt8]? {
    let environment = ProcessEnvironment.variables
    let folders = [environment["RUNTIME_DIRECTORY"], environment["CREDENTIALS_DIRECTORY"]]
    for folder in folders.compactMap({ $0 }) + [credentials] {
      let path = "\(folder)/\(name)"
      guard let bytes = try? SmallFile.read(path) else { continue }
      if bytes.isEmpty { throw EmptyCredential(path: path) }
      if bytes.contains(where: { $0 > 0x20 }) { return bytes }
    }
    return nil
  }

  package struct EmptyCredential: Error {
    package let path: String
  }

  private mutating func add(_ more: [String: String], from origin: Origin) {
    for (name, value) in more {
      values[name] = value
      origins[name] = origin
    }
  }

  /// Secrets, a file each, by the key's name or the same in lower case. An empty one is not there.
  ///
  /// - Throws: the system's error when one is there and cannot be read, after all others were
  ///   added.
  private mutating func addCredentials(in folder: String) throws(SmallFile.Failure) {
    var failure: SmallFile.Failure?
    for key in ConfigurationKey.all where key.isSecret {
      for name in [key.name, key.name.lowercased()] {
        do throws(SmallFile.Failure) {
          let bytes = try SmallFile.read("\(folder)/\(name)")
          let value = String(decoding: bytes, as: UTF8.self).withoutLineBreak
          if !value.isEmpty { add([key.name: value], from: .credential) }
        } catch {
          if !error.isMissing { failure = error }
        }
      }
    }
    if let failure { throw failure }
  }

  /// Keys that begin with `CLINIC_` are refused by whoever reads them; of others, those that are
  /// nearly a key, or a key after a shell's `export`, which systemd does not know.
  private mutating func lookForTypingErrors(in file: EnvironmentFile) {
    let known = ConfigurationKey.all.map(\.name)
    for name in file.values.keys.sorted() where !known.contains(name) && !name.hasPrefix("CLINIC_")
    {
      let bare = name.hasPrefix("export ") ? String(name.dropFirst(7)) : name
      guard let meant = NearestName.nearest(to: bare, among: known) else { continue }
      misspelt.append((name, meant))
    }
  }
}

extension String {
  /// Without the line break that files end with.
  fileprivate var withoutLineBreak: String {
    var text = Substring(self)
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}
