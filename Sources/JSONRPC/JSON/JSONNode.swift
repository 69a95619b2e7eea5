/// One word of a document's tape.
///
/// A scalar is one word: its kind, where it starts and how long it is. An array or an object has
/// two words: one like a scalar's, then a link word with the index of the node after it and the
/// number of its elements or members; its content follows. A member is a string node and the node
/// of its value.
struct JSONNode: Sendable {
  enum Kind: UInt8 {
    case null, `false`, `true`
    /// A number without fraction or exponent.
    case integer
    /// A number with a fraction or an exponent.
    case decimal
    /// A string whose text holds no escape.
    case string
    case escapedString
    case array
    case object
  }

  /// Lengths have 28 bits.
  static let maxLength = (1 << 28) - 1

  private(set) var word: UInt64

  init(_ kind: Kind, start: Int, length: Int) {
    word =
      UInt64(kind.rawValue) << 60 | UInt64(truncatingIfNeeded: length) << 32
      | UInt64(truncatingIfNeeded: start)
  }

  /// The second word of a container.
  init(linkTo next: Int, count: Int) {
    word = UInt64(truncatingIfNeeded: count) << 32 | UInt64(truncatingIfNeeded: next)
  }

  var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: word >> 60)) ?? .null }
  var start: Int { Int(truncatingIfNeeded: word & 0xffff_ffff) }
  var length: Int { Int(truncatingIfNeeded: (word >> 32) & 0x0fff_ffff) }
  var end: Int { start + length }
  var range: Range<Int> { start..<end }
  var isContainer: Bool { word >> 60 >= UInt64(Kind.array.rawValue) }

  // Of a link word:
  var next: Int { Int(truncatingIfNeeded: word & 0xffff_ffff) }
  var count: Int { Int(truncatingIfNeeded: word >> 32) }

  mutating func countOneMore() { word &+= 1 << 32 }
}
