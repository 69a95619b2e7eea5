/// Writes the members of an object.
struct KeyedOutput<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let output: EncodingOutput
  /// How many containers are open inside this one's braces, itself counted.
  let depth: Int

  var codingPath: [any CodingKey] { [] }

  /// Writes the member's name.
  private func begin(_ key: Key) {
    if output.depth > depth { output.close(to: depth) }
    if keysAreText(Key.self) {
      output.writer.key(key.stringValue)
    } else {
      output.writer.key(camelCase: key.stringValue)
    }
  }

  private func put(_ value: String, _ key: Key) {
    begin(key)
    output.writer.string(value)
  }

  private func put(_ value: Bool, _ key: Key) {
    begin(key)
    output.writer.bool(value)
  }

  private func put(_ value: some FixedWidthInteger, _ key: Key) {
    begin(key)
    output.writer.int(value)
  }

  func encodeNil(forKey key: Key) {
    begin(key)
    output.writer.null()
  }

  func encode(_ value: Bool, forKey key: Key) { put(value, key) }
  func encode(_ value: String, forKey key: Key) { put(value, key) }
  func encode(_ value: Int, forKey key: Key) { put(value, key) }
  func encode(_ value: Int8, forKey key: Key) { put(value, key) }
  func encode(_ value: Int16, forKey key: Key) { put(value, key) }
  func encode(_ value: Int32, forKey key: Key) { put(value, key) }
  func encode(_ value: Int64, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt8, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt16, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt32, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt64, forKey key: Key) { put(value, key) }

  func encode(_ value: Float, forKey key: Key) throws {
    begin(key)
    try output.encode(value)
  }

  func encode(_ value: Double, forKey key: Key) throws {
    begin(key)
    try output.encode(value)
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    begin(key)
    try output.encode(value)
  }

  // Without these an optional that is nil would not be written at all.

  func encodeIfPresent(_ value: Bool?, forKey key: Key) {
    if let value { put(value, key) } else { encodeNil(forKey: key) }
  }
  func encodeIfPresent(_ value: String?, forKey key: Key) {
    if let value { put(value, key) } else { encodeNil(forKey: key) }
  }
  func encodeIfPresent(_ value: Int?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: Int8?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: Int16?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: Int32?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt8?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt16?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt32?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) { putIfPresent(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }
  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  private func putIfPresent<T: FixedWidthInteger>(_ value: T?, _ key: Key) {
    if let value { put(value, key) } else { encodeNil(forKey: key) }
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    begin(key)
    return ValueEncoder(output: output, depth: depth).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    begin(key)
    return ValueEncoder(output: output, depth: depth).unkeyedContainer()
  }

  /// A superclass's members are members of the same object.
  func superEncoder() -> any Encoder { ValueEncoder(output: output, depth: depth - 1) }

  func superEncoder(forKey key: Key) -> any Encoder {
    begin(key)
    return ValueEncoder(output: output, depth: depth)
  }
}

/// Whether keys of this type hold any text, as those of a dictionary do, and are no cases of an enum.
func keysAreText<Key: CodingKey>(_ type: Key.Type) -> Bool {
  MemoryLayout<Key>.size > 2
}
