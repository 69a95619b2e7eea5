/// Writes a single value, which is no container.
struct SingleOutput: SingleValueEncodingContainer {
  let output: EncodingOutput

  var codingPath: [any CodingKey] { [] }

  func encodeNil() { output.null() }
  func encode(_ value: Bool) { output.bool(value) }
  func encode(_ value: String) { output.string(value) }
  func encode(_ value: Int) { output.int(value) }
  func encode(_ value: Int8) { output.int(Int(value)) }
  func encode(_ value: Int16) { output.int(Int(value)) }
  func encode(_ value: Int32) { output.int(Int(value)) }
  func encode(_ value: Int64) { output.int(Int(value)) }
  func encode(_ value: UInt) { output.integer(value) }
  func encode(_ value: UInt8) { output.int(Int(value)) }
  func encode(_ value: UInt16) { output.int(Int(value)) }
  func encode(_ value: UInt32) { output.int(Int(value)) }
  func encode(_ value: UInt64) { output.integer(value) }
  func encode(_ value: Double) throws { try output.double(value) }
  /// By the text of the Float: as a Double it would show digits that it does not have.
  func encode(_ value: Float) throws { try output.double(Double(value.description) ?? .nan) }
  func encode<T: Encodable>(_ value: T) throws { try output.encode(value) }
}
