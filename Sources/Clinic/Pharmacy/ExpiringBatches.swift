import JSONRPC
import Postgres

/// Lists the batches that are not empty and expire soon or have expired, by expiry date.
package struct ExpiringBatches: Query {
  package typealias Result = Page<Batch>
  package static let name = "inventory.expiring"
  package static let summary =
    "Lists batches in stock that expire within some days or have expired."
  package static let roles = Roles.only(.pharmacist, .doctor)

  package let days: ExpiryHorizon?
  package let limit: PageLimit?
  package let cursor: DatedCursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Batch> {
    let limit = limit ?? .standard
    var conditions: SQL = """
      b.quantity > 0 AND b.expiry_date <= current_date + \((days ?? .standard).rawValue)
      """
    if let cursor {
      conditions.append(" AND (b.expiry_date, b.id) > (\(cursor.date), \(cursor.id))")
    }
    let batches = try await clinic.postgres.query(
      """
      \(sql: Batch.select(where: conditions)) ORDER BY b.expiry_date, b.id \
      LIMIT \(sql: limit.rows)
      """
    ).decode(as: Batch.self)
    return Page(batches, limit: limit) {
      DatedCursor(date: $0.expiryDate, id: $0.id.rawValue).rawValue
    }
  }
}
