package import Postgres

/// Brings a database's schema to what this program needs, one transaction a migration.
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
    /// A restore into this database has begun and was not finished.
    case halfRestored
    /// There is nothing to take back.
    case none

    package var description: String {
      switch self {
      case .newer(let number):
        "the database is at migration \(number), which this version does not know"
      case .halfRestored: "a restore into this database was not finished: restore into a new one"
      case .none: "no migration is applied"
      }
    }
  }

  /// So that two instances that start at once migrate once.
  private static let lock: Int64 = 0x63_6c69_6e69_6d67

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
  /// - Throws: ``Failure`` when it never will be.
  package func check() async throws -> Bool {
    try await postgres.withConnection { connection in
      let applied = try await applied(on: connection)
      try refuseNewer(applied)
      return applied.count == migrations.count
    }
  }

  package func status() async throws -> [Status] {
    try await postgres.withConnection { connection in
      let applied = try await applied(on: connection)
      try refuseNewer(applied)
      return migrations.map {
        Status(number: $0.number, name: $0.name, isApplied: applied.contains($0.number))
      }
    }
  }

  /// Applies what is missing.
  ///
  /// - Returns: what was applied.
  package func up() async throws -> [Migration] {
    try await exclusively { connection, applied in
      try refuseNewer(applied)
      let missing = migrations.filter { !applied.contains($0.number) }
      for migration in missing {
        try await connection.execute(
          script: """
            BEGIN;
            \(migration.up)
            INSERT INTO schema_migrations (number, name)
            VALUES (\(migration.number), '\(migration.name)');
            COMMIT;
            """)
      }
      return missing
    }
  }

  /// Takes the newest migration back, with all that it held.
  ///
  /// - Returns: what was taken back.
  package func down() async throws -> Migration {
    try await exclusively { connection, applied in
      try refuseNewer(applied)
      guard let last = migrations.last(where: { applied.contains($0.number) }) else {
        throw Failure.none
      }
      try await connection.execute(
        script: """
          BEGIN;
          \(last.down)
          DELETE FROM schema_migrations WHERE number = \(last.number);
          COMMIT;
          """)
      return last
    }
  }

  private func exclusively<Value: Sendable>(
    _ work: @Sendable (Connection, Set<Int>) async throws -> Value
  ) async throws -> Value {
    try await postgres.withConnection { connection in
      _ = try await connection.query("SELECT pg_advisory_lock(\(Self.lock))")
      let applied = try await applied(on: connection)
      try await connection.execute(
        script: """
          CREATE TABLE IF NOT EXISTS schema_migrations (
            number integer PRIMARY KEY, name text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now())
          """)
      return try await work(connection, applied)
    }
  }

  /// A table that is there from the beginning of a restore to its end: `pg_restore` may outlive
  /// what has started it, and then nobody has compared what it left, nor ended its logins.
  package static let restoreMark = "restore_unfinished"

  private func applied(on connection: Connection) async throws -> Set<Int> {
    let found = try await connection.query(
      """
      SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
      AND relname IN ('schema_migrations', \(Self.restoreMark))
      """
    ).column(as: String.self)
    if found.contains(Self.restoreMark) { throw Failure.halfRestored }
    guard found.contains("schema_migrations") else { return [] }
    return Set(
      try await connection.query("SELECT number FROM schema_migrations").column(as: Int.self))
  }

  private func refuseNewer(_ applied: Set<Int>) throws {
    if let last = applied.max(), last > migrations.last?.number ?? 0 {
      throw Failure.newer(last)
    }
  }
}
