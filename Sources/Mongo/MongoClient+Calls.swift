extension MongoClient {
  /// Inserts documents. Documents that are there already, under the same `_id`, are counted and
  /// left alone, so repeating the call changes nothing.
  ///
  /// - Parameter ordered: inserts one after the other and stops at the first error that is not such
  ///   a duplicate; otherwise all are tried. It is slower when there are duplicates.
  /// - Throws: ``MongoError/Kind/duplicateKey`` when another unique index refused a document.
  @discardableResult
  public func insertMany(
    _ collection: String, _ documents: [BSONDocument], ordered: Bool = false
  ) async throws(MongoError) -> InsertResult {
    // A document without `_id` gets a new one each time it is sent.
    let options = CallOptions(isRepeatable: documents.allSatisfy { $0["_id"] != nil })
    return try await perform(options) { (connection) throws(MongoError) in
      try connection.insert(documents, into: collection, ordered: ordered)
    }
  }

  /// Inserts documents of which some may be there already, under the same `_id`: such a document
  /// replaces the stored one if that has a lower version; if not, it is counted as superseded.
  ///
  /// - Parameter version: the member that tells which of two documents is newer.
  @discardableResult
  public func insertNewer(
    _ collection: String, _ documents: [BSONDocument], by version: String
  ) async throws(MongoError) -> ReplaceResult {
    try await perform { (connection) throws(MongoError) in
      try connection.insertNewer(documents, into: collection, by: version)
    }
  }

  /// Removes the documents that a filter finds.
  ///
  /// - Returns: how many there were.
  @discardableResult
  public func deleteMany(
    _ collection: String, filter: BSONDocument
  ) async throws(MongoError) -> Int {
    let command: BSONDocument = [
      "delete": .string(collection),
      "deletes": .array([["q": .document(filter), "limit": 0]]),
    ]
    return try await perform { (connection) throws(MongoError) in
      Int(try connection.command(command, isWrite: true)["n"]?.integerValue ?? 0)
    }
  }

  /// The documents that a filter finds, all in memory.
  ///
  /// - Parameter batch: how many the server sends in one message.
  public func find(
    _ collection: String, filter: BSONDocument = [:], sort: BSONDocument? = nil, skip: Int? = nil,
    limit: Int? = nil, projection: BSONDocument? = nil, batch: Int? = nil
  ) async throws(MongoError) -> [BSONDocument] {
    let query = FindQuery(
      filter: filter, sort: sort, skip: skip, limit: limit, projection: projection, batch: batch)
    return try await perform { (connection) throws(MongoError) in
      try connection.find(query, in: collection).decoded()
    }
  }

  /// The documents that a filter finds, as the server sends them.
  public func findEncoded(
    _ collection: String, filter: BSONDocument, sort: BSONDocument, limit: Int
  ) async throws(MongoError) -> [EncodedDocument] {
    let query = FindQuery(filter: filter, sort: sort, limit: limit)
    return try await perform { (connection) throws(MongoError) in
      try connection.find(query, in: collection)
    }
  }

  /// What an aggregation pipeline gives, all in memory.
  public func aggregate(
    _ collection: String, _ pipeline: [BSONDocument]
  ) async throws(MongoError) -> [BSONDocument] {
    try await perform { (connection) throws(MongoError) in
      try connection.aggregate(pipeline, in: collection).decoded()
    }
  }

  /// How many documents a filter finds.
  public func count(
    _ collection: String, filter: BSONDocument = [:]
  ) async throws(MongoError) -> Int {
    try await perform { (connection) throws(MongoError) in
      try connection.count(filter, in: collection)
    }
  }

  /// Creates indexes where they are missing; over a large collection that takes a while, up to ten
  /// minutes are waited.
  public func createIndexes(
    _ collection: String, _ indexes: [MongoIndex]
  ) async throws(MongoError) {
    guard !indexes.isEmpty else { return }
    let command: BSONDocument = [
      "createIndexes": .string(collection),
      "indexes": .array(
        indexes.map {
          ["key": .document($0.keys), "name": .string($0.name), "unique": .bool($0.unique)]
        }),
    ]
    try await perform(CallOptions(timeout: .seconds(600))) { (connection) throws(MongoError) in
      _ = try connection.command(command, isWrite: true)
    }
  }

  /// How the server would find the documents, and what it cost when it did (`executionStats`).
  public func explain(
    _ collection: String, filter: BSONDocument = [:], sort: BSONDocument? = nil, skip: Int? = nil,
    limit: Int? = nil, projection: BSONDocument? = nil
  ) async throws(MongoError) -> BSONDocument {
    let query = FindQuery(
      filter: filter, sort: sort, skip: skip, limit: limit, projection: projection)
    var find: BSONDocument = ["find": .string(collection), "filter": .document(filter)]
    for (key, value) in query.options { find.append(key, value) }
    return try await command(["explain": .document(find), "verbosity": "executionStats"])
  }

  /// Removes a collection with its indexes; it is no error if there is no such collection.
  public func drop(_ collection: String) async throws(MongoError) {
    try await perform { (connection) throws(MongoError) in
      do throws(MongoError) {
        _ = try connection.command(["drop": .string(collection)], isWrite: true)
      } catch {
        // NamespaceNotFound.
        guard error.kind == .server(code: 26) else { throw error }
      }
    }
  }

  /// Runs any other command on the client's database and gives the server's reply.
  @discardableResult
  public func command(_ command: BSONDocument) async throws(MongoError) -> BSONDocument {
    try await perform { (connection) throws(MongoError) in
      try connection.command(command, isWrite: false)
    }
  }
}

extension [EncodedDocument] {
  fileprivate func decoded() throws(MongoError) -> [BSONDocument] {
    try map { (document) throws(MongoError) in try document.decoded() }
  }
}
