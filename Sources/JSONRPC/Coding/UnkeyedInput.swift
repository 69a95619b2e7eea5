/// Reads the elements of an array.
struct UnkeyedInput: UnkeyedDecodingContainer {
  private var cursor: JSONCursor
  private let elementCount: Int
  private let refusesUnknown: Bool
  private(set) var currentIndex = 0

  init(_ value: JSONValue, refusesUnknown: Bool) {
    cursor = JSONCursor(value, .array)
    elementCount = value.count
    self.refusesUnknown = refusesUnknown
  }

  var codingPath: [any CodingKey] { [] }
  var count: Int? { elementCount }
  var isAtEnd: Bool { currentIndex >= elementCount }

  private mutating func next() throws(ParamsError) -> JSONValue {
    guard let value = cursor.nextElement() else {
      throw ParamsError(reason: .missing, field: "[\(currentIndex)]", message: "missing")
    }
    currentIndex += 1
    return value
  }

  /// Goes on only when the next element is null.
  mutating func decodeNil() throws -> Bool {
    var ahead = cursor
    guard let value = ahead.nextElement(), value.isNull else { return false }
    cursor = ahead
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try next()
    do {
      return try ValueDecoder(value, refusesUnknown: refusesUnknown).decode(type)
    } catch {
      throw error.inside("[\(currentIndex - 1)]")
    }
  }

  private mutating func nested() throws -> ValueDecoder {
    ValueDecoder(try next(), refusesUnknown: false)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nested().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try nested().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try nested() }
}
