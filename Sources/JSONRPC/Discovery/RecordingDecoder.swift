/// A decoder that has no input: it hands out samples and records what was asked for.
final class RecordingDecoder: Decoder {
  let recording: Recording
  private var recorded: JSONSchema?
  private var fields: [MethodParams.Field]?
  private var element: JSONSchema?
  /// Whether the type asked for null.
  private var isNullable = false

  init(_ recording: Recording) {
    self.recording = recording
  }

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The properties, in the order in which they were asked for; nil when the type is no object.
  var properties: [MethodParams.Field]? { fields }

  /// What has been asked for. A type that asked for nothing is a struct without properties.
  var schema: JSONSchema {
    if let recorded { return isNullable ? .nullable(recorded) : recorded }
    if let element { return .array(of: element) }
    let properties = (fields ?? []).map {
      JSONSchema.Property(
        name: $0.name, schema: $0.schema,
        isRequired: $0.isRequired || recording.use == .result)
    }
    return .object(properties, isClosed: recording.use == .params)
  }

  func record(_ schema: JSONSchema) {
    recorded = schema
  }

  func recordNullable() {
    isNullable = true
  }

  func recordElement(_ schema: JSONSchema) {
    element = schema
  }

  /// A property that is asked for twice is the same one.
  func recordField(_ field: MethodParams.Field) {
    guard fields?.contains(where: { $0.name == field.name }) != true else { return }
    fields = (fields ?? []) + [field]
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    fields = fields ?? []
    return KeyedDecodingContainer(KeyedRecorder<Key>(decoder: self))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer {
    element = element ?? .any
    return UnkeyedRecorder(decoder: self)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleRecorder(decoder: self)
  }
}

/// Records the properties of an object.
struct KeyedRecorder<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: RecordingDecoder

  var codingPath: [any CodingKey] { [] }

  /// Only dictionaries ask for the keys; one is enough to learn what their values are.
  var allKeys: [Key] { [Key(stringValue: "key")].compactMap(\.self) }

  func contains(_ key: Key) -> Bool { true }

  func decodeNil(forKey key: Key) -> Bool { false }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let (value, schema) = try decoder.recording.sample(type)
    if keysAreText(Key.self) {
      decoder.record(.dictionary(of: schema))
    } else {
      let isRequired = !(type is any OptionalParam.Type) && !isOptional(type)
      record(key, type, schema, isRequired: isRequired)
    }
    return value
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    record(key, type, .nullable(try decoder.recording.sample(type).schema), isRequired: false)
    return nil
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { optional(key, type) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { optional(key, type) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { optional(key, type) }
  func decodeIfPresent(_ type: Float.Type, forKey key: Key) -> Float? { optional(key, type) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { optional(key, type) }
  func decodeIfPresent(_ type: Int8.Type, forKey key: Key) -> Int8? { optional(key, type) }
  func decodeIfPresent(_ type: Int16.Type, forKey key: Key) -> Int16? { optional(key, type) }
  func decodeIfPresent(_ type: Int32.Type, forKey key: Key) -> Int32? { optional(key, type) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) -> Int64? { optional(key, type) }
  func decodeIfPresent(_ type: UInt.Type, forKey key: Key) -> UInt? { optional(key, type) }
  func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) -> UInt8? { optional(key, type) }
  func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) -> UInt16? { optional(key, type) }
  func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) -> UInt32? { optional(key, type) }
  func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) -> UInt64? { optional(key, type) }

  private func optional<T: JSONSchemaRepresentable>(_ key: Key, _ type: T.Type) -> T? {
    record(key, type, .nullable(type.jsonSchema), isRequired: false)
    return nil
  }

  private func record<T>(_ key: Key, _ type: T.Type, _ schema: JSONSchema, isRequired: Bool) {
    decoder.recordField(
      MethodParams.Field(
        name: keysAreText(Key.self) ? key.stringValue : SnakeCase.convert(key.stringValue),
        schema: schema, isRequired: isRequired, isByNameOnly: type is any ByNameOnly.Type))
  }

  private func isOptional<T>(_ type: T.Type) -> Bool { type is any ExpressibleByNilLiteral.Type }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    throw decoder.unsupported("nested containers")
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw decoder.unsupported("nested containers")
  }

  func superDecoder() -> any Decoder { decoder }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    throw decoder.unsupported("superDecoder(forKey:)")
  }
}

/// Records the element of an array: one is asked for, and then the array ends.
struct UnkeyedRecorder: UnkeyedDecodingContainer {
  let decoder: RecordingDecoder
  private(set) var currentIndex = 0

  init(decoder: RecordingDecoder) {
    self.decoder = decoder
  }

  var codingPath: [any CodingKey] { [] }
  var count: Int? { 1 }
  var isAtEnd: Bool { currentIndex > 0 }

  func decodeNil() -> Bool { false }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let (value, schema) = try decoder.recording.sample(type)
    decoder.recordElement(schema)
    currentIndex += 1
    return value
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    throw decoder.unsupported("nested containers")
  }

  func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw decoder.unsupported("nested containers")
  }

  func superDecoder() throws -> any Decoder { decoder }
}

/// Records a value that is no container of its own.
struct SingleRecorder: SingleValueDecodingContainer {
  let decoder: RecordingDecoder

  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool {
    decoder.recordNullable()
    return false
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let (value, schema) = try decoder.recording.sample(type)
    decoder.record(schema)
    return value
  }
}

extension RecordingDecoder {
  fileprivate func unsupported(_ what: String) -> SchemaError {
    SchemaError(
      typeName: "init(from:)", message: "\(what) cannot be recorded; declare a jsonSchema")
  }
}
