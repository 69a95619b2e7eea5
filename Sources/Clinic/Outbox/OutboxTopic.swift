import Mongo
import Postgres

/// What MongoDB gets of one kind of row: `outbox` names the rows that changed, and what the tables
/// hold at the time of shipping is shipped. Shipping a row again changes nothing.
protocol OutboxTopic: Sendable {
  /// The topic's name in `outbox`, and the collection.
  static var collection: String { get }
  static var indexes: [MongoIndex] { get }
  /// Ships rows, with one statement and one bulk, however many they are.
  static func ship(
    _ ids: [Int64], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws
}

/// A topic with one document per row, so that what MongoDB holds can be compared.
protocol CopiedRows: OutboxTopic {
  /// The numbers (`id`) of the rows that have a document.
  static var rows: SQL { get }
  /// The documents of rows as they should be now, each with its number as `_id`.
  static func documents(
    of ids: [Int64], from postgres: PostgresClient
  ) async throws -> [BSONDocument]
}

enum OutboxTopics {
  /// The member of a document that tells how new it is; a higher one replaces a lower one.
  static let versionMember = "source_version"

  static let all: [any OutboxTopic.Type] = [
    VisitHistoryTopic.self, StockMovementTopic.self, DailySummaryTopic.self,
  ]
}
