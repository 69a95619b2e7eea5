package import Postgres

/// Brings a database's schema to what this program needs, one transaction per migration.
package struct Migrator: Sendable {
  package struct Migration: Sendable, Equatable {
    package let number: Int
    package let name: String
    let up: String
    let down: String
  }
  package struct Status: Sendable, Equatable {
    package let number: Int
    package let name: String
    package let isApplied: Bool
  }
  package enum Failure: Error, Equatable, CustomStringConvertible {
    /// The database has migrations that this program does not know.
    case newer(Int)
    /// The database has another migration of that number, or one between those that this program
    /// knows.
    case unknown(Int, String)
    /// The database's encoding cannot hold every text.
    case encoding(String)
    /// The database's locale, under which letters of other scripts have no small forms, or others
    /// than elsewhere.
    case characterType(String)
    /// PostgreSQL has refused a migration, for this reason.
    case refused(String)
    /// A restore into this database has begun and was not finished.
    case halfRestored
    /// There is no migration to take back.
    case none
    /// The migration that is to remain is not applied.
    case notApplied(Int)

    private static let advice =
      "make one with createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0"

    package var description: String {
      switch self {
      case .newer(let number):
        "the database is at migration \(number), which this version does not know"
      case .unknown(let number, let name):
        "the database has a migration \(number) \(name), which this version does not know"
      case .encoding(let encoding):
        "the database's encoding is \(encoding): \(Self.advice)"
      case .characterType(let locale):
        "the database's LC_CTYPE is \(locale), which does not know the small letters of all "
          + "scripts: \(Self.advice)"
      case .refused(let reason): reason
      case .halfRestored: "a restore into this database was not finished: restore into a new one"
      case .none: "no migration is applied"
      case .notApplied(let number): "migration \(number) is not applied"
      }
    }
  }

  /// The number of the lock by which two instances that start at once migrate only once.
  static let lock: Int64 = 0x63_6c69_6e69_6d67

  private let postgres: PostgresClient
  package let migrations: [Migration]

  /// - Parameter files: the migrations by file name: `0001_staff.up.sql` and its `.down.sql`.
  package init(_ postgres: PostgresClient, files: [(name: String, text: String)] = embeddedSQL) {
    self.postgres = postgres
    var found: [Int: (name: String, up: String, down: String)] = [:]
    for file in files {
      guard let number = Int(file.name.prefix { $0 != "_" }) else { continue }
      let rest = file.name.drop { $0 != "_" }.dropFirst()
      let title = String(rest.prefix { $0 != "." })
      var entry = found[number] ?? (title, "", "")
      if rest.hasSuffix(".up.sql") { entry.up = file.text } else { entry.down = file.text }
      found[number] = entry
    }
    migrations = found.sorted { $0.key < $1.key }.map {
      Migration(number: $0.key, name: $0.value.name, up: $0.value.up, down: $0.value.down)
    }
  }

  /// - Returns: whether the schema is what this program needs.
  /// - Throws: ``Failure`` when the schema can never become that.
  package func check() async throws -> Bool {
    try await postgres.withConnection { connection in
      let applied = try await applied(on: connection)
      try refuseUnknown(applied)
      return applied.count == migrations.count
    }
  }

  package func status() async throws -> [Status] {
    try await postgres.withConnection { connection in
      let applied = try await applied(on: connection)
      try refuseUnknown(applied)
      return migrations.map {
        Status(number: $0.number, name: $0.name, isApplied: applied[$0.number] != nil)
      }
    }
  }

  /// Applies what is missing.
  ///
  /// - Parameter waits: called when somebody else migrates; this call then waits for the end of
  ///   that.
  /// - Returns: what was applied.
  package func up(waits: @Sendable () -> Void = {}) async throws -> [Migration] {
    try await exclusively(waits: waits) { connection, applied in
      try refuseUnknown(applied)
      let missing = migrations.filter { applied[$0.number] == nil }
      for migration in missing {
        try await run(
          """
          BEGIN;
          \(migration.up)
          INSERT INTO schema_migrations (number, name)
          VALUES (\(migration.number), '\(migration.name)');
          COMMIT;
          """, as: "migration \(migration.number) \(migration.name)", on: connection)
      }
      return missing
    }
  }

  /// Takes the newest migration back, with all data that it held.
  ///
  /// - Returns: what was taken back.
  package func down() async throws -> Migration {
    try await exclusively { connection, applied in
      try refuseUnknown(applied)
      guard let last = migrations.last(where: { applied[$0.number] != nil }) else {
        throw Failure.none
      }
      try await takeBack(last, on: connection)
      return last
    }
  }

  /// Takes migrations back, the newest first, with all data that they held.
  ///
  /// - Parameter number: the migration that remains the newest; 0 for none.
  /// - Returns: what was taken back.
  /// - Throws: ``Failure/notApplied(_:)`` when that migration is not there to remain.
  package func down(to number: Int) async throws -> [Migration] {
    try await exclusively { connection, applied in
      try refuseUnknown(applied)
      guard number == 0 || applied[number] != nil else { throw Failure.notApplied(number) }
      let newer = migrations.reversed().filter { $0.number > number && applied[$0.number] != nil }
      for migration in newer { try await takeBack(migration, on: connection) }
      return newer
    }
  }

  private func takeBack(_ migration: Migration, on connection: Connection) async throws {
    try await run(
      """
      BEGIN;
      \(migration.down)
      DELETE FROM schema_migrations WHERE number = \(migration.number);
      COMMIT;
      """, as: "migration \(migration.number) \(migration.name)", on: connection)
  }

  private func exclusively<Value: Sendable>(
    waits: @Sendable () -> Void = {},
    _ work: @Sendable (Connection, [Int: String]) async throws -> Value
  ) async throws -> Value {
    try await postgres.withConnection { connection in
      let isFree: Bool = try await connection.query(
        "SELECT pg_try_advisory_lock(\(Self.lock))"
      ).single()
      if !isFree {
        waits()
        _ = try await connection.query("SELECT pg_advisory_lock(\(Self.lock))")
      }
      let applied = try await applied(on: connection)
      try await run(
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
          number integer PRIMARY KEY, name text NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT now())
        """, as: "schema_migrations", on: connection)
      return try await work(connection, applied)
    }
  }

  /// Runs a script. A refusal of PostgreSQL is thrown with the name of what was tried.
  private func run(_ script: String, as name: String, on connection: Connection) async throws {
    do {
      try await connection.execute(script: script)
    } catch {
      guard error.kind == .server, let message = error.message else { throw error }
      throw Failure.refused("\(name): \(message)")
    }
  }

  /// A table that exists from the beginning of a restore to its end: `pg_restore` may outlive the
  /// program that started it, and then nobody has compared what it restored, nor ended the logins.
  package static let restoreMark = "restore_unfinished"

  /// The names of the migrations that are applied, by their numbers.
  private func applied(on connection: Connection) async throws -> [Int: String] {
    let encoding: String = try await connection.query("SHOW server_encoding").single()
    guard encoding == "UTF8" else { throw Failure.encoding(encoding) }
    // Searches, duplicates and the check of allergies compare small letters.
    let locale: String? = try await connection.query(
      """
      SELECT CASE WHEN lower('IЖ') <> 'iж' THEN datctype::text END FROM pg_database \
      WHERE datname = current_database()
      """
    ).single()
    if let locale { throw Failure.characterType(locale) }
    let found = try await connection.query(
      """
      SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
      AND relname IN ('schema_migrations', \(Self.restoreMark))
      """
    ).column(as: String.self)
    if found.contains(Self.restoreMark) { throw Failure.halfRestored }
    guard found.contains("schema_migrations") else { return [:] }
    let rows = try await connection.query("SELECT number, name FROM schema_migrations")
    return try rows.reduce(into: [:]) { applied, row in
      var cells = row.cells
      applied[try cells.next() as Int] = try cells.next() as String
    }
  }

  private func refuseUnknown(_ applied: [Int: String]) throws {
    if let last = applied.keys.max(), last > migrations.last?.number ?? 0 {
      throw Failure.newer(last)
    }
    let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.number, $0.name) })
    if let (number, name) = applied.first(where: { known[$0.key] != $0.value }) {
      throw Failure.unknown(number, name)
    }
  }
}
