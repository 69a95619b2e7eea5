import Mongo
import Postgres

/// The rows of a kind with their copies in MongoDB, by number and version.
struct CopyComparison: Comparison {
  let topic: any OutboxTopic.Type
  /// `id`, `version` of the rows that have a copy.
  let rows: SQL

  static let visits = CopyComparison(
    topic: VisitHistory.self,
    rows: "SELECT id, history_version AS version FROM visits WHERE status = 'COMPLETED'")
  /// A movement never changes.
  static let movements = CopyComparison(
    topic: StockMovements.self, rows: "SELECT id, 0::bigint AS version FROM stock_movements")

  private static let step = 2000

  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    var count = 0
    var after: Int64 = 0
    while true {
      let rows = try await self.rows(after: after, from: clinic.postgres)
      let last = rows.count == Self.step ? rows.keys.max() : nil
      var range: BSONDocument = ["$gt": .int64(after)]
      if let last { range.append("$lte", .int64(last)) }
      let copies = try await versions(range, in: clinic.mongo)
      count += rows.count
      let doubtful = Set(rows.keys).union(copies.keys).filter { rows[$0] != copies[$0] }
      if !doubtful.isEmpty {
        try await look(at: doubtful.sorted(), in: clinic, repairs: repairs, &findings)
      }
      guard let last else { break }
      after = last
    }
    findings.checked(topic.collection, count)
    return findings
  }

  /// Looks again at what was on its way perhaps. MongoDB is asked before PostgreSQL for what it may
  /// have too much of, and after it for what it may lack.
  private func look(
    at ids: [Int64], in clinic: Clinic, repairs: Bool, _ findings: inout Findings
  ) async throws {
    let before = try await versions(["$in": .array(ids.map(BSON.int64))], in: clinic.mongo)
    let rows = try await clinic.postgres.query(
      """
      SELECT r.id, r.version, EXISTS (SELECT FROM outbox o WHERE o.topic = \(topic.collection) \
      AND o.entity_id = r.id) FROM (\(sql: self.rows)) r WHERE r.id = ANY(\(ids))
      """)
    let after = try await versions(["$in": .array(ids.map(BSON.int64))], in: clinic.mongo)
    var known: [Int64: (version: Int64, isPending: Bool)] = [:]
    for row in rows {
      var cells = row.cells
      known[try cells.next()] = (try cells.next(), try cells.next())
    }
    var surplus: [Int64] = []
    var lacking: [Int64] = []
    for id in ids {
      let (row, found) = (known[id], before[id])
      if let found, found > row?.version ?? -1 {
        surplus.append(id)
      } else if let row, !row.isPending, after[id] ?? -1 < row.version {
        lacking.append(id)
      } else {
        continue
      }
      findings.add(
        .mongodb, topic.collection, String(id), expected: (row?.version).map { "version \($0)" },
        found: (surplus.last == id ? found : after[id]).map { "version \($0)" })
    }
    guard repairs else { return }
    if !surplus.isEmpty {
      try await clinic.mongo.deleteMany(
        topic.collection, filter: ["_id": ["$in": .array(surplus.map(BSON.int64))]])
    }
    let missing = (surplus + lacking).filter { known[$0] != nil }
    if !missing.isEmpty {
      try await topic.carry(missing, from: clinic.postgres, to: clinic.mongo)
    }
  }

  private func rows(
    after: Int64, from postgres: PostgresClient
  ) async throws -> [Int64: Int64] {
    let rows = try await postgres.query(
      "SELECT id, version FROM (\(sql: rows)) r WHERE id > \(after) ORDER BY id LIMIT \(Self.step)")
    var versions: [Int64: Int64] = [:]
    for row in rows {
      var cells = row.cells
      versions[try cells.next()] = try cells.next()
    }
    return versions
  }

  private func versions(
    _ ids: BSONDocument, in mongo: MongoClient
  ) async throws -> [Int64: Int64] {
    let documents = try await mongo.find(
      topic.collection, filter: ["_id": .document(ids)], projection: [sourceVersion: 1])
    return Dictionary(
      documents.compactMap { document in
        (document["_id"]?.integerValue).map { ($0, document[sourceVersion]?.integerValue ?? 0) }
      }
    ) { first, _ in first }
  }
}

/// A batch's quantity with the sum of its movements (rule 36).
struct BatchComparison: Comparison {
  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let count: Int = try await clinic.postgres.query("SELECT count(*) FROM medicine_batches")
      .single()
    findings.checked("medicine_batches", count)
    let rows = try await clinic.postgres.query(
      """
      SELECT b.id, b.quantity, coalesce(s.sum, 0) FROM medicine_batches b LEFT JOIN \
      (SELECT batch_id, sum(quantity) AS sum FROM stock_movements GROUP BY batch_id) s \
      ON s.batch_id = b.id WHERE b.quantity <> coalesce(s.sum, 0) ORDER BY b.id
      """)
    for row in rows {
      var cells = row.cells
      let id: Int64 = try cells.next()
      let quantity: Int64 = try cells.next()
      let sum: Int64 = try cells.next()
      findings.add(
        .postgresql, "medicine_batches", String(id), expected: String(sum), found: String(quantity))
    }
    return findings
  }
}

/// The summaries of the last days with what PostgreSQL gives now (rule 44).
struct DayComparison: Comparison {
  private static let days: SQL = """
    SELECT d::date FROM projections p, \
    generate_series(current_date - 14, current_date - 1, interval '1 day') d \
    WHERE p.name = 'daily_summaries' AND d::date - DATE '2000-01-01' <= p.position \
    AND NOT EXISTS (SELECT FROM outbox o WHERE o.topic = 'daily_summaries' \
    AND o.entity_id = d::date - DATE '2000-01-01') \
    AND (EXISTS (SELECT FROM queue_days q WHERE q.date = d::date) \
    OR EXISTS (SELECT FROM visits v WHERE v.date = d::date) \
    OR EXISTS (SELECT FROM payments y WHERE y.date = d::date) \
    OR EXISTS (SELECT FROM refunds f WHERE f.date = d::date)) ORDER BY d
    """

  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let dates: [LocalDate] = try await clinic.postgres.query(Self.days).column()
    findings.checked(DailySummaries.collection, dates.count)
    let differing = try await DailySummaries.differing(
      dates, from: clinic.postgres, to: clinic.mongo)
    for (date, _) in differing {
      findings.add(.mongodb, DailySummaries.collection, date.description)
    }
    if repairs, !differing.isEmpty {
      try await DailySummaries.store(
        differing.map(\.date), from: clinic.postgres, to: clinic.mongo)
    }
    return findings
  }
}
