import JSONRPC
import Postgres

/// Lists batches by id. Empty ones are left out unless they are asked for.
package struct ListBatches: Query {
  package typealias Result = Page<Batch>
  package static let name = "inventory.list_batches"
  package static let summary = "Lists batches; empty ones if asked for."
  package static let roles = Roles.only(.pharmacist)

  package let medicineID: ID<Medicine>?
  package let includeEmpty: Bool?
  package let expired: Bool?
  package let held: Bool?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Batch> {
    let limit = limit ?? .standard
    var conditions: SQL = "b.id > \(cursor?.id ?? 0)"
    if let medicineID { conditions.append(" AND b.medicine_id = \(medicineID)") }
    if includeEmpty != true { conditions.append(" AND b.quantity > 0") }
    if let expired { conditions.append(" AND (b.expiry_date < current_date) = \(expired)") }
    if let held { conditions.append(" AND b.is_held = \(held)") }
    let batches = try await clinic.postgres.query(
      "\(sql: Batch.select(where: conditions)) ORDER BY b.id LIMIT \(sql: limit.rows)"
    ).decode(as: Batch.self)
    return Page(batches, limit: limit) { $0.id.description }
  }
}
