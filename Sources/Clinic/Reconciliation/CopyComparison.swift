import Mongo
import Postgres

/// Compares the rows of one kind with their copies in MongoDB, member by member.
struct CopyComparison: Comparison {
  let topic: any CopiedRows.Type

  /// How many rows are compared at once.
  private static let step = 500

  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    var count = 0
    var after: Int64 = 0
    while true {
      let ids = try await clinic.postgres.query(
        """
        SELECT id FROM (\(sql: topic.rows)) r WHERE id > \(after) ORDER BY id LIMIT \(Self.step)
        """, isLong: true
      ).column(as: Int64.self)
      let last = ids.count == Self.step ? ids.last : nil
      var range: BSONDocument = ["$gt": .int64(after)]
      if let last { range.append("$lte", .int64(last)) }
      let rows = try await rows(ids, in: clinic.postgres)
      let documents = try await clinic.mongo.find(
        topic.collection, filter: ["_id": .document(range)])
      try await Strays.look(
        among: documents, in: topic.collection, of: clinic, repairs: repairs, &findings)
      let copies = Copy.byID(documents)
      count += ids.count
      let doubtful = Set(rows.keys).union(copies.keys).filter { rows[$0] != copies[$0] }
      if !doubtful.isEmpty {
        try await look(at: doubtful.sorted(), in: clinic, repairs: repairs, &findings)
      }
      guard let last else { break }
      after = last
    }
    try await Strays.look(in: topic.collection, of: clinic, repairs: repairs, &findings)
    findings.checked(topic.collection, count)
    return findings
  }

  /// Looks again at copies that may have been on their way. MongoDB is asked before PostgreSQL
  /// about what it may have too much of or with other content, and after it about what it may lack.
  private func look(
    at ids: [Int64], in clinic: Clinic, repairs: Bool, _ findings: inout Findings
  ) async throws {
    let these: BSONDocument = ["$in": .array(ids.map(BSON.int64))]
    let before = try await copies(these, in: clinic.mongo)
    let rows = try await rows(ids, in: clinic.postgres)
    // What waits for longer is not on its way: MongoDB does not take it.
    let pending = try await clinic.postgres.query(
      """
      SELECT entity_id FROM outbox WHERE topic = \(topic.collection) AND entity_id = ANY(\(ids)) \
      AND at > now() - interval '1 minute'
      """
    ).column(as: Int64.self)
    let after = try await copies(these, in: clinic.mongo)
    var wrong: [Int64] = []
    var lacking: [Int64] = []
    for id in ids {
      let (row, copy) = (rows[id], before[id])
      if let copy,
        copy.version > row?.version ?? -1 || (copy.version == row?.version && copy != row)
      {
        wrong.append(id)
      } else if let row, !pending.contains(id), after[id]?.version ?? -1 < row.version {
        lacking.append(id)
      } else {
        continue
      }
      let found = wrong.last == id ? copy : after[id]
      findings.add(
        .mongodb, topic.collection, String(id), expected: (row?.version).map { "version \($0)" },
        found: found.map {
          $0.version == row?.version ? "another content" : "version \($0.version)"
        })
    }
    guard repairs else { return }
    if !wrong.isEmpty {
      try await clinic.mongo.deleteMany(
        topic.collection, filter: ["_id": ["$in": .array(wrong.map(BSON.int64))]])
    }
    let missing = (wrong + lacking).filter { rows[$0] != nil }
    if !missing.isEmpty { try await ship(missing, in: clinic) }
  }

  /// A document that MongoDB does not take stays as it was found, and holds up no other.
  private func ship(_ ids: [Int64], in clinic: Clinic) async throws {
    do {
      try await topic.ship(ids, from: clinic.postgres, to: clinic.mongo)
    } catch let error as MongoError where error.concernsDocuments {
      guard ids.count > 1 else { return }
      for id in ids { try await ship([id], in: clinic) }
    }
  }

  private func rows(_ ids: [Int64], in postgres: PostgresClient) async throws -> [Int64: Copy] {
    Copy.byID(try await topic.documents(of: ids, from: postgres))
  }

  private func copies(_ ids: BSONDocument, in mongo: MongoClient) async throws -> [Int64: Copy] {
    Copy.byID(try await mongo.find(topic.collection, filter: ["_id": .document(ids)]))
  }
}

/// The part of a document that has to be what PostgreSQL gives.
private struct Copy: Equatable {
  let version: Int64
  let content: BSONDocument

  static func byID(_ documents: [BSONDocument]) -> [Int64: Copy] {
    Dictionary(
      documents.compactMap { document in
        (document["_id"]?.integerValue).map {
          (
            $0,
            Copy(
              version: document[OutboxTopics.versionMember]?.integerValue ?? 0,
              content: document.comparable)
          )
        }
      }
    ) { first, _ in first }
  }
}

extension BSONDocument {
  /// The document without the names of doctors and medicines: a copy keeps the names of its day.
  fileprivate var comparable: BSONDocument {
    BSONDocument(
      compactMap { key, value in
        switch (key, value) {
        case ("doctor", .document(let other)), ("author", .document(let other)),
          ("medicine", .document(let other)):
          (key, BSON.document(BSONDocument(other.filter { $0.key != "name" }.map { ($0, $1) })))
        case (_, .document(let part)): (key, .document(part.comparable))
        case (_, .array(let parts)): (key, .array(parts.map(\.comparable)))
        default: (key, value)
        }
      })
  }
}

extension BSON {
  fileprivate var comparable: BSON {
    if case .document(let document) = self { .document(document.comparable) } else { self }
  }
}
