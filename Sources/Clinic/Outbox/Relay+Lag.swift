import Postgres

extension Relay {
  /// How far the projections are behind.
  package struct Lag: Sendable, Equatable {
    package var isLeader = false
    /// Whether the chain was sealed under another key than this instance's, so that sealing waits.
    package var hasWrongKey = false
    /// Entries that were not in the chain at the last look; `nil` before the first look.
    package var unsealed: Int?
    /// Sealed entries that MongoDB does not have yet.
    package var unshipped: Int?
    /// Outbox rows that are still to be shipped, and how long the oldest has waited.
    package var waiting: Int?
    package var oldestSeconds: Double?
  }

  /// Notes how far the projections are behind, on the leader's session.
  func measure(_ connection: Connection) async throws {
    let rows = try await connection.query(Self.lagQuery)
    lag.value = try Self.lag(of: rows, as: lag.value)
  }

  /// Whether this instance's key has sealed the chain, whichever instance leads.
  func keyFits() async throws -> Bool { try await chain.fits(postgres) }

  /// How far the projections are behind now, whichever instance leads.
  func measure() async throws -> Lag {
    try Self.lag(of: await postgres.query(Self.lagQuery), as: lag.value)
  }

  private static let lagQuery: SQL = """
    SELECT (SELECT count(*) FROM audit_entries e WHERE \(sql: AuditChain.isUnsealed)), \
    coalesce((SELECT max(position) FROM audit_chain), 0) \
    - (SELECT position FROM projections WHERE name = 'audit_logs'), \
    (SELECT count(*) FROM outbox), \
    (SELECT greatest(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 FROM outbox)
    """

  /// - Parameter before: what was known of this instance.
  private static func lag(of rows: Rows, as before: Lag) throws -> Lag {
    guard let row = rows.first else { throw StoreFailure.noRow }
    var cells = row.cells
    return Lag(
      isLeader: before.isLeader, hasWrongKey: before.hasWrongKey, unsealed: try cells.next(),
      unshipped: try cells.next(), waiting: try cells.next(), oldestSeconds: try cells.next())
  }
}
