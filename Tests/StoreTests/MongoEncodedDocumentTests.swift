import Mongo
import Testing

@Suite struct MongoEncodedDocumentTests {
  @Test func membersAreReadWhereTheyLie() throws {
    let document = try EncodedDocument(bytes: Self.everything)
    #expect(document["text"] == "Ärztin")
    #expect(document["list"] == [.int32(1), ["deep": true]])
    #expect(document["last"] == .int32(7))
    #expect(document["missing"] == nil)
    #expect(document["deep"] == nil)
  }

  @Test func typesThatNobodyUsesArePassedOver() throws {
    let document = try EncodedDocument(bytes: Self.everything).decoded()
    let unsupported: [UInt8] = document.compactMap { _, value in
      if case .unsupported(let type) = value { type } else { nil }
    }
    #expect(unsupported == [0x06, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x7F, 0xFF])
    #expect(document["last"] == .int32(7))
  }

  @Test func whatIsNoUTF8IsRepaired() throws {
    let bytes = Self.document(Self.member(0x02, "text", Self.number(3) + [0x61, 0xFF, 0]))
    #expect(try EncodedDocument(bytes: bytes)["text"] == "a\u{FFFD}")
  }

  @Test func aCutDocumentIsRefused() {
    for count in 0..<Self.everything.count {
      #expect(throws: MongoError(.invalidDocument), "cut after \(count) bytes") {
        try EncodedDocument(bytes: Array(Self.everything.prefix(count))).decoded()
      }
    }
  }

  @Test func wrongLengthsAreNotFollowed() {
    // Whatever a byte is, it is read as something or refused: nothing outside is read.
    for index in Self.everything.indices {
      for byte: UInt8 in [0, 1, 2, 0x0F, 0x7F, 0x80, 0xFF] {
        var bytes = Self.everything
        bytes[index] = byte
        _ = try? EncodedDocument(bytes: bytes).decoded()
        _ = try? EncodedDocument(bytes: bytes)["last"]
      }
    }
    for wrong: [UInt8] in [
      Self.member(0x02, "text", Self.number(0)), Self.member(0x02, "text", Self.number(-1)),
      Self.member(0x02, "text", Self.number(2) + [0x61, 0x62, 0]),
      Self.member(0x05, "bytes", Self.number(9) + [0, 1]), Self.member(0x03, "d", Self.number(4)),
      Self.member(0x0F, "code", Self.number(3)), Self.member(0x55, "unknown", []), [0x08, 0x61],
    ] {
      #expect(throws: MongoError(.invalidDocument)) {
        try EncodedDocument(bytes: Self.document(wrong)).decoded()
      }
    }
  }

  @Test func endlessNestingIsRefused() throws {
    func nested(_ levels: Int) -> [UInt8] {
      (0..<levels).reduce(Self.document([])) { inner, _ in
        Self.document(Self.member(0x03, "d", inner))
      }
    }
    #expect(throws: Never.self) { try EncodedDocument(bytes: nested(150)).decoded() }
    #expect(throws: MongoError(.invalidDocument)) {
      try EncodedDocument(bytes: nested(2_000)).decoded()
    }
  }

  // MARK: Bytes

  /// A document with a member of every type.
  private static let everything: [UInt8] = {
    let text = number(8) + Array("Ärztin".utf8) + [0]
    let truth = document(member(0x08, "deep", [1]))
    let list = document(member(0x10, "0", number(1)) + member(0x03, "1", truth))
    let zeros = [UInt8](repeating: 0, count: 16)
    return document(
      [
        member(0x01, "double", Array(zeros.prefix(8))), member(0x02, "text", text),
        member(0x03, "document", truth), member(0x04, "list", list),
        member(0x05, "binary", number(2) + [0, 9, 9]), member(0x06, "undefined", []),
        member(0x07, "id", Array(zeros.prefix(12))), member(0x08, "bool", [0]),
        member(0x09, "date", Array(zeros.prefix(8))), member(0x0A, "null", []),
        member(0x0B, "pattern", [0x61, 0, 0x69, 0]),
        member(0x0C, "pointer", text + zeros.prefix(12)), member(0x0D, "code", text),
        member(0x0E, "symbol", text),
        member(0x0F, "scoped", number(4 + text.count + truth.count) + text + truth),
        member(0x10, "int32", number(-1)), member(0x11, "timestamp", Array(zeros.prefix(8))),
        member(0x12, "int64", Array(zeros.prefix(8))), member(0x13, "decimal", zeros),
        member(0x7F, "greatest", []), member(0xFF, "least", []), member(0x10, "last", number(7)),
      ].flatMap(\.self))
  }()

  private static func document(_ members: [UInt8]) -> [UInt8] {
    number(members.count + 5) + members + [0]
  }

  private static func member(_ type: UInt8, _ name: String, _ value: [UInt8]) -> [UInt8] {
    [type] + Array(name.utf8) + [0] + value
  }

  private static func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
