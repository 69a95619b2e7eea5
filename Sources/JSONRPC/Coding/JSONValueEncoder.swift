/// Encodes straight into JSON text, without a tree between.
///
/// Properties are named in ``SnakeCase``; the keys of dictionaries are taken as they are. An optional that is nil is written
/// as null, so that a result always shows every field.
public struct JSONValueEncoder: Sendable {
  public init() {}

  /// - Throws: what the value's own `encode(to:)` throws; `EncodingError` for a number that is not finite.
  public func encode(_ value: some Encodable) throws -> [UInt8] {
    var writer = JSONWriter(capacity: 1024)
    try encode(value, into: &writer)
    return writer.finish()
  }

  /// Writes the value as the writer's next one. After an error the writer holds part of it.
  public func encode(_ value: some Encodable, into writer: inout JSONWriter) throws {
    let output = EncodingOutput(taking: &writer)
    defer { output.give(to: &writer) }
    try output.encode(value)
  }
}

/// What the encoders and containers of one encoding share: the writer, and which arrays and objects are open in it.
final class EncodingOutput {
  var writer: JSONWriter
  /// For each open container, whether it is an object.
  private(set) var open: [Bool] = []

  init(taking writer: inout JSONWriter) {
    self.writer = JSONWriter(capacity: 0)
    swap(&self.writer, &writer)
  }

  func give(to writer: inout JSONWriter) {
    swap(&self.writer, &writer)
  }

  var depth: Int { open.count }

  func begin(isObject: Bool) {
    isObject ? writer.beginObject() : writer.beginArray()
    open.append(isObject)
  }

  /// Closes what was opened inside of a container and is done with: containers do not say when they end.
  func close(to depth: Int) {
    while open.count > depth, let isObject = open.popLast() {
      isObject ? writer.endObject() : writer.endArray()
    }
  }

  func encode(_ value: some Encodable) throws {
    let depth = open.count
    let length = writer.bytes.count
    try value.encode(to: ValueEncoder(output: self, depth: depth))
    if writer.bytes.count == length {
      // A struct without properties asks for no container.
      begin(isObject: true)
    }
    close(to: depth)
  }

  func encode(_ value: Double) throws {
    guard value.isFinite else {
      throw EncodingError.invalidValue(
        value, EncodingError.Context(codingPath: [], debugDescription: "not a finite number"))
    }
    writer.double(value)
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
  private func begin(isObject: Bool) {
    if output.depth > depth {
      output.close(to: depth + 1)
    } else {
      output.begin(isObject: isObject)
    }
  }
}
