import Logging
import Mongo
import Postgres

/// Ships the rows that `outbox` names to MongoDB, the oldest first. An outbox row is removed once
/// it was shipped: a row that commits late is found all the same, and shipping a row twice changes
/// nothing.
struct OutboxShipment: Sendable {
  /// How many rows one step ships. They go in bulks, some at once: while MongoDB writes one,
  /// PostgreSQL reads the next.
  static let depth = 5000
  private static let bulk = 500
  private static let width = 4

  private let mongo: MongoClient
  private let log: Logger
  /// Rows that MongoDB does not take. Now and then they are tried again: what is in their way may
  /// have been removed.
  private struct Stuck {
    var rows: Set<Int64> = []
    var retry = Periodic(.seconds(600))
  }
  private let stuck = LockedValue(Stuck())

  init(mongo: MongoClient, log: Logger) {
    self.mongo = mongo
    self.log = log
  }

  /// - Returns: how many rows were shipped.
  func ship(from postgres: PostgresClient) async throws -> Int {
    stuck.update { if $0.retry.isDue() { $0.rows = [] } }
    let rows = try await postgres.query(
      """
      SELECT id, topic, entity_id FROM outbox WHERE id <> ALL(\(stuck.value.rows.sorted())) \
      ORDER BY id LIMIT \(Self.depth)
      """, isLong: true
    ).decode(as: OutboxRow.self)
    for topic in OutboxTopics.all {
      let ofTopic = rows.filter { $0.topic == topic.collection }.sorted { $0.entity < $1.entity }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, bulk) in Self.bulks(of: ofTopic).enumerated() {
          if index >= Self.width { try await group.next() }
          group.addTask { try await ship(bulk, of: topic, from: postgres) }
        }
        try await group.waitForAll()
      }
    }
    return rows.count
  }

  /// Rows of one entity stay together, so that no two bulks write the same document.
  private static func bulks(of rows: [OutboxRow]) -> [ArraySlice<OutboxRow>] {
    var bulks: [ArraySlice<OutboxRow>] = []
    var rest = rows[...]
    while let last = rest.prefix(bulk).last {
      let end = rest.firstIndex { $0.entity > last.entity } ?? rest.endIndex
      bulks.append(rest[..<end])
      rest = rest[end...]
    }
    return bulks
  }

  private func ship(
    _ rows: ArraySlice<OutboxRow>, of topic: any OutboxTopic.Type, from postgres: PostgresClient
  ) async throws {
    do {
      try await topic.ship(Array(Set(rows.map(\.entity))).sorted(), from: postgres, to: mongo)
    } catch let error as MongoError where error.concernsDocuments {
      // One document must not hold up the others.
      let byEntity = Dictionary(grouping: rows, by: \.entity)
      guard let row = rows.first, byEntity.count == 1 else {
        for rows in byEntity.values { try await ship(rows[...], of: topic, from: postgres) }
        return
      }
      stuck.update { $0.rows.formUnion(rows.map(\.id)) }
      log.error(
        "MongoDB does not take a document",
        metadata: [
          "outbox.topic": "\(row.topic)", "outbox.entity": "\(row.entity)", "error": "\(error)",
        ])
      return
    }
    _ = try await postgres.query("DELETE FROM outbox WHERE id = ANY(\(rows.map(\.id)))")
  }
}

private struct OutboxRow: Sendable, RowDecodable {
  let id: Int64
  let topic: String
  let entity: Int64

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    topic = try cells.next()
    entity = try cells.next()
  }
}

extension MongoError {
  /// Whether MongoDB refuses this document in particular, and would take others.
  var concernsDocuments: Bool {
    switch kind {
    case .invalidDocument, .duplicateKey: true
    default: false
    }
  }
}
