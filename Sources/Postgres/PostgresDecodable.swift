/// An element type whose arrays can be read. Every ``PostgresDecodable`` type is one, and so is
/// `UInt8`, since `[UInt8]` is a `bytea`.
public protocol PostgresArrayDecodable {
  static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [Self]
}

/// A value that can be read from a result.
public protocol PostgresDecodable: PostgresArrayDecodable {
  /// - Throws: ``PostgresError/Kind/decoding`` when the value is NULL or of another type.
  init(postgres value: PostgresValue) throws(PostgresError)
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard let decoded = Self(rawValue: try RawValue(postgres: value)) else { throw .decoding }
    self = decoded
  }
}

extension PostgresDecodable {
  /// Reads an array of one dimension.
  public static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [Self] {
    let dimensions: Int32 = try value.load()
    let type = PostgresType(oid: try value.load(at: 8))
    guard dimensions != 0 else { return [] }
    let count: Int32 = try value.load(at: 12)
    // An element has four bytes at least: a damaged count asks for no memory.
    guard dimensions == 1, count >= 0, Int(count) <= value.count / 4 else { throw .decoding }
    var elements: [Self] = []
    elements.reserveCapacity(Int(count))
    var offset = 20
    for _ in 0..<count {
      let length = Int(try value.load(Int32.self, at: offset))
      offset += 4
      let element =
        length < 0
        ? value.null(type: type) : try value.part(type: type, at: offset, count: length)
      elements.append(try Self(postgres: element))
      offset += max(length, 0)
    }
    return elements
  }
}

extension Int: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    self = try value.integer()
  }
}

extension Int64: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    self = try value.integer()
  }
}

extension Int32: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    self = try value.integer()
  }
}

extension Bool: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard value.type == .bool else { throw .decoding }
    self = try value.load(UInt8.self) != 0
  }
}

extension Double: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    switch value.type {
    case .float8: self.init(bitPattern: try value.load())
    case .float4: self.init(Float(bitPattern: try value.load()))
    default: throw .decoding
    }
  }
}

extension String: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    guard !value.isNull else { throw .decoding }
    switch value.type {
    case .jsonb: self = value.text(from: 1)
    case .uuid: self = try value.uuid()
    case let type where type.isBinaryOnly: throw .decoding
    default: self = value.text()
    }
  }
}

extension PostgresValue {
  fileprivate func uuid() throws(PostgresError) -> String {
    let high: UInt64 = try load()
    let low: UInt64 = try load(at: 8)
    var text = ""
    for half in [high, low] {
      for nibble in 0..<16 {
        if text.utf8.count == 8 || text.utf8.count == 13 || text.utf8.count == 18
          || text.utf8.count == 23
        {
          text.append("-")
        }
        text.append(String((half >> (60 - 4 * nibble)) & 15, radix: 16))
      }
    }
    return text
  }
}

extension UInt8: PostgresArrayDecodable {
  public static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [UInt8] {
    guard value.type == .bytea, !value.isNull else { throw .decoding }
    return value.bytes
  }
}

extension Array: PostgresArrayDecodable where Element: PostgresArrayDecodable {}

extension Array: PostgresDecodable where Element: PostgresArrayDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    self = try Element.decodeArray(value)
  }
}

extension Optional: PostgresArrayDecodable where Wrapped: PostgresDecodable {}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public init(postgres value: PostgresValue) throws(PostgresError) {
    self = value.isNull ? nil : try Wrapped(postgres: value)
  }
}
