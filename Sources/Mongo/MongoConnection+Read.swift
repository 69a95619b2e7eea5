import CMongoc

extension MongoConnection {
  func find(_ query: FindQuery, in collection: String) throws(MongoError) -> [EncodedDocument] {
    let collection = try CollectionHandle(collection, of: self)
    let filter = try NativeDocument(query.filter)
    var options = query.options
    options.append("maxTimeMS", timeLimit)
    let native = try NativeDocument(options)
    return try unsafe documents(
      of: mongoc_collection_find_with_opts(
        collection.pointer, filter.pointer, native.pointer, nil))
  }

  func aggregate(
    _ pipeline: [BSONDocument], in collection: String
  ) throws(MongoError) -> [EncodedDocument] {
    let collection = try CollectionHandle(collection, of: self)
    let stages = try NativeDocument(["pipeline": .array(pipeline.map(BSON.document))])
    let options = try NativeDocument(["maxTimeMS": timeLimit])
    return try unsafe documents(
      of: mongoc_collection_aggregate(
        collection.pointer, MONGOC_QUERY_NONE, stages.pointer, options.pointer, nil))
  }

  func count(_ filter: BSONDocument, in collection: String) throws(MongoError) -> Int {
    let collection = try CollectionHandle(collection, of: self)
    let filter = try NativeDocument(filter)
    let options = try NativeDocument(["maxTimeMS": timeLimit])
    var count: Int64 = -1
    let answer = try unsafe call { reply, error in
      count = unsafe mongoc_collection_count_documents(
        collection.pointer, filter.pointer, options.pointer, nil, reply, &error)
      return count >= 0
    }
    if let failure = answer.failure { throw failure }
    return Int(count)
  }

  /// Runs a command on the client's database, as a write if it is one.
  func command(_ command: BSONDocument, isWrite: Bool) throws(MongoError) -> BSONDocument {
    let native = try NativeDocument(command)
    let answer = try unsafe call { reply, error in
      isWrite
        ? unsafe mongoc_client_write_command_with_opts(
          client, database, native.pointer, nil, reply, &error)
        : unsafe mongoc_client_command_simple(
          client, database, native.pointer, nil, reply, &error)
    }
    if let failure = answer.failure { throw failure }
    return try answer.reply.decoded()
  }

  /// The server gives up when its client does.
  private var timeLimit: BSON { .int64(Int64(timeout.milliseconds)) }

  /// All documents of a cursor, which is freed.
  private func documents(of cursor: OpaquePointer?) throws(MongoError) -> [EncodedDocument] {
    guard let cursor = unsafe cursor else { throw MongoError(.invalidDocument) }
    defer { unsafe mongoc_cursor_destroy(cursor) }
    let started = ContinuousClock.now
    var documents: [EncodedDocument] = []
    var document: OpaquePointer?
    while unsafe mongoc_cursor_next(cursor, &document) {
      guard let document = unsafe document else { break }
      documents.append(try unsafe EncodedDocument(document))
    }
    var error = bson_error_t()
    if unsafe mongoc_cursor_error(cursor, &error) { throw failure(error, since: started) }
    return documents
  }
}

/// Owns a `mongoc_collection_t`.
@safe
struct CollectionHandle: ~Copyable {
  let pointer: OpaquePointer

  init(_ name: String, of connection: MongoConnection) throws(MongoError) {
    guard !name.isEmpty, !name.contains("\0"),
      let pointer = unsafe mongoc_client_get_collection(
        connection.client, connection.database, name)
    else { throw MongoError(.invalidDocument) }
    unsafe self.pointer = pointer
  }

  deinit { unsafe mongoc_collection_destroy(pointer) }
}
