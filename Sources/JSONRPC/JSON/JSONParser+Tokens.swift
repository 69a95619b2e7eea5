extension JSONParser {
  /// Which parts of a number have been read, and so what may follow.
  enum NumberPart: UInt8 {
    case sign, zero, integer, point, fraction, exponent, exponentSign, exponentDigits

    var mayEnd: Bool {
      switch self {
      case .zero, .integer, .fraction, .exponentDigits: true
      case .sign, .point, .exponent, .exponentSign: false
      }
    }
  }

  mutating func scanString(_ bytes: Span<UInt8>) -> Step {
    var i = position
    while i < bytes.count {
      let byte = bytes[i]
      if byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        i += 1
        continue
      }
      position = i
      if byte == UInt8(ascii: "\"") {
        position += 1
        add(stringHasEscapes ? .escapedString : .string)
        guard stringIsKey else { return endValue() }
        state = .colon
        return .proceed
      }
      switch scanSpecial(bytes, at: i) {
      case .valid(let length): i += length
      case .incomplete: return .needsMore
      case .invalid(let reason): return .failed(reason)
      }
    }
    position = i
    return .needsMore
  }

  private mutating func scanSpecial(_ bytes: Span<UInt8>, at i: Int) -> JSONEscapes.Scan {
    let byte = bytes[i]
    if byte < 0x20 { return .invalid(.controlCharacter) }
    if byte == UInt8(ascii: "\\") {
      stringHasEscapes = true
      return JSONEscapes.scan(bytes, at: i)
    }
    guard let length = UTF8Sequence.length(bytes, at: i) else { return .invalid(.invalidUTF8) }
    return length == 0 ? .incomplete : .valid(length)
  }

  mutating func scanNumber(_ bytes: Span<UInt8>) -> Step {
    var i = position
    var part = numberPart
    while i < bytes.count {
      guard let next = part.next(bytes[i]) else {
        position = i
        numberPart = part
        // 01 is the one fault that looks like the end of a number.
        guard part.mayEnd, !bytes[i].isASCIIDigit else { return .failed(.invalidNumber) }
        if isAtTopLevel, !Self.mayFollowNumber(bytes[i]) { return .failed(.unexpectedCharacter) }
        return endNumber()
      }
      part = next
      i += 1
    }
    position = i
    numberPart = part
    return .needsMore
  }

  mutating func endNumber() -> Step {
    add(numberPart == .zero || numberPart == .integer ? .integer : .decimal)
    return endValue()
  }

  /// At the top level another value may follow at once, if it cannot be taken for part of the
  /// number.
  private static func mayFollowNumber(_ byte: UInt8) -> Bool {
    byte.isJSONWhitespace || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
      || byte == UInt8(ascii: "\"")
  }

  mutating func scanLiteral(_ bytes: Span<UInt8>) -> Step {
    switch bytes[tokenStart] {
    case UInt8(ascii: "t"): scanLiteral(bytes, "true", .true)
    case UInt8(ascii: "f"): scanLiteral(bytes, "false", .false)
    default: scanLiteral(bytes, "null", .null)
    }
  }

  private mutating func scanLiteral(
    _ bytes: Span<UInt8>, _ text: String, _ kind: JSONNode.Kind
  ) -> Step {
    let text = text.utf8.span
    while position - tokenStart < text.count {
      guard position < bytes.count else { return .needsMore }
      guard bytes[position] == text[position - tokenStart] else { return .failed(.invalidLiteral) }
      position += 1
    }
    add(kind)
    return endValue()
  }
}

extension JSONParser.NumberPart {
  /// What the number has after this byte; nil when the byte is not part of it.
  func next(_ byte: UInt8) -> Self? {
    if byte.isASCIIDigit {
      switch self {
      case .sign: return byte == UInt8(ascii: "0") ? .zero : .integer
      case .zero: return nil
      case .integer: return .integer
      case .point, .fraction: return .fraction
      case .exponent, .exponentSign, .exponentDigits: return .exponentDigits
      }
    }
    switch byte {
    case UInt8(ascii: "."):
      return self == .zero || self == .integer ? .point : nil
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      return self == .zero || self == .integer || self == .fraction ? .exponent : nil
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      return self == .exponent ? .exponentSign : nil
    default:
      return nil
    }
  }
}
