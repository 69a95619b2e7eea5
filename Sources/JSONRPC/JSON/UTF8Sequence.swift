/// Validation of one UTF-8 sequence of two bytes or more, as RFC 3629 has it.
enum UTF8Sequence {
  /// The length of the sequence at `start`; 0 when more bytes are needed to tell; nil when it is
  /// not UTF-8.
  static func length(_ bytes: Span<UInt8>, at start: Int) -> Int? {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch bytes[start] {
    case 0xc2...0xdf: length = 2
    case 0xe0:
      length = 3
      second = 0xa0...0xbf
    case 0xed:
      length = 3
      second = 0x80...0x9f
    case 0xe1...0xef: length = 3
    case 0xf0:
      length = 4
      second = 0x90...0xbf
    case 0xf1...0xf3: length = 4
    case 0xf4:
      length = 4
      second = 0x80...0x8f
    default: return nil
    }
    guard start + 1 < bytes.count else { return 0 }
    guard second ~= bytes[start + 1] else { return nil }
    for i in start + 2..<max(start + length, start + 2) {
      guard i < bytes.count else { return 0 }
      guard 0x80...0xbf ~= bytes[i] else { return nil }
    }
    return length
  }
}
