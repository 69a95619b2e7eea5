import Mongo
import Postgres

/// What MongoDB is told of one kind of row: `outbox` names the rows that changed, what is carried
/// is what the tables hold then. Carrying a row again changes nothing.
protocol OutboxTopic: Sendable {
  /// The topic's name in `outbox`, and the collection.
  static var collection: String { get }
  static var indexes: [MongoIndex] { get }
  /// Carries rows, with one statement and one bulk, however many they are.
  static func carry(
    _ ids: [Int64], from postgres: PostgresClient, to mongo: MongoClient
  ) async throws
}

/// A topic whose documents are of one row each, so that what MongoDB holds can be compared.
protocol CopiedRows: OutboxTopic {
  /// The numbers (`id`) of the rows that have a document.
  static var rows: SQL { get }
  /// The documents of rows as they should be now, each with its number as `_id`.
  static func documents(
    of ids: [Int64], from postgres: PostgresClient
  ) async throws -> [BSONDocument]
}

enum OutboxTopics {
  static let all: [any OutboxTopic.Type] = [
    VisitHistory.self, StockMovements.self, DailySummaries.self,
  ]
}

/// The member of a document that tells how new it is; a higher one replaces a lower one.
let sourceVersion = "source_version"
