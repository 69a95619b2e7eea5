import JSONRPC
import Postgres

/// Searches by words of name, generic name and manufacturer, as ``ListPatients`` does; each with
/// its usable stock.
package struct ListMedicines: Query {
  package typealias Result = Page<Medicine>
  package static let name = "inventory.list_medicines"
  package static let summary = "Lists medicines with their usable stock, searched by words."
  package static let roles = Roles.only(.pharmacist, .doctor)

  package let search: SearchTerm?
  package let active: Bool?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Medicine> {
    let limit = limit ?? .standard
    let medicines = try await clinic.postgres.query(
      """
      SELECT \(sql: Medicine.columns) FROM (SELECT * FROM medicines WHERE id > \(cursor?.id ?? 0)\
      \(sql: conditions) ORDER BY id LIMIT \(limit.rawValue + 1)) m \
      \(sql: Medicine.usableStock) ORDER BY m.id
      """, isLong: true
    ).decode(as: Medicine.self)
    return Page(medicines, limit: limit) { $0.id.description }
  }

  private var conditions: SQL {
    var conditions: SQL = ""
    if let active { conditions.append(" AND is_active = \(active)") }
    if let words = search?.condition() { conditions.append(" AND \(sql: words)") }
    return conditions
  }
}
