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
      SELECT \(sql: Medicine.columns) FROM medicines m \(sql: Medicine.usableStock) \
      WHERE m.id > \(cursor?.id ?? 0) AND m.is_active AND stock.usable <= m.reorder_level \
      ORDER BY m.id LIMIT \(sql: limit.rows)
      """, keepingPlan: true
    ).decode(as: Medicine.self)
    return Page(medicines, limit: limit) { $0.id.description }
  }
}
