import Mongo

/// Documents under ids that no copy has: copies of rows have whole numbers from 1 on.
enum Strays {
  private static let filter: BSONDocument = [
    "$or": [["_id": ["$lt": 1]], ["_id": ["$not": ["$type": ["int", "long"]]]]]
  ]

  static func look(
    in collection: String, of clinic: Clinic, repairs: Bool, _ findings: inout Findings
  ) async throws {
    let found = try await clinic.mongo.find(collection, filter: filter, projection: ["_id": 1])
    for _ in found {
      findings.add(.mongodb, collection, "an id of another kind", found: "a document")
    }
    if repairs, !found.isEmpty { try await clinic.mongo.deleteMany(collection, filter: filter) }
  }
}
