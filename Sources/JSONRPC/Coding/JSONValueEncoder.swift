/// Encodes straight into JSON text, without building a tree first.
///
/// Properties are named in ``SnakeCase``; the keys of dictionaries are taken as they are. An
/// optional that is nil is written as null, so that a result always shows every field.
public struct JSONValueEncoder: Sendable {
  public init() {}

  /// - Throws: what the value's own `encode(to:)` throws; `EncodingError` for a number that is not
  ///   finite.
  public func encode(_ value: some Encodable) throws -> [UInt8] {
    if let encoded = value as? any EncodedJSON { return encoded.json.bytes }
    var writer = JSONWriter(capacity: 1024)
    try encode(value, into: &writer)
    return writer.finish()
  }

  /// Writes the value as the writer's next one. After an error the writer holds part of it.
  public func encode(_ value: some Encodable, into writer: inout JSONWriter) throws {
    let output = EncodingOutput()
    output.exchange(&writer)
    defer { output.exchange(&writer) }
    try output.encode(value)
  }
}

/// The encoder that one value is given.
struct ValueEncoder: Encoder {
  let output: EncodingOutput
  /// How many containers are open round the value.
  let depth: Int

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    begin(isObject: true)
    return KeyedEncodingContainer(KeyedOutput<Key>(output: output, depth: depth + 1))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    begin(isObject: false)
    return UnkeyedOutput(output: output, depth: depth + 1)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleOutput(output: output)
  }

  /// A second container of the same value goes on with the first.
  func begin(isObject: Bool) {
    if output.depth > depth {
      output.close(to: depth + 1)
    } else {
      output.begin(isObject: isObject)
    }
  }
}
