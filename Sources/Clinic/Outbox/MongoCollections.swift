import Mongo
package import Postgres

/// What MongoDB holds: copies, which can be made anew from PostgreSQL at any time.
package enum MongoCollections {
  private static let all =
    [(AuditShipment.collection, AuditShipment.indexes)]
    + OutboxTopics.all.map { ($0.collection, $0.indexes) }

  /// Makes the indexes that are missing.
  static func createIndexes(in mongo: MongoClient) async throws {
    for (collection, indexes) in all { try await mongo.createIndexes(collection, indexes) }
  }

  static func drop(from mongo: MongoClient) async throws {
    for (collection, _) in all { try await mongo.drop(collection) }
  }

  /// Whether MongoDB has lost what was shipped, by a new disk for instance: the first entry of the
  /// audit is missing.
  static func areEmptied(in mongo: MongoClient, of postgres: PostgresClient) async throws -> Bool {
    let position: Int64 = try await postgres.query(
      "SELECT position FROM projections WHERE name = 'audit_logs'"
    ).single()
    guard position > 0 else { return false }
    return try await mongo.find(
      AuditShipment.collection, filter: ["_id": 1], projection: ["_id": 1]
    ).isEmpty
  }

  /// Makes the relay ship everything again; gives how much that is.
  package static let refillOutbox: SQL = """
    WITH reset AS (UPDATE projections SET position = 0 WHERE name = 'audit_logs'), \
    days AS (SELECT \(sql: DailySummaryTopic.number(of: "d::date")) AS day FROM generate_series((SELECT min(date) FROM (\
    SELECT min(date) AS date FROM queue_days UNION ALL SELECT min(date) FROM visits \
    UNION ALL SELECT min(date) FROM payments) f), current_date - 1, interval '1 day') d), \
    rows AS (INSERT INTO outbox (topic, entity_id) \
    SELECT 'visit_history', id FROM visits WHERE status = 'COMPLETED' UNION ALL \
    SELECT 'stock_movements', id FROM stock_movements UNION ALL \
    SELECT 'daily_summaries', day FROM days RETURNING 1) \
    SELECT (SELECT count(*) FROM audit_chain) + (SELECT count(*) FROM rows)
    """
}
