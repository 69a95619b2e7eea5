/// Why a text is not JSON, and where.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: String, Sendable {
    case unexpectedCharacter = "unexpected_character"
    case unexpectedEnd = "unexpected_end"
    case byteOrderMark = "byte_order_mark"
    case invalidUTF8 = "invalid_utf8"
    case invalidEscape = "invalid_escape"
    case loneSurrogate = "lone_surrogate"
    case controlCharacter = "control_character"
    case invalidNumber = "invalid_number"
    case invalidLiteral = "invalid_literal"
    case trailingData = "trailing_data"
    case nestingTooDeep = "nesting_too_deep"
    case tooLarge = "too_large"
  }

  public let reason: Reason
  /// The offset, in bytes from the start of the text, of the byte (or of the escape or the UTF-8
  /// sequence) at fault.
  public let offset: Int

  public init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// A sentence for people; it quotes nothing of the text.
  public var description: String {
    let what =
      switch reason {
      case .unexpectedCharacter: "unexpected character"
      case .unexpectedEnd: "the text ends too early"
      case .byteOrderMark: "a byte order mark is not allowed"
      case .invalidUTF8: "not UTF-8"
      case .invalidEscape: "invalid escape in a string"
      case .loneSurrogate: "half of a surrogate pair in a string"
      case .controlCharacter: "unescaped control character in a string"
      case .invalidNumber: "invalid number"
      case .invalidLiteral: "expected true, false or null"
      case .trailingData: "more text after the value"
      case .nestingTooDeep: "nested too deep"
      case .tooLarge: "the text is too long"
      }
    return "\(what) at byte \(offset)"
  }
}
