import ArgumentParser
import Clinic
import ClinicEnvironment
import Host
import JSONRPC
import Postgres

/// Restores a backup.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Restore a backup into an empty database.",
    discussion: """
      No daemon may use the database. All or nothing is restored, and compared with what the backup \
      says that it holds. Every login is ended. Afterwards start clinicd, and run clinicctl rebuild \
      redis and, if MongoDB holds more than the backup, clinicctl rebuild mongo. It needs pg_restore. Where there is a key, a backup that is \
      not encrypted is refused: anybody may have changed it.
      """)

  @Argument(help: "The backup.", completion: .file())
  var path: String

  @Flag(help: "Take one that is not encrypted, though there is a key.")
  var unencrypted = false

  @OptionGroup var key: BackupKey
  @OptionGroup var options: DatabaseOptions

  func run() async throws {
    let secret = unencrypted ? nil : try key.secret()
    let environment = try PostgresClient.environment(of: try options.url())
    let path = path
    let timeZone = try ConfigurationSource.told()["CLINIC_TIME_ZONE"] ?? ""
    let manifest = try await options.withDatabase { postgres in
      try await Progress.during("restoring") {
        var reader = try Self.open(path, secret: secret)
        let known = Migrator(postgres).migrations.last?.number ?? 0
        guard reader.manifest.schema <= known else {
          throw Failure.failed(
            "the backup is of migration \(reader.manifest.schema), which this version does not know"
          )
        }
        try await Self.requireEmpty(postgres)
        _ = try await postgres.query("CREATE TABLE \(raw: Migrator.restoreMark) ()")
        do {
          try Self.restore(&reader, environment: environment)
        } catch {
          // Nothing was restored; or, if pg_restore was ended at its very end, perhaps everything.
          if let tables = try? await Self.tables(of: postgres), tables == [Migrator.restoreMark] {
            _ = try? await postgres.query("DROP TABLE \(raw: Migrator.restoreMark)")
          }
          throw error
        }
        try await Self.finish(
          reader.manifest, timeZone: timeZone.isEmpty ? "UTC" : timeZone, in: postgres)
        return reader.manifest
      }
    }
    try show(manifest)
  }

  private static func open(_ path: String, secret: [UInt8]?) throws -> BackupFile.Reader {
    do {
      let reader = try BackupFile.Reader(ByteStream(reading: path), secret: secret)
      guard secret == nil || reader.isEncrypted else {
        throw Failure.usage(
          "\(path) is not encrypted, though there is a key: who has made it? "
            + "With --unencrypted it is restored")
      }
      return reader
    } catch let failure as SmallFile.Failure {
      throw Failure.failed("\(path) cannot be read: \(failure.reason)")
    }
  }

  /// Refuses a database that is not empty: what is there may be all that is left.
  private static func requireEmpty(_ postgres: PostgresClient) async throws {
    try await postgres.requireNoDaemon()
    _ = try await Migrator(postgres).check()
    guard try await tables(of: postgres).isEmpty else {
      throw Failure.failed(
        "the database is not empty: make a new one, and name it in DATABASE_URL")
    }
  }

  /// The tables and similar objects, read when no `pg_restore` works on them any more: the server
  /// may still be busy with what an ended one has sent.
  private static func tables(of postgres: PostgresClient) async throws -> [String] {
    while try await !postgres.query(
      """
      SELECT FROM pg_stat_activity WHERE datname = current_database() \
      AND application_name = 'pg_restore'
      """
    ).isEmpty {
      try await Task.sleep(for: .milliseconds(100))
    }
    return try await postgres.query(
      """
      SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
      AND relnamespace = 'public'::regnamespace
      """
    ).column(as: String.self)
  }

  private static func restore(
    _ reader: inout BackupFile.Reader, environment: [String: String]
  ) throws {
    // That pg_restore ends early is an error, not this program's end.
    ignoreSIGPIPE()
    do {
      let database = environment["PGDATABASE"] ?? environment["PGUSER"] ?? "postgres"
      let program = try PipedProgram(
        "pg_restore",
        [
          "--dbname=\(database)", "--single-transaction", "--exit-on-error", "--no-owner",
          "--no-privileges", "--no-comments",
        ], environment: environment, .writing)
      try program.endingAtSignals {
        do {
          while true {
            let piece = try reader.read()
            if piece.isEmpty { break }
            try program.stream.write(piece)
          }
        } catch {
          // Cut off, it restores nothing.
          _ = program.finish()
          throw error
        }
        let status = program.finish()
        guard status == 0 else { throw Failure.failed("pg_restore failed (status \(status))") }
      }
    } catch let failure as SmallFile.Failure {
      throw Failure.failed("pg_restore cannot be run to its end: \(failure.reason)")
    }
  }

  /// Compares the result with the manifest, ends logins whose end the backup may not have seen, and
  /// makes the relay ship everything again.
  ///
  /// - Parameter timeZone: the clinic's, which decides which days are over.
  private static func finish(
    _ manifest: BackupManifest, timeZone: String, in postgres: PostgresClient
  ) async throws {
    try await postgres.withTransaction { transaction in
      _ = try await transaction.query("DROP TABLE \(raw: Migrator.restoreMark)")
      var found = try await BackupManifest(of: transaction)
      found.madeAt = manifest.madeAt
      guard found == manifest else {
        throw Failure.failed("what was restored is not what the backup says: do not use it")
      }
      _ = try await transaction.query(
        "UPDATE logins SET revoked_at = now() WHERE revoked_at IS NULL")
      // Logins after the backup, which it does not know, have access tokens of the epochs of then:
      // none of them is this one.
      _ = try await transaction.query(
        """
        UPDATE users SET epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint)
        """)
      _ = try await transaction.query("SELECT set_config('TimeZone', \(timeZone), true)")
      _ = try await transaction.query(MongoCollections.refillOutbox)
    }
  }

  private func show(_ manifest: BackupManifest) throws {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("made_at", manifest.madeAt)
    writer.member("schema", manifest.schema)
    writer.member("rows", manifest.rows)
    writer.member("audit_position", manifest.audit?.position)
    writer.endObject()
    try ResultOutput(json: options.json).show(
      """
      Restored \(manifest.rows) rows, as of \(manifest.madeAt). Every login has ended.
      Now: systemctl start clinicd, clinicctl rebuild redis, and, if MongoDB held more than the
      backup, clinicctl rebuild mongo.
      """, or: try JSONDocument(parsing: writer.bytes).root)
  }
}
