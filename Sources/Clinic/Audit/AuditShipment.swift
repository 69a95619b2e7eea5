import Mongo
import Postgres

/// Copies sealed audit entries to MongoDB's `audit_logs`, in the order of the chain. An entry's
/// `_id` is its position there, so that a repeat changes nothing.
struct AuditShipment: Sendable {
  /// Entries that one step copies.
  static let depth = 2000
  static let collection = "audit_logs"
  static let indexes =
    [MongoIndex(keys: ["timestamp": -1, "_id": -1], unique: false, name: "timestamp")]
    + ["user.id", "resource.type", "resource.id", "action", "outcome"].map { member in
      MongoIndex(
        keys: BSONDocument([(member, 1), ("timestamp", -1), ("_id", -1)]), unique: false,
        name: "\(member) by time")
    }

  private let mongo: MongoClient

  init(mongo: MongoClient) {
    self.mongo = mongo
  }

  /// - Returns: how many were copied.
  func ship(from postgres: PostgresClient) async throws -> Int {
    let start: Int64 = try await postgres.query(
      "SELECT position FROM projections WHERE name = 'audit_logs'"
    ).single()
    let rows = try await postgres.query(
      """
      SELECT c.position, \(sql: SealedEntry.columns) FROM audit_chain c \
      JOIN audit_entries e ON e.id = c.entry_id WHERE c.position > \(start) \
      ORDER BY c.position LIMIT \(Self.depth)
      """, isLong: true)
    guard !rows.isEmpty else { return 0 }
    var last: Int64 = 0
    let documents = try await rows.mapInTurns { row in
      var cells = row.cells
      last = try cells.next()
      return Self.document(try SealedEntry(cells: &cells), at: last)
    }
    try await mongo.insertMany(Self.collection, documents, ordered: false)
    // Unless a rebuild has meanwhile set it back.
    _ = try await postgres.query(
      "UPDATE projections SET position = \(last) WHERE name = 'audit_logs' AND position = \(start)")
    return documents.count
  }

  static func document(_ entry: SealedEntry, at position: Int64) -> BSONDocument {
    [
      "_id": .int64(position),
      "entry_id": .int64(entry.id),
      "timestamp": .date(entry.at.milliseconds),
      "at": .string(entry.at.description),
      "user": .document([
        "id": entry.userID.map(BSON.int64) ?? .null,
        "name": entry.userName.map(BSON.string) ?? .null,
        "role": entry.role.map(BSON.string) ?? .null,
      ]),
      "source": .string(entry.source),
      "action": .string(entry.method),
      "resource": .document([
        "type": entry.resourceType.map(BSON.string) ?? .null,
        "id": entry.resourceID.map(BSON.string) ?? .null,
      ]),
      "outcome": .string(entry.outcome),
      "request_id": .string(entry.requestID),
      "details": entry.details.map(BSON.string) ?? .null,
    ]
  }
}
