/// The bytes of a statement's parameters, one after another.
public struct ParameterBuffer: Sendable {
  private(set) var bytes: [UInt8] = []
  var isNull = false

  /// The value is NULL. Nothing else may be appended for it.
  public mutating func appendNull() {
    isNull = true
  }

  public mutating func append(_ byte: UInt8) {
    bytes.append(byte)
  }

  public mutating func append(_ bytes: [UInt8]) {
    self.bytes.append(contentsOf: bytes)
  }

  public mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// Appends an integer in network byte order.
  public mutating func append(bigEndian value: some FixedWidthInteger) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(contentsOf other: ParameterBuffer) {
    bytes.append(contentsOf: other.bytes)
  }

  mutating func reserve(_ count: Int) {
    bytes.reserveCapacity(count)
  }

  /// Appends the elements of an array of one dimension.
  mutating func append<Element: PostgresEncodable>(array: [Element]) {
    append(bigEndian: Int32(array.isEmpty ? 0 : 1))
    let nullFlag = bytes.count
    append(bigEndian: Int32(0))
    append(bigEndian: Element.postgresType.oid)
    guard !array.isEmpty else { return }
    append(bigEndian: Int32(array.count))
    append(bigEndian: Int32(1))
    for element in array {
      let start = bytes.count
      append(bigEndian: Int32(-1))
      element.encode(into: &self)
      if isNull {
        isNull = false
        bytes[nullFlag + 3] = 1
      } else {
        set(Int32(bytes.count - start - 4), at: start)
      }
    }
  }

  private mutating func set(_ value: Int32, at index: Int) {
    for offset in 0..<4 {
      bytes[index + offset] = UInt8(truncatingIfNeeded: value >> (24 - 8 * Int32(offset)))
    }
  }
}
