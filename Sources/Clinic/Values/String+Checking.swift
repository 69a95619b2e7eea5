import JSONRPC

extension String {
  /// The text without white space at both ends.
  package var trimmed: String {
    let body = drop(while: \.isWhitespace)
    guard let last = body.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(body[...last])
  }

  /// The text, or an empty one if it only has characters that join, direct or separate letters.
  package var visible: String {
    unicodeScalars.contains(where: \.isInk) ? self : ""
  }

  /// Refuses control characters and line breaks.
  package func oneLine() throws -> String {
    let others: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]
    guard unicodeScalars.allSatisfy({ !others.contains($0.properties.generalCategory) }) else {
      throw InvalidValue(reason: .malformed, message: "one line without control characters")
    }
    return self
  }
}

extension Unicode.Scalar {
  /// Whether the character shows something by itself.
  fileprivate var isInk: Bool {
    isInWord && !properties.generalCategory.isMark
  }

  /// Whether the character may stand in an address: it is visible, or changes a visible one.
  var isInWord: Bool {
    guard !properties.isDefaultIgnorableCodePoint, self != "\u{2800}" else { return false }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isMark: Bool {
    self == .nonspacingMark || self == .spacingMark || self == .enclosingMark
  }
}
