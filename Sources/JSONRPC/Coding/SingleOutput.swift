/// Writes a value that is no container of its own.
struct SingleOutput: SingleValueEncodingContainer {
  let output: EncodingOutput

  var codingPath: [any CodingKey] { [] }

  func encodeNil() { output.writer.null() }
  func encode(_ value: Bool) { output.writer.bool(value) }
  func encode(_ value: String) { output.writer.string(value) }
  func encode(_ value: Int) { output.writer.int(value) }
  func encode(_ value: Int8) { output.writer.int(value) }
  func encode(_ value: Int16) { output.writer.int(value) }
  func encode(_ value: Int32) { output.writer.int(value) }
  func encode(_ value: Int64) { output.writer.int(value) }
  func encode(_ value: UInt) { output.writer.int(value) }
  func encode(_ value: UInt8) { output.writer.int(value) }
  func encode(_ value: UInt16) { output.writer.int(value) }
  func encode(_ value: UInt32) { output.writer.int(value) }
  func encode(_ value: UInt64) { output.writer.int(value) }
  func encode(_ value: Double) throws { try output.encode(value) }
  func encode(_ value: Float) throws { try output.encode(value) }
  func encode<T: Encodable>(_ value: T) throws { try output.encode(value) }
}
