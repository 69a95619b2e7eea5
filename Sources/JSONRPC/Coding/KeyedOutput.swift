/// Writes the members of an object.
struct KeyedOutput<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let output: EncodingOutput
  /// How many containers are open inside this one's braces, itself counted.
  let depth: Int

  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { output.nullMember(WireKey(key), at: depth) }
  func encode(_ value: Bool, forKey key: Key) { output.member(WireKey(key), at: depth, value) }
  func encode(_ value: String, forKey key: Key) { output.member(WireKey(key), at: depth, value) }
  func encode(_ value: Int, forKey key: Key) { output.member(WireKey(key), at: depth, value) }
  func encode(_ value: Int64, forKey key: Key) { encode(Int(value), forKey: key) }
  func encode(_ value: Int32, forKey key: Key) { encode(Int(value), forKey: key) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try output.member(WireKey(key), at: depth, encoding: value)
  }

  // Without these an optional that is nil would not be written at all.

  func encodeIfPresent(_ value: Bool?, forKey key: Key) {
    if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func encodeIfPresent(_ value: String?, forKey key: Key) {
    if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func encodeIfPresent(_ value: Int?, forKey key: Key) {
    if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func encodeIfPresent(_ value: Int64?, forKey key: Key) {
    if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func encodeIfPresent(_ value: Int32?, forKey key: Key) {
    if let value { encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  // The other numbers, written like values of any other type.

  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try encodeAny(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try encodeAny(value, key) }

  private func encodeAny<T: Encodable>(_ value: T?, _ key: Key) throws {
    if let value {
      try output.member(WireKey(key), at: depth, encoding: value)
    } else {
      encodeNil(forKey: key)
    }
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    output.key(WireKey(key), at: depth)
    return ValueEncoder(output: output, depth: depth).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    output.key(WireKey(key), at: depth)
    return ValueEncoder(output: output, depth: depth).unkeyedContainer()
  }

  /// A superclass's members are members of the same object.
  func superEncoder() -> any Encoder { ValueEncoder(output: output, depth: depth - 1) }

  func superEncoder(forKey key: Key) -> any Encoder {
    output.key(WireKey(key), at: depth)
    return ValueEncoder(output: output, depth: depth)
  }
}
