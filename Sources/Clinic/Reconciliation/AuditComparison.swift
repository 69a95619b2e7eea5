import Mongo
import Postgres

/// Compares the copied audit with the sealed entries: every member of every document.
struct AuditComparison: Comparison {
  private static let step: Int64 = 1000

  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let end: Int64 = try await clinic.postgres.query(
      "SELECT position FROM projections WHERE name = 'audit_logs'"
    ).single()
    var start: Int64 = 0
    while start < end {
      let last = min(start + Self.step, end)
      try await compare(start + 1...last, in: clinic, repairs: repairs, &findings)
      start = last
    }
    try await lookBeyond(in: clinic, repairs: repairs, &findings)
    try await Strays.look(in: AuditShipment.collection, of: clinic, repairs: repairs, &findings)
    findings.checked(AuditShipment.collection, Int(end))
    return findings
  }

  private func compare(
    _ positions: ClosedRange<Int64>, in clinic: Clinic, repairs: Bool, _ findings: inout Findings
  ) async throws {
    let rows = try await clinic.postgres.query(
      """
      SELECT c.position, \(sql: SealedEntry.columns) FROM audit_chain c \
      JOIN audit_entries e ON e.id = c.entry_id \
      WHERE c.position BETWEEN \(positions.lowerBound) AND \(positions.upperBound)
      """, isLong: true)
    var expected: [Int64: BSONDocument] = [:]
    for row in rows {
      var cells = row.cells
      let position: Int64 = try cells.next()
      expected[position] = AuditShipment.document(try SealedEntry(cells: &cells), at: position)
    }
    let documents = try await clinic.mongo.find(
      AuditShipment.collection,
      filter: [
        "_id": ["$gt": .int64(positions.lowerBound - 1), "$lte": .int64(positions.upperBound)]
      ])
    try await Strays.look(
      among: documents, in: AuditShipment.collection, of: clinic, repairs: repairs, &findings)
    let found = Dictionary(
      documents.compactMap { document in document["_id"]?.integerValue.map { ($0, document) } }
    ) { first, _ in first }
    let wrong = Set(expected.keys).union(found.keys).filter { expected[$0] != found[$0] }.sorted()
    for position in wrong {
      findings.add(
        .mongodb, AuditShipment.collection, String(position),
        expected: expected[position].map { _ in "an entry" },
        found: found[position].map { _ in "another entry" })
    }
    guard repairs, !wrong.isEmpty else { return }
    try await remove(wrong, from: clinic.mongo)
    try await clinic.mongo.insertMany(AuditShipment.collection, wrong.compactMap { expected[$0] })
  }

  /// Looks for copied entries that the chain does not have, after PostgreSQL was set back.
  private func lookBeyond(
    in clinic: Clinic, repairs: Bool, _ findings: inout Findings
  ) async throws {
    let head: SQL = "SELECT coalesce(max(position), 0) FROM audit_chain"
    let before: Int64 = try await clinic.postgres.query(head).single()
    let later = try await clinic.mongo.find(
      AuditShipment.collection, filter: ["_id": ["$gt": .int64(before)]], projection: ["_id": 1])
    guard !later.isEmpty else { return }
    try await Strays.look(
      among: later, in: AuditShipment.collection, of: clinic, repairs: repairs, &findings)
    let now: Int64 = try await clinic.postgres.query(head).single()
    let beyond = later.compactMap { $0["_id"]?.integerValue }.filter { $0 > now }.sorted()
    for position in beyond {
      findings.add(.mongodb, AuditShipment.collection, String(position), found: "an entry")
    }
    if repairs, !beyond.isEmpty { try await remove(beyond, from: clinic.mongo) }
  }

  private func remove(_ positions: [Int64], from mongo: MongoClient) async throws {
    try await mongo.deleteMany(
      AuditShipment.collection, filter: ["_id": ["$in": .array(positions.map(BSON.int64))]])
  }
}
