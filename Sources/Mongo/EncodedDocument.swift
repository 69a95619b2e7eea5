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

  private let bytes: [UInt8]
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

  init(_ members: Range<Int>, of parent: EncodedDocument) throws(MongoError) {
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
