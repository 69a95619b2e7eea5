package import JSONRPC
package import Postgres

/// Corrects a batch: its quantity by a movement with a reason, other fields directly.
package struct UpdateBatch: Command {
  package typealias Result = Batch
  package static let name = "inventory.update_batch"
  package static let summary =
    "Corrects a batch: the quantity, or an adjustment of it, with a reason; other fields."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound, .staleVersion, .insufficientStock]
  /// As for ``CreateDispensing``.
  package static let sharesTransaction = false

  package let id: ID<Batch>
  /// The counted quantity.
  package let quantity: StockLevel?
  /// How much there is more, or, below zero, less.
  package let adjustment: StockChange?
  package let reason: Note?
  package let expiryDate: LocalDate?
  package let costPrice: Patch<Money>
  package let supplier: Patch<Line>
  package let version: RowVersion?

  package var subject: Subject? { Subject("batch", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Batch {
    try checkParams()
    let before = try await Batch.locked(id, in: transaction)
    try version.require(before.version)
    var statements: [SQL] = []
    let change = try change(of: before)
    if change != 0 {
      let adjusted = StockMovement(batch: id, kind: .adjusted, quantity: change)
      statements.append(StockMovement.insert([adjusted], reason: reason, by: caller))
    }
    if !fields.isEmpty {
      if let expiryDate {
        let life: ShelfLife = try await transaction.query("SELECT \(sql: ShelfLife.columns)").row()
        try life.check(expiryDate)
      }
      let fields = fields + ["version = version + 1", "updated_at = now()"]
      statements.append(
        "UPDATE medicine_batches SET \(sql: fields.joined(separator: ", ")) WHERE id = \(id)")
    }
    let rows = try await transaction.pipeline(
      statements + [Batch.select(where: "b.id = \(id)")])
    return try rows[rows.count - 1].row()
  }

  private func checkParams() throws(ParamsError) {
    if quantity != nil, adjustment != nil {
      throw ParamsError(
        reason: .invalid, field: "adjustment", message: "either a quantity or an adjustment")
    }
    if quantity != nil || adjustment != nil, reason == nil {
      throw ParamsError(
        reason: .missing, field: "reason", message: "a change of quantity has a reason")
    }
  }

  private func change(of batch: Batch) throws -> Int {
    let stored = batch.quantity
    let change =
      quantity.map { Int($0.rawValue) - stored } ?? adjustment.map { Int($0.rawValue) } ?? 0
    if stored + change < 0 {
      throw ClinicError(.insufficientStock)
        .with("medicine_id", batch.medicineID)
        .with("available", .int(stored)).with("requested", .int(-change))
    }
    if change > 0, stored + change > StockLevel.bounds.upperBound {
      throw ParamsError(
        reason: .outOfRange, field: "adjustment",
        message: "a batch holds at most \(StockLevel.bounds.upperBound)")
    }
    return change
  }

  private var fields: [SQL] {
    var fields: [SQL] = []
    if let expiryDate { fields.append("expiry_date = \(expiryDate)") }
    return fields + costPrice.change(of: "cost_price") + supplier.change(of: "supplier")
  }
}
