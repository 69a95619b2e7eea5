import JSONRPC
import Mongo
import Postgres

/// Completed visits, as `visit_history` holds them: one document per visit, whose `_id` is the
/// visit's id (rule 29).
enum VisitHistoryTopic: CopiedRows {
  static let collection = "visit_history"
  static let indexes = [
    MongoIndex(
      keys: ["patient.id": 1, "visit_date": -1, "_id": -1], unique: false, name: "patient_id"),
    MongoIndex(
      keys: ["doctor.id": 1, "visit_date": -1, "_id": -1], unique: false, name: "doctor_id"),
    MongoIndex(keys: ["visit_date": -1, "_id": -1], unique: false, name: "visit_date"),
    MongoIndex(keys: ["visit_id": 1], unique: true, name: "visit_id"),
  ]

  static let rows: SQL = "SELECT id FROM visits WHERE status = 'COMPLETED'"

  static func ship(
    _ ids: [Int64], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws {
    try await mongo.insertNewer(
      collection, try await documents(of: ids, from: postgres), by: OutboxTopics.versionMember)
  }

  static func documents(
    of ids: [Int64], from postgres: PostgresClient
  ) async throws -> [BSONDocument] {
    let rows = try await postgres.query(
      """
      SELECT v.id, v.history_version, \(sql: VisitRecord.json) FROM \(sql: VisitRecord.tables) \
      WHERE v.id = ANY(\(ids)) AND v.status = 'COMPLETED'
      """, isLong: true)
    return try await rows.mapInTurns(document)
  }

  private static func document(_ row: Row) throws -> BSONDocument {
    var cells = row.cells
    var document: BSONDocument = [
      "_id": .int64(try cells.next()), OutboxTopics.versionMember: .int64(try cells.next()),
    ]
    let json: JSONB = try cells.next()
    let visit = try JSONDocument(parsing: json.bytes, limits: .stored).root
    for (key, value) in BSONDocument(visit, instants: ["completed_at", "created_at"]) {
      document.append(key, value)
    }
    return document
  }
}
