import JSONRPC
import Postgres

/// Lists the medicines in use whose usable stock is at their reorder level or below, or nothing
/// (rule 37).
package struct LowStock: Query {
  package typealias Result = Page<Medicine>
  package static let name = "inventory.low_stock"
  package static let summary =
    "Lists active medicines with usable stock at the reorder level or below."
  package static let roles = Roles.only(.pharmacist, .doctor)

  package let limit: PageLimit?
  package let cursor: Cursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Medicine> {
    let limit = limit ?? .standard
    let medicines = try await clinic.postgres.query(
      """
      SELECT \(sql: Medicine.columns) FROM medicines m \(sql: Self.usableStocks) \
      WHERE m.id > \(cursor?.id ?? 0) AND m.is_active AND stock.usable <= m.reorder_level \
      ORDER BY m.id LIMIT \(sql: limit.rows)
      """, keepingPlan: true, isLong: true
    ).decode(as: Medicine.self)
    return Page(medicines, limit: limit) { $0.id.description }
  }

  /// What ``Medicine/usableStock`` gives, for all medicines at once: here each of them is looked
  /// at.
  private static let usableStocks: SQL = """
    LEFT JOIN (SELECT b.medicine_id, sum(b.quantity) AS quantity FROM medicine_batches b \
    WHERE \(sql: Batch.isUsable) GROUP BY b.medicine_id) batches ON batches.medicine_id = m.id \
    CROSS JOIN LATERAL (SELECT coalesce(batches.quantity, 0)::bigint AS usable) stock
    """
}
