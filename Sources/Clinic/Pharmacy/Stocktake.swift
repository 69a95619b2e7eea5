import JSONRPC
package import Postgres

/// Sets stock to what was counted on the shelf: each difference is a movement; all of them are made
/// or none.
package struct Stocktake: Command {
  package struct Count: Codable, Sendable {
    package let batchID: ID<Batch>
    package let counted: StockLevel
  }
  package struct Difference: Codable, Sendable {
    package let batchID: ID<Batch>
    package let medicineID: ID<Medicine>
    package let medicineName: String
    package let batchNumber: String
    /// The quantity by the books.
    package let expected: Int
    package let counted: Int
    package let difference: Int
  }
  package struct Result: Codable, Sendable {
    /// How many batches were counted.
    package let counted: Int
    package let differences: [Difference]
  }
  package static let name = "inventory.stocktake"
  package static let summary = "Sets what was counted of batches: all of it or nothing."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound]
  /// As for ``CreateDispensing``.
  package static let sharesTransaction = false

  package let counts: ItemList<Count>
  package let reason: Note?

  package var subject: Subject? { Subject("stocktake") }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    let counted = try countsByBatch()
    let condition: SQL = "b.id = ANY (\(counts.rawValue.map(\.batchID)))"
    let batches = try await transaction.query(
      "\(sql: Batch.select(where: condition)) ORDER BY b.id FOR NO KEY UPDATE OF b"
    ).decode(as: Batch.self)
    if batches.count < counted.count {
      let known = Set(batches.map(\.id))
      let missing = counts.rawValue.first { !known.contains($0.batchID) }
      throw ClinicError.notFound("batch", missing?.batchID ?? ID(rawValue: 0))
    }
    let differences = batches.compactMap { batch -> Difference? in
      guard let count = counted[batch.id], count != batch.quantity else { return nil }
      return Difference(
        batchID: batch.id, medicineID: batch.medicineID, medicineName: batch.medicineName,
        batchNumber: batch.batchNumber, expected: batch.quantity, counted: count,
        difference: count - batch.quantity)
    }
    if !differences.isEmpty {
      let movements = differences.map {
        StockMovement(batch: $0.batchID, kind: .stocktake, quantity: $0.difference)
      }
      transaction.enqueue(StockMovement.insert(movements, reason: reason, by: caller))
    }
    return Result(counted: counted.count, differences: differences)
  }

  private func countsByBatch() throws(ParamsError) -> [ID<Batch>: Int] {
    var counted: [ID<Batch>: Int] = [:]
    for (index, count) in counts.rawValue.enumerated() {
      guard counted.updateValue(Int(count.counted.rawValue), forKey: count.batchID) == nil else {
        throw ParamsError(
          reason: .invalid, field: "counts[\(index)].batch_id", message: "counted twice")
      }
    }
    return counted
  }
}
