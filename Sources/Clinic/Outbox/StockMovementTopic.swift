import Mongo
import Postgres

/// The movements of stock, as `stock_movements` holds them. A movement never changes (rule 36).
enum StockMovementTopic: CopiedRows {
  static let collection = "stock_movements"
  static let indexes = [
    MongoIndex(
      keys: ["medicine.id": 1, "timestamp": -1, "_id": -1], unique: false, name: "medicine_id"),
    MongoIndex(keys: ["timestamp": -1, "_id": -1], unique: false, name: "timestamp"),
    MongoIndex(
      keys: ["movement_type": 1, "timestamp": -1, "_id": -1], unique: false,
      name: "movement_type"),
  ]

  static let rows: SQL = "SELECT id FROM stock_movements"

  static func ship(
    _ ids: [Int64], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws {
    try await mongo.insertMany(collection, try await documents(of: ids, from: postgres))
  }

  static func documents(
    of ids: [Int64], from postgres: PostgresClient
  ) async throws -> [BSONDocument] {
    let rows = try await postgres.query(
      """
      SELECT s.id, s.at, s.movement_type, s.medicine_id, m.name, s.batch_id, b.batch_number, \
      s.quantity, s.balance, s.reason, s.dispensing_id, s.user_id, s.user_name \
      FROM stock_movements s JOIN medicines m ON m.id = s.medicine_id \
      JOIN medicine_batches b ON b.id = s.batch_id WHERE s.id = ANY(\(ids))
      """, isLong: true)
    return try await rows.mapInTurns(document)
  }

  private static func document(_ row: Row) throws -> BSONDocument {
    var cells = row.cells
    let id: Int64 = try cells.next()
    let at: Instant = try cells.next()
    return [
      "_id": .int64(id),
      "movement_id": .int64(id),
      "timestamp": .date(at.milliseconds),
      "movement_type": .string(try cells.next()),
      "medicine": ["id": .int64(try cells.next()), "name": .string(try cells.next())],
      "batch": ["id": .int64(try cells.next()), "number": .string(try cells.next())],
      "quantity": .int64(try cells.next()),
      "balance": .int64(try cells.next()),
      "reason": BSON(try cells.next() as String?),
      "dispensing_id": BSON(try cells.next() as Int64?),
      "user": ["id": BSON(try cells.next() as Int64?), "name": .string(try cells.next())],
    ]
  }
}

extension BSON {
  init(_ text: String?) { self = text.map(BSON.string) ?? .null }
  init(_ number: Int64?) { self = number.map(BSON.int64) ?? .null }
}
