internal import CMongoc

/// Reads documents out of `bson_t`s; what it returns is a copy.
enum BSONDecoder {
  /// The document that `document`, a `bson_t`, holds.
  static func decode(_ document: OpaquePointer) throws(MongoError) -> BSONDocument {
    let iterator = Iterator()
    guard unsafe bson_iter_init(iterator.pointer, document) else {
      throw MongoError(.invalidDocument)
    }
    return try members(of: iterator, depth: 0)
  }

  /// A `bson_iter_t` where libbson's alignment wants it.
  @safe
  private struct Iterator: ~Copyable {
    let pointer: OpaquePointer

    init() { unsafe pointer = OpaquePointer(bson_aligned_alloc0(128, 128)) }

    deinit { unsafe bson_free(UnsafeMutableRawPointer(pointer)) }
  }

  private static func members(
    of iterator: borrowing Iterator, depth: Int
  ) throws(MongoError) -> BSONDocument {
    var document = BSONDocument()
    while unsafe bson_iter_next(iterator.pointer) {
      let key = unsafe text(
        bson_iter_key(iterator.pointer), bson_iter_key_len(iterator.pointer))
      document.append(key, try value(at: iterator, depth: depth))
    }
    return document
  }

  private static func value(
    at iterator: borrowing Iterator, depth: Int
  ) throws(MongoError) -> BSON {
    let type = unsafe bson_iter_type(iterator.pointer)
    switch type {
    case BSON_TYPE_DOCUMENT: return .document(try nested(at: iterator, depth: depth))
    case BSON_TYPE_ARRAY:
      return .array(try nested(at: iterator, depth: depth).map { $0.value })
    case BSON_TYPE_UTF8:
      var length: UInt32 = 0
      let start = unsafe bson_iter_utf8(iterator.pointer, &length)
      return .string(unsafe text(start, length))
    case BSON_TYPE_INT32: return .int32(unsafe bson_iter_int32(iterator.pointer))
    case BSON_TYPE_INT64: return .int64(unsafe bson_iter_int64(iterator.pointer))
    case BSON_TYPE_DOUBLE: return .double(unsafe bson_iter_double(iterator.pointer))
    case BSON_TYPE_BOOL: return .bool(unsafe bson_iter_bool(iterator.pointer))
    case BSON_TYPE_DATE_TIME: return .date(unsafe bson_iter_date_time(iterator.pointer))
    case BSON_TYPE_NULL: return .null
    case BSON_TYPE_OID: return .objectID(unsafe objectID(bson_iter_oid(iterator.pointer)))
    case BSON_TYPE_DECIMAL128:
      var decimal = bson_decimal128_t()
      guard unsafe bson_iter_decimal128(iterator.pointer, &decimal) else { break }
      return .decimal(decimalText(decimal))
    case BSON_TYPE_BINARY:
      var length: UInt32 = 0
      var start: UnsafePointer<UInt8>? = nil
      unsafe bson_iter_binary(iterator.pointer, nil, &length, &start)
      return .binary(unsafe Array(UnsafeBufferPointer(start: start, count: Int(length))))
    case BSON_TYPE_TIMESTAMP:
      var seconds: UInt32 = 0
      var increment: UInt32 = 0
      unsafe bson_iter_timestamp(iterator.pointer, &seconds, &increment)
      return .timestamp(seconds: seconds, increment: increment)
    default: break
    }
    return .unsupported(type: UInt8(truncatingIfNeeded: type.rawValue))
  }

  private static func nested(
    at iterator: borrowing Iterator, depth: Int
  ) throws(MongoError) -> BSONDocument {
    let child = Iterator()
    // The server's own limit is 100, its replies nest what it stores a few levels deeper.
    guard depth < 2 * BSONEncoder.maximumDepth,
      unsafe bson_iter_recurse(iterator.pointer, child.pointer)
    else { throw MongoError(.invalidDocument) }
    return try members(of: child, depth: depth + 1)
  }

  private static func text(_ start: UnsafePointer<CChar>?, _ length: UInt32) -> String {
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(length))
    return unsafe String(decoding: bytes, as: UTF8.self)
  }

  private static func objectID(_ identifier: UnsafePointer<bson_oid_t>) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 25) { digits in
      unsafe bson_oid_to_string(identifier, digits.baseAddress)
      return unsafe text(digits.baseAddress, 24)
    }
  }

  private static func decimalText(_ decimal: bson_decimal128_t) -> String {
    var decimal = decimal
    return unsafe withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)
    ) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      unsafe bson_decimal128_to_string(&decimal, start)
      return unsafe String(cString: start)
    }
  }
}
