import JSONRPC
package import Postgres

/// Receives a batch. An expired one is refused (rule 37).
package struct AddBatch: Command {
  package typealias Result = Batch
  package static let name = "inventory.add_batch"
  package static let summary = "Receives a batch of a medicine."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound, .expiredBatch, .batchExists, .medicineInactive]

  package let medicineID: ID<Medicine>
  package let batchNumber: BatchNumber
  package let quantity: StockQuantity
  package let expiryDate: LocalDate
  package let costPrice: Money?
  package let supplier: Line?
  package let reason: Note?

  package var subject: Subject? { Subject("batch") }
  package func subject(of result: Batch) -> Subject? { Subject("batch", result.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Batch {
    // The row is locked against a change of whether the medicine is used.
    let row = try await transaction.query(
      """
      SELECT is_active, \(sql: ShelfLife.columns) FROM medicines WHERE id = \(medicineID) FOR SHARE
      """
    ).first
    guard let row else { throw ClinicError.notFound("medicine", medicineID) }
    var cells = row.cells
    let isActive: Bool = try cells.next()
    let life = try ShelfLife(cells: &cells)
    guard isActive else {
      throw ClinicError(.medicineInactive).with("medicine_id", medicineID)
    }
    if expiryDate < life.today { throw ClinicError(.expiredBatch).with("field", "expiry_date") }
    try life.check(expiryDate)
    let id: ID<Batch> = try await transaction.query(
      """
      INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date, cost_price, supplier) \
      VALUES (\(medicineID), \(batchNumber), \(expiryDate), \(costPrice), \(supplier)) RETURNING id
      """
    ).single()
    let received = StockMovement(batch: id, kind: .received, quantity: Int(quantity.rawValue))
    return try await transaction.pipeline([
      StockMovement.insert([received], reason: reason, by: caller),
      Batch.select(where: "b.id = \(id)"),
    ])[1].row()
  }
}
