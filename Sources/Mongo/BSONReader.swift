import CMongoc

/// Reads values one after the other, none beyond the end.
struct BSONReader {
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position == end }

  mutating func byte() throws(MongoError) -> UInt8 {
    bytes[try take(1).lowerBound]
  }

  /// A text up to a zero.
  mutating func name() throws(MongoError) -> Range<Int> {
    let start = position
    while try byte() != 0 {}
    return start..<position - 1
  }

  /// The members of an embedded document.
  mutating func container() throws(MongoError) -> Range<Int> {
    let start = position
    let length = Int(try int32())
    guard length >= 5 else { throw MongoError(.invalidDocument) }
    let rest = try take(length - 4)
    guard bytes[rest.upperBound - 1] == 0 else { throw MongoError(.invalidDocument) }
    return start + 4..<rest.upperBound - 1
  }

  mutating func value(
    of type: UInt8, in document: EncodedDocument
  ) throws(MongoError) -> EncodedDocument.Value {
    switch type {
    case 0x02: return .string(EncodedText(bytes: bytes, range: try string()))
    case 0x03: return .document(try EncodedDocument(try container(), of: document))
    case 0x04: return .array(try EncodedDocument(try container(), of: document))
    default: return .scalar(try scalar(of: type))
    }
  }

  private mutating func scalar(of type: UInt8) throws(MongoError) -> BSON {
    switch type {
    case 0x01: return .double(Double(bitPattern: UInt64(bitPattern: try int64())))
    case 0x05:
      let length = Int(try int32())
      _ = try byte()
      return .binary(Array(bytes[try take(length)]))
    case 0x07: return .objectID(hexadecimal(bytes[try take(12)]))
    case 0x08: return .bool(try byte() != 0)
    case 0x09: return .date(try int64())
    case 0x0A: return .null
    case 0x10: return .int32(try int32())
    case 0x11:
      let increment = UInt32(bitPattern: try int32())
      return .timestamp(seconds: UInt32(bitPattern: try int32()), increment: increment)
    case 0x12: return .int64(try int64())
    case 0x13:
      let low = UInt64(bitPattern: try int64())
      return .decimal(decimalText(high: UInt64(bitPattern: try int64()), low: low))
    default:
      try skip(type)
      return .unsupported(type: type)
    }
  }

  /// Passes over a value of one of the types that nobody uses any more, or never did.
  private mutating func skip(_ type: UInt8) throws(MongoError) {
    switch type {
    case 0x06, 0x7F, 0xFF: break
    case 0x0B:
      _ = try name()
      _ = try name()
    case 0x0C:
      _ = try string()
      _ = try take(12)
    case 0x0D, 0x0E: _ = try string()
    case 0x0F: _ = try take(Int(try int32()) - 4)
    default: throw MongoError(.invalidDocument)
    }
  }

  /// A text after its length, which counts its closing zero.
  private mutating func string() throws(MongoError) -> Range<Int> {
    let length = Int(try int32())
    guard length >= 1 else { throw MongoError(.invalidDocument) }
    let range = try take(length)
    guard bytes[range.upperBound - 1] == 0 else { throw MongoError(.invalidDocument) }
    return range.lowerBound..<range.upperBound - 1
  }

  private mutating func int32() throws(MongoError) -> Int32 {
    Int32(truncatingIfNeeded: try number(4))
  }

  private mutating func int64() throws(MongoError) -> Int64 {
    Int64(bitPattern: try number(8))
  }

  /// A number of `size` bytes, the lowest first.
  private mutating func number(_ size: Int) throws(MongoError) -> UInt64 {
    try take(size).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }

  private mutating func take(_ count: Int) throws(MongoError) -> Range<Int> {
    guard count >= 0, count <= end - position else { throw MongoError(.invalidDocument) }
    defer { position += count }
    return position..<position + count
  }

  private func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private func decimalText(high: UInt64, low: UInt64) -> String {
    var decimal = bson_decimal128_t()
    decimal.high = high
    decimal.low = low
    return unsafe withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)
    ) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      unsafe bson_decimal128_to_string(&decimal, start)
      return unsafe String(cString: start)
    }
  }
}
