/// Reads the members of an object.
struct KeyedInput<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let reading: MemberReading

  init(_ reading: MemberReading) {
    self.reading = reading
  }

  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] { reading.memberNames.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { find(key) != nil }

  private func find(_ key: Key) -> Int? {
    reading.find(key.stringValue, isText: keysAreText(Key.self))
  }

  private func name(_ key: Key) -> String {
    keysAreText(Key.self) ? key.stringValue : SnakeCase.convert(key.stringValue)
  }

  /// The member's value.
  private func value(_ key: Key) throws(ParamsError) -> JSONValue {
    guard let index = find(key) else { throw missing(key) }
    return JSONValue(storage: reading.storage, index: index)
  }

  private func missing(_ key: Key) -> ParamsError {
    reading.misses = true
    return ParamsError(reason: .missing, field: name(key), message: "missing")
  }

  /// The member's value; nil when it is not there or null.
  private func valueIfPresent(_ key: Key) -> JSONValue? {
    guard let index = find(key) else { return nil }
    let value = JSONValue(storage: reading.storage, index: index)
    return value.isNull ? nil : value
  }

  private func located<T>(
    _ key: Key, _ read: () throws(ParamsError) -> T
  ) throws(ParamsError) -> T {
    do {
      return try read()
    } catch {
      throw error.inside(name(key))
    }
  }

  private func string(_ value: JSONValue, _ key: Key) throws(ParamsError) -> String {
    try located(key) { () throws(ParamsError) in try value.decodeString() }
  }

  private func bool(_ value: JSONValue, _ key: Key) throws(ParamsError) -> Bool {
    try located(key) { () throws(ParamsError) in try value.decodeBool() }
  }

  private func integer<T: FixedWidthInteger>(
    _ value: JSONValue, _ key: Key
  ) throws(ParamsError) -> T {
    try located(key) { () throws(ParamsError) in try value.decodeInteger() }
  }

  private func any<T: Decodable>(
    _ type: T.Type, _ value: JSONValue, _ key: Key
  ) throws(ParamsError) -> T {
    let decoder = ValueDecoder(value, refusesUnknown: reading.refusesUnknown)
    return try located(key) { () throws(ParamsError) in try decoder.decode(type) }
  }

  func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try bool(value(key), key) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try string(value(key), key) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try integer(value(key), key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(value(key), key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(value(key), key) }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    guard let index = find(key) else {
      if let type = type as? any OptionalParam.Type, let absent = type.absent as? T {
        return absent
      }
      throw missing(key)
    }
    return try any(type, JSONValue(storage: reading.storage, index: index), key)
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
    guard let value = valueIfPresent(key) else { return nil }
    return try bool(value, key)
  }

  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    guard let value = valueIfPresent(key) else { return nil }
    return try string(value, key)
  }

  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    guard let value = valueIfPresent(key) else { return nil }
    return try integer(value, key)
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let value = valueIfPresent(key) else { return nil }
    return try any(type, value, key)
  }

  private func nested(_ key: Key) throws -> ValueDecoder {
    ValueDecoder(try value(key), refusesUnknown: false)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nested(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nested(key).unkeyedContainer()
  }

  /// A superclass's members are members of the same object.
  func superDecoder() -> any Decoder { ValueDecoder(sharing: reading) }

  func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }
}
