import Mongo
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Waits until the audit is sealed and copied, and checks that it is the same in PostgreSQL, in the
/// chain and in MongoDB.
func expectAuditCopied(from postgres: PostgresClient, to mongo: MongoClient) async throws {
  func number(_ sql: SQL) async throws -> Int {
    try await postgres.query(sql, retry: true).single()
  }
  try await eventually(within: .seconds(40), "the audit is sealed and copied") {
    try await number(
      """
      SELECT count(*) + (SELECT count(*) FROM audit_chain) \
      - (SELECT position FROM projections WHERE name = 'audit_logs') \
      FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_chain)
      """) == 0
  }
  let chain = try await postgres.query(
    "SELECT entry_id FROM audit_chain ORDER BY position"
  ).column(as: Int64.self)
  #expect(
    try await number("SELECT max(position) FROM audit_chain") == chain.count,
    "positions without a gap")
  let documents = try await mongo.find(
    AuditShipment.collection, sort: ["_id": 1], projection: ["_id": 1, "entry_id": 1])
  #expect(
    documents.compactMap { $0["_id"]?.integerValue } == (0..<chain.count).map { Int64($0 + 1) })
  #expect(documents.compactMap { $0["entry_id"]?.integerValue } == chain)
}
