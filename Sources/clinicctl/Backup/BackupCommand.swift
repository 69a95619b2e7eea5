import ArgumentParser
import Clinic
import JSONRPC
import Postgres
import Systemd
import Terminal

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
    let isFolder = SmallFile.isFolder(path)
    if keep != nil, !isFolder { throw Failure.usage("--keep is for a folder") }
    let environment = try PostgresClient.environment(of: try options.url())
    let (path, file) = (path, BackupFolder(path))
    let result = try await options.withDatabase { postgres in
      try await Progress.during("backing up") {
        try await postgres.withTransaction(.snapshot) { transaction in
          let manifest = try await BackupManifest(of: transaction)
          let snapshot: String = try await transaction.query("SELECT pg_export_snapshot()").single()
          let target = isFolder ? file.path(at: manifest.madeAt) : path
          try Self.write(
            manifest, snapshot: snapshot, environment: environment, secret: secret, to: target)
          return (manifest: manifest, path: target)
        }
      }
    }
    let removed = keep.map { file.removeAllBut($0) } ?? []
    try show(result.manifest, result.path, isEncrypted: secret != nil, removed: removed)
  }

  /// While the transaction is open, `pg_dump` sees what it sees.
  private static func write(
    _ manifest: BackupManifest, snapshot: String, environment: [String: String], secret: [UInt8]?,
    to path: String
  ) throws {
    guard !SmallFile.exists(path) else { throw Failure.failed("\(path) is there already") }
    let new = path + ".new"
    do {
      try SmallFile.remove(new)
      var writer = try BackupFile.Writer(ByteStream(creating: new), secret: secret)
      try writer.write(try JSONValueEncoder().encode(manifest) + [UInt8(ascii: "\n")])
      let dump = try pgDump(of: snapshot, environment: environment)
      while true {
        let piece = try dump.stream.read(BackupSeal.pieceSize)
        if piece.isEmpty { break }
        try writer.write(piece)
      }
      let status = dump.finish()
      guard status == 0 else { throw Failure.failed("pg_dump failed (status \(status))") }
      try writer.finish()
      try SmallFile.move(new, to: path)
    } catch {
      try? SmallFile.remove(new)
      guard let failure = error as? SmallFile.Failure else { throw error }
      throw Failure.failed("\(path) cannot be written (error \(failure.number))")
    }
  }

  private static func pgDump(
    of snapshot: String, environment: [String: String]
  ) throws -> PipedProgram {
    do {
      return try PipedProgram(
        "pg_dump",
        [
          "--format=custom", "--snapshot=\(snapshot)", "--no-owner", "--no-privileges",
          "--lock-wait-timeout=60s",
        ], environment: environment, .reading)
    } catch {
      throw Failure.failed(
        error.isMissing ? "there is no pg_dump" : "pg_dump cannot be run (error \(error.number))")
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
    let isForPeople = !options.json && Terminal.isTerminal(.output)
    try ResultOutput(writesJSON: !isForPeople).show(try JSONDocument(parsing: writer.bytes).root)
  }
}

/// Backups named by their time.
struct BackupFolder: Sendable {
  private let folder: String

  init(_ folder: String) { self.folder = folder }

  /// - Parameter time: as in a manifest.
  func path(at time: String) -> String {
    "\(folder)/clinic-\(time.filter { $0 != "-" && $0 != ":" }).backup"
  }

  /// Removes the oldest, and what was begun before the oldest that stays and never finished.
  ///
  /// - Returns: the names of the backups.
  func removeAllBut(_ count: Int) -> [String] {
    let names = SmallFile.names(in: folder).filter { $0.hasPrefix("clinic-") }
    let backups = names.filter { $0.hasSuffix(".backup") }
    if let oldest = backups.suffix(count).first {
      for name in names where name.hasSuffix(".backup.new") && name < oldest {
        try? SmallFile.remove("\(folder)/\(name)")
      }
    }
    return backups.dropLast(count).filter { name in
      (try? SmallFile.remove("\(folder)/\(name)")) != nil
    }
  }
}
