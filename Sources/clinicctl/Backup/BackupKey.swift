import ArgumentParser
import ClinicEnvironment
import Host

/// What a backup is encrypted with.
struct BackupKey: ParsableArguments {
  /// The key that the installed service's backups are made with, when there is one.
  private static let name = "backup_key"

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A file with the key, of 32 bytes or more: openssl rand -hex 32.",
      discussion: """
        Without it, the backup_key of systemd's credentials or of \(ConfigurationSource.credentials), \
        if there is one.
        """), completion: .file())
  var keyFile: String?

  /// The secret; nil when there is none.
  ///
  /// - Throws: ``Failure`` when a file that was named cannot be read, or its key is short.
  func secret() throws -> [UInt8]? {
    if let keyFile {
      guard let secret = try Self.read(keyFile) else { throw Failure.usage("\(keyFile) is empty") }
      return secret
    }
    let folder = ProcessEnvironment.variables["CREDENTIALS_DIRECTORY"]
    for folder in [folder, ConfigurationSource.credentials].compactMap(\.self) {
      let path = "\(folder)/\(Self.name)"
      if SmallFile.exists(path), let secret = try Self.read(path) { return secret }
    }
    return nil
  }

  /// The content of a key file; nil for an empty line, which systemd gives for a credential that
  /// does not exist.
  private static func read(_ path: String) throws -> [UInt8]? {
    var bytes: [UInt8]
    do {
      bytes = try SmallFile.read(path)
    } catch {
      throw Failure.failed("\(path) cannot be read: \(error.reason)")
    }
    // What a full disk has left is no wish to go without a key.
    if bytes.isEmpty { throw Failure.usage("\(path) is empty") }
    while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
      bytes.removeLast()
    }
    if bytes.isEmpty { return nil }
    guard bytes.count >= 32 else { throw Failure.usage("\(path): the key is 32 bytes or more") }
    return bytes
  }
}
