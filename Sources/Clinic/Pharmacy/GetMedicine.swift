import JSONRPC
import Postgres

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
  package static let errors: [Reason] = [.notFound]

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
