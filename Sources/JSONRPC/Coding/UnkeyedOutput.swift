/// Writes the elements of an array.
struct UnkeyedOutput: UnkeyedEncodingContainer {
  let output: EncodingOutput
  /// How many containers are open inside this one's brackets, itself counted.
  let depth: Int
  private(set) var count = 0

  init(output: EncodingOutput, depth: Int) {
    self.output = output
    self.depth = depth
  }

  var codingPath: [any CodingKey] { [] }

  private mutating func begin() {
    if output.depth > depth { output.close(to: depth) }
    count += 1
  }

  mutating func encodeNil() {
    begin()
    output.null()
  }

  mutating func encode(_ value: Bool) {
    begin()
    output.bool(value)
  }

  mutating func encode(_ value: String) {
    begin()
    output.string(value)
  }

  mutating func encode(_ value: Int) {
    begin()
    output.int(value)
  }

  mutating func encode<T: Encodable>(_ value: T) throws {
    begin()
    try output.encode(value)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    begin()
    return ValueEncoder(output: output, depth: depth).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    begin()
    return ValueEncoder(output: output, depth: depth).unkeyedContainer()
  }

  /// A superclass's elements are elements of the same array.
  mutating func superEncoder() -> any Encoder { ValueEncoder(output: output, depth: depth - 1) }
}
