import ArgumentParser
import Clinic
import Host
import JSONRPC
import Postgres

/// Writes a backup.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write a backup of everything that the clinic knows.",
    discussion: """
      PostgreSQL holds all of it: Redis and MongoDB are made anew from it after a restore. The backup \
      shows one moment; the clinic goes on working meanwhile. It needs pg_dump, of the server's \
      version or later.
      """)

  @Argument(
    help: "A file that is not there yet, or a folder, which gets one named by the time.",
    completion: .file())
  var path: String

  @Option(
    help: ArgumentHelp("In a folder: remove all but the newest backups.", valueName: "count"))
  var keep: Int?

  @OptionGroup var key: BackupKey
  @OptionGroup var options: DatabaseOptions

  func validate() throws {
    if let keep, keep < 1 { throw ValidationError("--keep takes 1 or more.") }
  }

  func run() async throws {
    let secret = try key.secret()
    let folder = SmallFile.isFolder(path) ? BackupFolder(path) : nil
    if keep != nil, folder == nil { throw Failure.usage("--keep is for a folder") }
    if folder == nil, SmallFile.exists(path) { throw Failure.failed("\(path) is there already") }
    let environment = try PostgresClient.environment(of: try options.url())
    let path = path
    let result = try await options.withDatabase { postgres in
      try await Progress.during("backing up") {
        try await postgres.withTransaction(.snapshot) { transaction in
          // From PostgreSQL 17 on.
          _ = try await transaction.query(
            """
            SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'
            """)
          let manifest = try await BackupManifest(of: transaction)
          let snapshot: String = try await transaction.query("SELECT pg_export_snapshot()").single()
          let written = try Self.write(
            manifest, snapshot: snapshot, environment: environment, secret: secret,
            to: folder?.paths(at: manifest.madeAt) ?? [path])
          return (manifest: manifest, path: written)
        }
      }
    }
    var removed: [String] = []
    if let folder, let keep { removed = folder.removeAll(but: keep, with: result.path) }
    try show(result.manifest, result.path, isEncrypted: secret != nil, removed: removed)
  }

  /// Writes the backup while the transaction is open, whose view of the database `pg_dump` shares.
  ///
  /// - Returns: the first of the paths that was free when everything was written.
  private static func write(
    _ manifest: BackupManifest, snapshot: String, environment: [String: String], secret: [UInt8]?,
    to paths: [String]
  ) throws -> String {
    // Of its own: another backup may be on its way to the same place.
    let new = "\(paths[0]).\(String(UInt32.random(in: .min ... .max), radix: 16)).new"
    do {
      var writer = try BackupFile.Writer(ByteStream(creating: new), secret: secret)
      let dump = try pgDump(of: snapshot, environment: environment)
      return try dump.endingAtSignals {
        try writer.write(try JSONValueEncoder().encode(manifest) + [UInt8(ascii: "\n")])
        while true {
          let piece = try dump.stream.read(BackupSeal.pieceSize)
          if piece.isEmpty { break }
          try writer.write(piece)
        }
        let status = dump.finish()
        guard status == 0 else { throw Failure.failed("pg_dump failed (status \(status))") }
        try writer.finish()
        return try name(new, paths)
      }
    } catch {
      try? SmallFile.remove(new)
      guard let failure = error as? SmallFile.Failure else { throw error }
      throw Failure.failed(
        failure.isTaken
          ? "\(paths[0]) is there already"
          : "\(paths[0]) cannot be written: \(failure.reason)")
    }
  }

  private static func name(
    _ new: String, _ paths: [String]
  ) throws(SmallFile.Failure) -> String {
    for path in paths {
      do throws(SmallFile.Failure) {
        try SmallFile.move(new, toNew: path)
        return path
      } catch {
        if !error.isTaken || path == paths.last { throw error }
      }
    }
    return new
  }

  private static func pgDump(
    of snapshot: String, environment: [String: String]
  ) throws -> PipedProgram {
    do {
      return try PipedProgram(
        "pg_dump",
        [
          "--format=custom", "--snapshot=\(snapshot)", "--no-owner", "--no-privileges",
          // That of an extension is for its owner alone, who may be another.
          "--no-comments", "--lock-wait-timeout=60s",
        ], environment: environment, .reading)
    } catch {
      throw Failure.failed(
        error.isMissing ? "there is no pg_dump" : "pg_dump cannot be run: \(error.reason)")
    }
  }

  private func show(
    _ manifest: BackupManifest, _ path: String, isEncrypted: Bool, removed: [String]
  ) throws {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("path", path)
    writer.member("encrypted", isEncrypted)
    writer.member("schema", manifest.schema)
    writer.member("rows", manifest.rows)
    writer.member("audit_position", manifest.audit?.position)
    writer.key("removed")
    writer.beginArray()
    for name in removed { writer.string(name) }
    writer.endArray()
    writer.endObject()
    try ResultOutput(json: options.json).show(try JSONDocument(parsing: writer.bytes).root)
  }
}

/// Backups named by their time.
struct BackupFolder: Sendable {
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  /// Possible names of a backup, the first choice first: several may be made within one second.
  ///
  /// - Parameter time: the time in the manifest.
  func paths(at time: String) -> [String] {
    let name = "\(folder)/clinic-\(time.filter { $0 != "-" && $0 != ":" })"
    return ["\(name).backup"] + (2...99).map { "\(name)-\($0).backup" }
  }

  /// Removes the oldest of the backups that are named by their time, and unfinished ones that nobody
  /// writes any more.
  ///
  /// - Parameter path: a backup that is kept, and counted, whatever the others' times are.
  /// - Returns: the names of the backups.
  func removeAll(but count: Int, with path: String) -> [String] {
    let names = SmallFile.names(in: folder)
    let others = names.filter { name in
      name.wholeMatch(of: /clinic-\d{8}T\d{6}Z(-\d+)?\.backup/) != nil
        && "\(folder)/\(name)" != path
    }
    for name in names
    where name.wholeMatch(of: /clinic-\d{8}T\d{6}Z\.backup(\.[0-9a-f]+)?\.new/) != nil
      && !FileLock.isHeld("\(folder)/\(name)")
    {
      try? SmallFile.remove("\(folder)/\(name)")
    }
    return others.dropLast(count - 1).filter { name in
      (try? SmallFile.remove("\(folder)/\(name)")) != nil
    }
  }
}
