import CMongoc

/// Writes documents into `bson_t`s, reusing the scratch space for nested ones.
@safe
final class BSONEncoder {
  /// MongoDB itself takes 100 levels.
  static let maximumDepth = 100

  /// One `bson_t` for each level, as `bson_append_document_begin` wants it: memory for it to fill.
  private var levels: [OpaquePointer] = unsafe []

  deinit {
    while let level = unsafe levels.popLast() {
      unsafe bson_free(UnsafeMutableRawPointer(level))
    }
  }

  func append(_ document: BSONDocument, to parent: OpaquePointer) throws(MongoError) {
    try unsafe append(document, to: parent, depth: 0)
  }

  private func append(
    _ document: BSONDocument, to parent: OpaquePointer, depth: Int
  ) throws(MongoError) {
    for (key, value) in document {
      try unsafe append(value, key: key, to: parent, depth: depth)
    }
  }

  private func append(
    _ value: BSON, key: String, to parent: OpaquePointer, depth: Int
  ) throws(MongoError) {
    var key = key
    let result: Result<Bool, MongoError> = key.withUTF8 { key in
      // libbson would cut the name there.
      guard unsafe !key.contains(0), let length = Int32(exactly: key.count) else {
        return .failure(MongoError(.invalidDocument))
      }
      return unsafe key.withMemoryRebound(to: CChar.self) { key in
        Result { () throws(MongoError) in
          try unsafe append(
            value, key: key.baseAddress, length: length, to: parent, depth: depth)
        }
      }
    }
    // libbson refuses what would grow past 2 GB.
    guard try result.get() else { throw MongoError(.invalidDocument) }
  }

  private func append(
    _ value: BSON, key: UnsafePointer<CChar>?, length: Int32, to parent: OpaquePointer, depth: Int
  ) throws(MongoError) -> Bool {
    switch value {
    case .document(let document):
      let child = try unsafe level(depth + 1)
      guard unsafe bson_append_document_begin(parent, key, length, child) else { return false }
      let outcome = Result { () throws(MongoError) in
        try unsafe append(document, to: child, depth: depth + 1)
      }
      guard unsafe bson_append_document_end(parent, child) else { return false }
      try outcome.get()
      return true
    case .array(let elements):
      let child = try unsafe level(depth + 1)
      guard unsafe bson_append_array_begin(parent, key, length, child) else { return false }
      let outcome = Result { () throws(MongoError) in
        for (index, element) in elements.enumerated() {
          try unsafe append(element, key: String(index), to: child, depth: depth + 1)
        }
      }
      guard unsafe bson_append_array_end(parent, child) else { return false }
      try outcome.get()
      return true
    case .string(var text):
      return text.withUTF8 { text in
        guard let count = Int32(exactly: text.count) else { return false }
        return unsafe text.withMemoryRebound(to: CChar.self) { text in
          unsafe bson_append_utf8(parent, key, length, text.baseAddress, count)
        }
      }
    case .int32(let number): return unsafe bson_append_int32(parent, key, length, number)
    case .int64(let number): return unsafe bson_append_int64(parent, key, length, number)
    case .double(let number): return unsafe bson_append_double(parent, key, length, number)
    case .bool(let flag): return unsafe bson_append_bool(parent, key, length, flag)
    case .date(let instant): return unsafe bson_append_date_time(parent, key, length, instant)
    case .null: return unsafe bson_append_null(parent, key, length)
    case .objectID(let digits):
      guard unsafe bson_oid_is_valid(digits, digits.utf8.count) else { return false }
      var identifier = bson_oid_t()
      unsafe bson_oid_init_from_string(&identifier, digits)
      return unsafe bson_append_oid(parent, key, length, &identifier)
    case .decimal(let text):
      var decimal = bson_decimal128_t()
      guard
        unsafe bson_decimal128_from_string_w_len(
          text, Int32(truncatingIfNeeded: text.utf8.count), &decimal)
      else { return false }
      return unsafe bson_append_decimal128(parent, key, length, &decimal)
    case .binary(let bytes):
      guard let count = UInt32(exactly: bytes.count) else { return false }
      return unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe bson_append_binary(
          parent, key, length, BSON_SUBTYPE_BINARY, bytes.baseAddress, count)
      }
    case .timestamp(let seconds, let increment):
      return unsafe bson_append_timestamp(parent, key, length, seconds, increment)
    case .unsupported:
      return false
    }
  }

  private func level(_ depth: Int) throws(MongoError) -> OpaquePointer {
    guard depth <= Self.maximumDepth else { throw MongoError(.invalidDocument) }
    while unsafe levels.count < depth {
      unsafe levels.append(OpaquePointer(bson_aligned_alloc0(128, 128)))
    }
    return unsafe levels[depth - 1]
  }
}
