extension MongoConnection {
  /// Inserts documents of which some may be there already, under the same `_id`.
  func insert(
    _ documents: [BSONDocument], into collection: String, ordered: Bool
  ) throws(MongoError) -> InsertResult {
    // What Swift calls a string is UTF-8; libmongoc need not look again.
    let options = try NativeDocument(["validate": false])
    var result = InsertResult(inserted: 0, duplicates: 0)
    var rest = documents[...]
    while !rest.isEmpty {
      var bulk = try BulkOperation(on: collection, ordered: ordered, over: self)
      for document in rest { try bulk.insert(document, options) }
      let outcome = try bulk.execute()
      result.inserted += outcome.inserted
      result.duplicates += outcome.duplicates.count
      // In order, the server stops at the first duplicate; the rest is still to be inserted.
      guard ordered, let last = outcome.duplicates.last else { break }
      rest = rest.dropFirst(last + 1)
    }
    return result
  }

  /// Inserts documents, which is quicker than looking for each of them first, and replaces those
  /// that are there with newer ones.
  func insertNewer(
    _ documents: [BSONDocument], into collection: String, by version: String
  ) throws(MongoError) -> ReplaceResult {
    let options = try NativeDocument(["validate": false])
    guard !documents.isEmpty else {
      return .init(matched: 0, modified: 0, upserted: 0, superseded: 0)
    }
    var bulk = try BulkOperation(on: collection, ordered: false, over: self)
    for document in documents { try bulk.insert(document, options) }
    let outcome = try bulk.execute()
    let others = outcome.duplicates.map { index in
      let document = documents[index]
      // One that has no version is older than all.
      return Replacement(
        filter: [
          "_id": document["_id"] ?? .null, version: ["$not": ["$gte": document[version] ?? .null]],
        ], document: document)
    }
    var result = try replace(others, in: collection)
    result.upserted += outcome.inserted
    return result
  }

  /// Replaces documents, or inserts those that their filter does not find.
  ///
  /// With a filter of `_id` and a lower version, two things end as a duplicate `_id`: a document
  /// that is as new or newer, and one that somebody else inserted at this very moment. Trying again
  /// tells them apart.
  private func replace(
    _ replacements: [Replacement], in collection: String
  ) throws(MongoError) -> ReplaceResult {
    let options = try NativeDocument(["upsert": true, "validate": false])
    var result = ReplaceResult(matched: 0, modified: 0, upserted: 0, superseded: 0)
    var rest = replacements
    for attempt in 1...2 where !rest.isEmpty {
      var bulk = try BulkOperation(on: collection, ordered: false, over: self)
      for replacement in rest { try bulk.replace(replacement, options) }
      let outcome = try bulk.execute()
      result.matched += outcome.matched
      result.modified += outcome.modified
      result.upserted += outcome.upserted
      if attempt == 2 { result.superseded = outcome.duplicates.count }
      rest = outcome.duplicates.map { rest[$0] }
    }
    return result
  }
}

/// A document and what is to be found in its place.
struct Replacement: Sendable {
  let filter: BSONDocument
  let document: BSONDocument
}
