/// How many columns text takes in a terminal.
enum DisplayWidth {
  static func of(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + of($1) }
  }

  /// The first columns of a text that is too wide, with an ellipsis at the end.
  static func truncate(_ text: String, to width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in text {
      let next = of(character)
      guard used + next <= width - 1 else { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }

  /// The text, cut or filled with spaces to exactly that many columns.
  static func fit(_ text: String, to width: Int, atRight: Bool = false) -> String {
    let text = truncate(text, to: width)
    let padding = String(repeating: " ", count: max(width - of(text), 0))
    return atRight ? padding + text : text + padding
  }

  /// The columns as terminals count them: each letter and each mark that takes room of its own
  /// counts, even within what is one character to a reader of Hindi; an emoji of several parts
  /// counts once.
  private static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    if let first = scalars.first, first.value < 0x300, scalars.count == 1 { return 1 }
    if scalars.contains("\u{fe0f}") { return 2 }
    if let first = scalars.first, first.properties.isEmojiPresentation { return 2 }
    return scalars.reduce(0) { $0 + of($1) }
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: 0
    default: isWide(scalar.value) ? 2 : 1
    }
  }

  /// The blocks of East Asian Wide characters.
  private static func isWide(_ value: UInt32) -> Bool {
    switch value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97c, 0xac00...0xd7a3,
      0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
      0x1f900...0x1f9ff, 0x20000...0x3fffd:
      true
    default: false
    }
  }
}
