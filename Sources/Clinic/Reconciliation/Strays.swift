import Mongo

/// Documents under ids that no copy has: copies of rows have whole numbers from 1 on.
enum Strays {
  /// Those that are no numbers, or too small a number. Said so that the index finds them; numbers
  /// that are not whole stand among the copies.
  private static let filter: BSONDocument = [
    "$or": [
      ["_id": ["$lt": 1]],
      [
        "_id": [
          "$type": [
            "minKey", "null", "string", "symbol", "object", "binData", "objectId", "bool", "date",
            "timestamp", "regex", "javascript", "maxKey",
          ]
        ]
      ],
    ]
  ]

  static func look(
    in collection: String, of clinic: Clinic, repairs: Bool, _ findings: inout Findings
  ) async throws {
    let found = try await clinic.mongo.find(collection, filter: filter, projection: ["_id": 1])
    add(found.count, of: collection, to: &findings)
    if repairs, !found.isEmpty { try await clinic.mongo.deleteMany(collection, filter: filter) }
  }

  /// Looks among documents that were read for a comparison.
  static func look(
    among documents: [BSONDocument], in collection: String, of clinic: Clinic, repairs: Bool,
    _ findings: inout Findings
  ) async throws {
    let ids = documents.compactMap { $0["_id"] }.filter { $0.integerValue == nil }
    add(ids.count, of: collection, to: &findings)
    if repairs, !ids.isEmpty {
      try await clinic.mongo.deleteMany(collection, filter: ["_id": ["$in": .array(ids)]])
    }
  }

  private static func add(_ count: Int, of collection: String, to findings: inout Findings) {
    for _ in 0..<count {
      findings.add(.mongodb, collection, "an id of another kind", found: "a document")
    }
  }
}
