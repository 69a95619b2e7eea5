/// One value of a MongoDB document.
public enum BSON: Sendable, Hashable {
  case document(BSONDocument)
  case array([BSON])
  case string(String)
  case int32(Int32)
  case int64(Int64)
  case double(Double)
  case bool(Bool)
  /// An instant, in milliseconds since 1970-01-01T00:00:00Z.
  case date(Int64)
  case null
  /// An ObjectId, as 24 hexadecimal digits.
  case objectID(String)
  /// A Decimal128 in its decimal notation, such as `"12.50"`.
  case decimal(String)
  case binary([UInt8])
  /// The server's own clock type; it appears in replies to commands.
  case timestamp(seconds: UInt32, increment: UInt32)
  /// A type that this module does not know, by its BSON number. It is only ever read: a document
  /// that holds one cannot be sent.
  case unsupported(type: UInt8)
}

// MARK: - Reading

extension BSON {
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The number as an integer, if it is exactly one, whatever its numeric type.
  public var integerValue: Int64? {
    switch self {
    case .int32(let value): Int64(value)
    case .int64(let value): value
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var dateValue: Int64? {
    if case .date(let value) = self { value } else { nil }
  }

  public var documentValue: BSONDocument? {
    if case .document(let value) = self { value } else { nil }
  }

  public var arrayValue: [BSON]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var isNull: Bool { self == .null }

  /// The member of an embedded document.
  public subscript(key: String) -> BSON? { documentValue?[key] }
}

// MARK: - Writing

extension BSON: ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) { self = .string(value) }
}

extension BSON: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self = .int64(value) }
}

extension BSON: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .double(value) }
}

extension BSON: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension BSON: ExpressibleByNilLiteral {
  public init(nilLiteral: ()) { self = .null }
}

extension BSON: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: BSON...) { self = .array(elements) }
}

extension BSON: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, BSON)...) {
    self = .document(BSONDocument(elements))
  }
}
