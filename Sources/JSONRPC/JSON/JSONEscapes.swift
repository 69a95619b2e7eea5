/// The escapes of JSON strings.
enum JSONEscapes {
  enum Scan {
    /// A whole escape of that many bytes.
    case valid(Int)
    case incomplete
    case invalid(JSONSyntaxError.Reason)
  }

  /// Looks at the escape that starts with the reverse solidus at `start`. A surrogate pair is one
  /// escape.
  static func scan(_ bytes: Span<UInt8>, at start: Int) -> Scan {
    guard start + 1 < bytes.count else { return .incomplete }
    switch bytes[start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return .valid(2)
    case UInt8(ascii: "u"):
      return scanUnicode(bytes, at: start)
    default:
      return .invalid(.invalidEscape)
    }
  }

  /// Appends the escape of a quotation mark, a reverse solidus or a control character.
  static func append(_ byte: UInt8, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: output.append(UInt8(ascii: "b"))
    case 0x09: output.append(UInt8(ascii: "t"))
    case 0x0a: output.append(UInt8(ascii: "n"))
    case 0x0c: output.append(UInt8(ascii: "f"))
    case 0x0d: output.append(UInt8(ascii: "r"))
    case 0..<0x20:
      let low = byte & 15
      output.append(UInt8(ascii: "u"))
      output.append(UInt8(ascii: "0"))
      output.append(UInt8(ascii: "0"))
      output.append(UInt8(ascii: "0") + byte >> 4)
      output.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    default: output.append(byte)
    }
  }

  private static func scanUnicode(_ bytes: Span<UInt8>, at start: Int) -> Scan {
    var unit: UInt32 = 0
    switch hexDigits(bytes, at: start + 2, into: &unit) {
    case .valid: break
    case let other: return other
    }
    switch unit {
    case 0xdc00...0xdfff: return .invalid(.loneSurrogate)
    case 0xd800...0xdbff: break
    default: return .valid(6)
    }
    // The other half has to follow at once.
    guard start + 6 < bytes.count else { return .incomplete }
    guard bytes[start + 6] == UInt8(ascii: "\\") else { return .invalid(.loneSurrogate) }
    guard start + 7 < bytes.count else { return .incomplete }
    guard bytes[start + 7] == UInt8(ascii: "u") else { return .invalid(.loneSurrogate) }
    var second: UInt32 = 0
    switch hexDigits(bytes, at: start + 8, into: &second) {
    case .valid: return 0xdc00...0xdfff ~= second ? .valid(12) : .invalid(.loneSurrogate)
    case let other: return other
    }
  }

  private static func hexDigits(
    _ bytes: Span<UInt8>, at start: Int, into unit: inout UInt32
  ) -> Scan {
    for i in start..<start + 4 {
      guard i < bytes.count else { return .incomplete }
      guard let digit = hexValue(bytes[i]) else { return .invalid(.invalidEscape) }
      unit = unit << 4 | digit
    }
    return .valid(4)
  }

  private static func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// The UTF-8 that a valid string's content stands for.
  static func unescape(_ bytes: [UInt8], _ content: Range<Int>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(content.count)
    var i = content.lowerBound
    while i < content.upperBound {
      guard bytes[i] == UInt8(ascii: "\\") else {
        output.append(bytes[i])
        i += 1
        continue
      }
      i += unescapeOne(bytes, at: i, into: &output)
    }
    return output
  }

  private static func unescapeOne(
    _ bytes: [UInt8], at start: Int, into output: inout [UInt8]
  ) -> Int {
    switch bytes[start + 1] {
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0c)
    case UInt8(ascii: "n"): output.append(0x0a)
    case UInt8(ascii: "r"): output.append(0x0d)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"): return unescapeUnicode(bytes, at: start, into: &output)
    case let same: output.append(same)
    }
    return 2
  }

  private static func unescapeUnicode(
    _ bytes: [UInt8], at start: Int, into output: inout [UInt8]
  ) -> Int {
    var unit: UInt32 = 0
    _ = hexDigits(bytes.span, at: start + 2, into: &unit)
    var length = 6
    if 0xd800...0xdbff ~= unit {
      var second: UInt32 = 0
      _ = hexDigits(bytes.span, at: start + 8, into: &second)
      unit = 0x10000 + (unit & 0x3ff) << 10 + (second & 0x3ff)
      length = 12
    }
    if let scalar = Unicode.Scalar(unit) {
      output.append(contentsOf: String(Character(scalar)).utf8)
    }
    return length
  }
}
