import Clinic
import Postgres

/// What a backup contains, as of the moment of its dump.
struct BackupManifest: Codable, Equatable, Sendable {
  static let format = "clinicd-backup"

  struct Table: Codable, Equatable, Sendable {
    var name: String
    var rows: Int
  }
  /// The last link of the audit's chain.
  struct AuditHead: Codable, Equatable, Sendable {
    var position: Int
    var link: String
  }

  var format = BackupManifest.format
  var madeAt = ""
  /// The newest migration.
  var schema = 0
  var tables: [Table] = []
  var audit: AuditHead?

  init() {}

  /// Counts what a transaction sees.
  init(of transaction: Transaction) async throws {
    madeAt = try await transaction.query(
      #"SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#
    ).single()
    schema = try await transaction.query(
      "SELECT coalesce(max(number), 0) FROM schema_migrations"
    ).single()
    // The server counts, and quotes the names.
    tables = try await transaction.query(
      """
      SELECT c.relname::text, (xpath('/row/rows/text()', query_to_xml( \
      format('SELECT count(*) AS rows FROM public.%I', c.relname), false, true, '')))[1]::text::bigint \
      FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace \
      ORDER BY 1
      """
    ).map { row in
      var cells = row.cells
      return Table(name: try cells.next(), rows: try cells.next())
    }
    let head = try await transaction.query(
      "SELECT position, encode(link, 'hex') FROM audit_chain ORDER BY position DESC LIMIT 1")
    if let row = head.first {
      var cells = row.cells
      let position: Int = try cells.next()
      audit = AuditHead(position: position, link: try cells.next())
    }
  }

  /// The rows of all tables.
  var rows: Int { tables.reduce(0) { $0 + $1.rows } }
}
