import JSONRPC
import Mongo
import Postgres

/// The days that are over, as `daily_summaries` holds them: one document per day, whose `_id` is
/// the date.
enum DailySummaryTopic: OutboxTopic {
  static let collection = "daily_summaries"
  static let indexes = [MongoIndex(keys: ["date": 1], unique: true, name: "date")]

  /// The day from which `outbox` counts days.
  static let firstDay = LocalDate(days: 10_957)

  /// The number by which `outbox` and `projections` name a day.
  static func number(of day: SQL) -> SQL { "(\(sql: day) - DATE '2000-01-01')" }

  static func ship(
    _ ids: [Int64], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws {
    try await store(ids.map { firstDay.adding(days: Int($0)) }, from: postgres, to: mongo)
  }

  /// Stores summaries as PostgreSQL gives them now; those that are right already stay unchanged.
  ///
  /// - Returns: the dates whose documents were missing or said something else.
  @discardableResult
  static func store(
    _ dates: [LocalDate], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws -> [LocalDate] {
    let others = try await differing(dates, from: postgres, to: mongo)
    try await mongo.insertNewer(collection, others.map(\.document), by: OutboxTopics.versionMember)
    return others.map(\.date)
  }

  /// The days whose document in MongoDB differs from what PostgreSQL gives, with the right
  /// document.
  static func differing(
    _ dates: [LocalDate], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws -> [(date: LocalDate, document: BSONDocument)] {
    let known = try await mongo.find(
      collection, filter: ["_id": ["$in": .array(dates.map { .string($0.description) })]])
    let byDate = Dictionary(known.map { ($0["_id"], $0) }) { first, _ in first }
    var differing: [(LocalDate, BSONDocument)] = []
    for date in Set(dates).sorted() {
      var document = try await self.document(of: date, from: postgres)
      var before = byDate[document["_id"]]
      if let version = before?[OutboxTopics.versionMember]?.integerValue,
        let new = document[OutboxTopics.versionMember]?.integerValue
      {
        // Also after the clock was set back.
        document[OutboxTopics.versionMember] = .int64(max(new, version + 1))
      }
      before?[OutboxTopics.versionMember] = document[OutboxTopics.versionMember]
      if before != document { differing.append((date, document)) }
    }
    return differing
  }

  private static func document(
    of date: LocalDate, from postgres: PostgresClient
  ) async throws -> BSONDocument {
    let rows = try await postgres.query(
      """
      SELECT (extract(epoch FROM now()) * 1000000)::bigint, (\(sql: DailySummary.json(of: date)))
      """, isLong: true)
    guard let row = rows.first else { throw StoreFailure.noRow }
    var cells = row.cells
    var document: BSONDocument = [
      "_id": .string(date.description), OutboxTopics.versionMember: .int64(try cells.next()),
    ]
    let json: JSONB = try cells.next()
    let summary = try JSONDocument(parsing: json.bytes, limits: .stored).root
    for (key, value) in BSONDocument(summary) { document.append(key, value) }
    return document
  }
}
