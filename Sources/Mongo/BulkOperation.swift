import CMongoc

/// Owns a `mongoc_bulk_operation_t`: writes that go to the server together.
@safe
struct BulkOperation: ~Copyable {
  private let pointer: OpaquePointer
  private let connection: MongoConnection
  private let isOrdered: Bool
  private var count = 0
  private let first = NativeDocument()
  private let second = NativeDocument()

  init(
    on collection: String, ordered: Bool, over connection: MongoConnection
  ) throws(MongoError) {
    let collection = try CollectionHandle(collection, of: connection)
    let options = try NativeDocument(["ordered": .bool(ordered)])
    guard
      let pointer = unsafe mongoc_collection_create_bulk_operation_with_opts(
        collection.pointer, options.pointer)
    else { throw MongoError(.invalidDocument) }
    unsafe self.pointer = pointer
    self.connection = connection
    isOrdered = ordered
  }

  deinit { unsafe mongoc_bulk_operation_destroy(pointer) }

  mutating func insert(
    _ document: BSONDocument, _ options: borrowing NativeDocument
  ) throws(MongoError) {
    try first.encode(document, with: connection.encoder)
    guard
      unsafe mongoc_bulk_operation_insert_with_opts(
        pointer, first.pointer, options.pointer, nil)
    else { throw MongoError(.invalidDocument) }
    count += 1
  }

  mutating func replace(
    _ replacement: Replacement, _ options: borrowing NativeDocument
  ) throws(MongoError) {
    try first.encode(replacement.filter, with: connection.encoder)
    try second.encode(replacement.document, with: connection.encoder)
    guard
      unsafe mongoc_bulk_operation_replace_one_with_opts(
        pointer, first.pointer, second.pointer, options.pointer, nil)
    else { throw MongoError(.invalidDocument) }
    count += 1
  }

  /// Sends what was added; to be called once. Operations that found their `_id` taken are part of
  /// the outcome, any other error is thrown.
  func execute() throws(MongoError) -> Outcome {
    let answer = try unsafe connection.call { reply, error in
      unsafe mongoc_bulk_operation_execute(pointer, reply, &error) != 0
    }
    let outcome = Outcome(try answer.reply.decoded(), of: count)
    guard let failure = answer.failure else { return outcome }
    // The error may speak of one operation while the connection was lost for later ones: only a
    // reply that accounts for all of them is believed.
    let isComplete = isOrdered ? outcome.errors > 0 : outcome.total == count
    guard isComplete else {
      throw failure.kind == .duplicateKey ? connection.lost() : failure
    }
    if let kind = outcome.otherError { throw MongoError(kind) }
    return outcome
  }

  /// What the server says about each operation.
  struct Outcome {
    let inserted: Int
    let matched: Int
    let modified: Int
    let upserted: Int
    /// The operations that found their `_id` taken, in order.
    private(set) var duplicates: [Int] = []
    /// The first error that is not a duplicate, of an operation or of the wait for the majority.
    private(set) var otherError: MongoError.Kind?
    /// How many operations failed.
    private(set) var errors = 0

    init(_ reply: BSONDocument, of count: Int) {
      func number(_ key: String) -> Int { Int(reply[key]?.integerValue ?? 0) }
      inserted = number("nInserted")
      matched = number("nMatched")
      modified = number("nModified")
      upserted = number("nUpserted")
      for error in reply["writeErrors"]?.arrayValue ?? [] {
        errors += 1
        let kind = Self.kind(of: error)
        if kind == .duplicateKey, error["keyPattern"]?.documentValue?.keys == ["_id"],
          let index = error["index"]?.integerValue.flatMap({ Int(exactly: $0) }),
          (0..<count).contains(index)
        {
          duplicates.append(index)
        } else {
          otherError = otherError ?? kind
        }
      }
      duplicates.sort()
      let concernErrors = reply["writeConcernErrors"]?.arrayValue ?? []
      otherError = otherError ?? concernErrors.first.map(Self.kind)
    }

    private static func kind(of error: BSON) -> MongoError.Kind {
      .init(serverCode: Int32(truncatingIfNeeded: error["code"]?.integerValue ?? 0))
    }

    /// How many operations the reply accounts for.
    var total: Int { inserted + matched + upserted + errors }
  }
}
