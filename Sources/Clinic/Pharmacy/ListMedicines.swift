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
      """
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

/// Gives one medicine with the batches that are not empty, those to be dispensed first at the
/// front.
package struct GetMedicine: Query {
  package struct Batches: Codable, Sendable {
    let batches: [Batch]
  }
  package typealias Result = Extended<Medicine, Batches>
  package static let name = "inventory.get_medicine"
  package static let summary = "Gives one medicine with its usable stock and its batches."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.noSuch]

  package let id: ID<Medicine>
  package var subject: Subject? { Subject("medicine", id) }

  /// How many batches it shows; `inventory.list_batches` has them all.
  private static let shownBatches = 200

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let rows = try await clinic.postgres.query(
      """
      SELECT \(sql: Medicine.columns), b.id IS NOT NULL, \(sql: Batch.columns) FROM medicines m \
      \(sql: Medicine.usableStock) LEFT JOIN LATERAL (SELECT * FROM medicine_batches \
      WHERE medicine_id = m.id AND quantity > 0 ORDER BY expiry_date, id \
      LIMIT \(Self.shownBatches)) b ON true WHERE m.id = \(id) ORDER BY b.expiry_date, b.id
      """)
    guard let first = rows.first else { throw ClinicError.notFound("medicine", id) }
    let medicine: Medicine = try first.decode()
    let batches = try rows.compactMap { row throws -> Batch? in
      var cells = row.cells
      _ = try Medicine(cells: &cells)
      let hasBatch: Bool = try cells.next()
      return hasBatch ? try Batch(cells: &cells) : nil
    }
    return Result(medicine, Batches(batches: batches))
  }
}
