import CMongoc

/// A document as the server has sent it. Its members are read where they lie, so that what nobody
/// asks for is not copied.
public struct EncodedDocument: Sendable {
  /// A value of a member.
  public enum Value: Sendable {
    case document(EncodedDocument)
    /// The elements are members whose names do not matter.
    case array(EncodedDocument)
    case string(EncodedText)
    /// Any other value.
    case scalar(BSON)
  }

  fileprivate let bytes: [UInt8]
  /// Where the members are: behind the length, before the closing zero.
  private let members: Range<Int>
  private let depth: Int

  /// - Throws: ``MongoError/Kind/invalidDocument`` when `bytes` are not as many as a document's
  ///   length says. What is wrong inside shows when it is read.
  public init(bytes: [UInt8]) throws(MongoError) {
    var reader = BSONReader(bytes, 0..<bytes.count)
    self.bytes = bytes
    members = try reader.container()
    depth = 0
    guard reader.isAtEnd else { throw MongoError(.invalidDocument) }
  }

  /// Copies what a `bson_t` holds.
  init(_ document: OpaquePointer) throws(MongoError) {
    guard let start = unsafe bson_get_data(document) else { throw MongoError(.invalidDocument) }
    let length = unsafe UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
    try self.init(
      bytes: unsafe Array(
        UnsafeBufferPointer(start: start, count: Int(UInt32(littleEndian: length)))))
  }

  fileprivate init(_ members: Range<Int>, of parent: EncodedDocument) throws(MongoError) {
    bytes = parent.bytes
    self.members = members
    depth = parent.depth + 1
    // The server's own limit is 100, its replies nest what it stores a few levels deeper.
    guard depth < 2 * BSONEncoder.maximumDepth else { throw MongoError(.invalidDocument) }
  }

  /// Reads the members in their order.
  ///
  /// - Parameter body: is given a member's name, in UTF-8 if its writer kept to that, and its value.
  /// - Throws: ``MongoError/Kind/invalidDocument`` when the bytes are no document; what `body`
  ///   throws.
  public func eachMember(
    _ body: (Span<UInt8>, Value) throws(MongoError) -> Void
  ) throws(MongoError) {
    var reader = BSONReader(bytes, members)
    while !reader.isAtEnd {
      let type = try reader.byte()
      let name = try reader.name()
      let value = try reader.value(of: type, in: self)
      try body(bytes.span.extracting(name), value)
    }
  }

  /// The first value of that name; `nil` too when the bytes before it are no document.
  public subscript(name: String) -> BSON? {
    var reader = BSONReader(bytes, members)
    while !reader.isAtEnd {
      guard let type = try? reader.byte(), let range = try? reader.name(),
        let value = try? reader.value(of: type, in: self)
      else { return nil }
      if bytes[range].elementsEqual(name.utf8) { return try? value.decoded() }
    }
    return nil
  }

  /// A copy with all of its members.
  public func decoded() throws(MongoError) -> BSONDocument {
    var document = BSONDocument()
    try eachMember { (name, value) throws(MongoError) in
      document.append(EncodedText.string(name), try value.decoded())
    }
    return document
  }
}

extension EncodedDocument.Value {
  func decoded() throws(MongoError) -> BSON {
    switch self {
    case .document(let document): return .document(try document.decoded())
    case .array(let elements): return .array(try elements.decoded().map(\.value))
    case .string(let text): return .string(text.withBytes(EncodedText.string))
    case .scalar(let value): return value
    }
  }
}

/// A string in the bytes of a document.
public struct EncodedText: Sendable {
  fileprivate let bytes: [UInt8]
  fileprivate let range: Range<Int>

  /// Gives the bytes, which are UTF-8 if their writer kept to that.
  public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    body(bytes.span.extracting(range))
  }

  /// The text of `bytes`, repaired where it is no UTF-8.
  static func string(_ bytes: Span<UInt8>) -> String {
    unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// Reads values one after the other, none beyond the end.
private struct BSONReader {
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
