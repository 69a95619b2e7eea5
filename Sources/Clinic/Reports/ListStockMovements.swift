import JSONRPC
import Mongo
import Postgres

/// What came to and went from the pharmacy's batches, from MongoDB: the newest first.
package struct ListStockMovements: Query {
  package struct Movement: Codable, Sendable {
    package struct Named: Codable, Sendable {
      let id: Int64?
      let name: String
    }
    package struct Batch: Codable, Sendable {
      let id: Int64
      let number: String
    }
    let movementID: Int64
    let timestamp: Instant
    let movementType: StockMovement.Kind
    let medicine: Named
    let batch: Batch
    /// How much came, or, below zero, went.
    let quantity: Int
    /// The batch's quantity afterwards.
    let balance: Int
    let reason: String?
    let dispensingID: Int64?
    let user: Named
  }
  package typealias Result = Page<JSONOf<Movement>>
  package static let name = "reports.stock_movements"
  package static let summary = "Lists movements of stock, the newest first."
  package static let roles = Roles.only(.pharmacist)

  package let medicineID: ID<Medicine>?
  package let movementType: StockMovement.Kind?
  package let from: Instant?
  package let to: Instant?
  package let limit: PageLimit?
  package let cursor: MomentCursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let limit = limit ?? .standard
    let documents = try await clinic.report(
      StockMovementTopic.collection, filter, Self.order, limit: limit)
    return try Page(documents, limit: limit, item: JSONOf.init) { document in
      MomentCursor(
        document["timestamp"]?.dateValue ?? 0, document["movement_id"]?.integerValue ?? 0
      ).rawValue
    }
  }

  static let order: BSONDocument = ["timestamp": -1, "_id": -1]

  var filter: BSONDocument {
    var filter = BSONDocument()
    if let medicineID { filter.append("medicine.id", .int64(medicineID.rawValue)) }
    if let movementType { filter.append("movement_type", .string(movementType.rawValue)) }
    filter.restrict("timestamp", from: from, before: to, after: cursor)
    return filter
  }
}
