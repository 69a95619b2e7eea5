import Crypto
import FoundationEssentials
package import Postgres

/// The sealed audit: each link is an HMAC-SHA-256 over an entry and the link before, so that
/// nobody without the key can edit, remove, insert or reorder entries unnoticed (rule 48).
package struct AuditChain: Sendable {
  /// Entries that one step seals.
  static let depth = 2000
  /// What stands for the link before the first one.
  static let start = [UInt8](repeating: 0, count: 32)

  /// Keyed once: each link begins with a copy of it.
  private let keyed: HMAC<SHA256>

  package init(key: [UInt8]) {
    keyed = HMAC(key: SymmetricKey(data: key))
  }

  /// Whether an entry `e` is not sealed yet. The subqueries run once each, so that the index is
  /// entered where the chain ends, however long it is.
  static let isUnsealed: SQL = """
    (e.xid, e.id) > ((SELECT xid FROM projections WHERE name = 'audit_chain'), \
    (SELECT entry_id FROM projections WHERE name = 'audit_chain'))
    """

  /// Seals the next entries that are complete: those of transactions below the oldest one still
  /// running. So an entry that commits late is not skipped.
  ///
  /// - Returns: how many were sealed.
  func seal(on connection: Connection) async throws -> Int {
    try await connection.withTransaction { transaction in
      let results = try await transaction.pipeline([
        "SELECT xid, entry_id FROM projections WHERE name = 'audit_chain' FOR UPDATE",
        "SELECT position, link FROM audit_chain ORDER BY position DESC LIMIT 1",
        """
        SELECT e.xid::text, \(sql: SealedEntry.columns) FROM audit_entries e \
        WHERE \(sql: Self.isUnsealed) AND e.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.xid, e.id \
        LIMIT \(Self.depth)
        """,
      ])
      guard !results[2].isEmpty else { return 0 }
      var position: Int64 = 0
      var link = Self.start
      if let last = results[1].first {
        var cells = last.cells
        position = try cells.next()
        link = try cells.next()
      }
      let first = position + 1
      var lastTransaction = ""
      let sealed = try await results[2].mapInTurns { row in
        var cells = row.cells
        lastTransaction = try cells.next()
        let entry = try SealedEntry(cells: &cells)
        position += 1
        link = self.link(over: entry, after: link, at: position)
        return (id: entry.id, link: link)
      }
      let ids = sealed.map(\.id)
      _ = try await transaction.commit(with: [
        """
        INSERT INTO audit_chain (position, entry_id, link) \
        SELECT * FROM unnest(\(Array(first...position)), \(ids), \(sealed.map(\.link)))
        """,
        """
        UPDATE projections SET position = \(position), xid = \(lastTransaction)::text::xid8, \
        entry_id = \(ids[ids.count - 1]) WHERE name = 'audit_chain'
        """,
      ])
      return ids.count
    }
  }

  /// The last links and the first ones, each with the one before it and its entry.
  static let samples: SQL = """
    SELECT * FROM (SELECT \(sql: sample) ORDER BY c.position DESC LIMIT 16) AS newest \
    UNION ALL SELECT * FROM (SELECT \(sql: sample) ORDER BY c.position LIMIT 16) AS oldest
    """

  private static let sample: SQL = """
    c.position, c.link, (SELECT link FROM audit_chain WHERE position = c.position - 1), \
    \(sql: SealedEntry.columns) FROM audit_chain c JOIN audit_entries e ON e.id = c.entry_id
    """

  /// Whether this key has sealed the chain. No other key makes any of its links, while who edits
  /// entries spoils theirs alone.
  ///
  /// - Parameter rows: what ``samples`` gives. No rows fit every key.
  func fits(_ rows: Rows) throws -> Bool {
    let links = try rows.map { row in
      var cells = row.cells
      let position: Int64 = try cells.next()
      let link: [UInt8] = try cells.next()
      let before: [UInt8]? = try cells.next()
      let entry = try SealedEntry(cells: &cells)
      return self.link(over: entry, after: before ?? Self.start, at: position) == link
    }
    return links.isEmpty || links.contains(true)
  }

  /// Whether this key has sealed a database's chain.
  package func fits(_ postgres: PostgresClient) async throws -> Bool {
    try fits(await postgres.query(Self.samples))
  }

  /// Takes up a database that was restored into another cluster. Its entries carry transaction
  /// numbers that this cluster has not reached, so that new entries would be ordered before them.
  /// Sealed entries are put before everything else, unsealed ones after all transactions that have
  /// ended, so that nothing is skipped and nothing is sealed twice.
  ///
  /// - Returns: whether there was anything to do.
  func adoptCluster(on connection: Connection) async throws -> Bool {
    let isForeign: Bool = try await connection.query(
      """
      SELECT greatest((SELECT xid FROM projections WHERE name = 'audit_chain'), \
      (SELECT max(xid) FROM audit_entries)) >= pg_snapshot_xmax(pg_current_snapshot())
      """
    ).single()
    guard isForeign else { return false }
    // One statement, so that all of it sees one moment.
    _ = try await connection.query(
      """
      WITH here AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest, \
      pg_snapshot_xmax(pg_current_snapshot()) AS next, pg_current_xact_id() AS own), \
      sealed AS (UPDATE audit_entries e SET xid = '0' FROM here WHERE e.xid >= here.oldest \
      AND EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)), \
      waiting AS (UPDATE audit_entries e SET xid = here.own FROM here \
      WHERE (e.xid < here.oldest OR e.xid >= here.next) \
      AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)) \
      UPDATE projections p SET xid = here.oldest, entry_id = 0 FROM here WHERE name = 'audit_chain'
      """)
    return true
  }

  /// The link of an entry.
  package func link(over entry: SealedEntry, after before: [UInt8], at position: Int64) -> [UInt8] {
    var text = before
    text.reserveCapacity(256)
    for field in [String(position)] + entry.fields {
      // Lengths keep fields apart: no text can stand for two.
      text += String(field?.utf8.count ?? -1).utf8
      text.append(UInt8(ascii: ":"))
      if let field { text += field.utf8 }
    }
    var code = keyed
    code.update(data: text)
    return Array(code.finalize())
  }
}

/// An audit entry as it is sealed and copied: every column of it.
package struct SealedEntry: Sendable, RowDecodable {
  package let id: Int64
  package let at: Instant
  package let userID: Int64?
  package let userName: String?
  package let role: String?
  package let source: String
  package let method: String
  package let resourceType: String?
  package let resourceID: String?
  package let outcome: String
  package let requestID: String
  package let details: String?

  static let columns: SQL = """
    e.id, e.at, e.user_id, e.user_name, e.role, e.source, e.method, e.resource_type, \
    e.resource_id, e.outcome, e.request_id, e.details
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    at = try cells.next()
    userID = try cells.next()
    userName = try cells.next()
    role = try cells.next()
    source = try cells.next()
    method = try cells.next()
    resourceType = try cells.next()
    resourceID = try cells.next()
    outcome = try cells.next()
    requestID = try cells.next()
    details = try cells.next()
  }

  /// What the chain covers.
  var fields: [String?] {
    [
      String(id), String(at.microseconds), userID.map(String.init), userName, role, source, method,
      resourceType, resourceID, outcome, requestID, details,
    ]
  }
}
