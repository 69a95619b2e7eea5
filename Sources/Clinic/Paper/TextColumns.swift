/// Text as it stands on a grid of columns, as terminals and receipt printers have it.
enum TextColumns {
  /// How many columns a text takes: none for marks that sit on others, two for wide characters.
  static func width(of text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    if (0x20..<0x7F).contains(scalar.value) { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    // Vowels and finals of Korean syllables stand within the syllable.
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
    // Two of these are one flag.
    case 0x1F1E6...0x1F1FF: return 1
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
      0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x2FFFD,
      0x30000...0x3FFFD:
      return 2
    default: return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// The lines of a text, none wider than `width`: broken between words, and within words that are
  /// too long. Control characters are left out: a printer would obey them.
  static func lines(of text: String, width: Int) -> [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .flatMap { wrap(words(of: $0), width) }
  }

  /// The text on one line, however long it is.
  static func line(of text: String) -> String { words(of: text[...]).joined(separator: " ") }

  private static func words(of text: Substring) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(printable).filter { !$0.isEmpty }
  }

  private static func printable(_ word: Substring) -> String {
    var text = ""
    text.unicodeScalars.append(
      contentsOf: word.unicodeScalars.filter { $0.properties.generalCategory != .control })
    return text
  }

  private static func wrap(_ words: [String], _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words.flatMap({ pieces(of: $0, width) }) {
      if line.isEmpty {
        line = word
      } else if Self.width(of: line) + 1 + Self.width(of: word) <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = word
      }
    }
    return lines + [line]
  }

  private static func pieces(of word: String, _ width: Int) -> [String] {
    guard Self.width(of: word) > width else { return [word] }
    var pieces: [String] = []
    var piece = ""
    for character in word {
      if !piece.isEmpty, Self.width(of: piece) + Self.width(of: String(character)) > width {
        pieces.append(piece)
        piece = ""
      }
      piece.append(character)
    }
    return pieces + [piece]
  }

  enum Alignment { case left, center, right }

  /// The text filled up with spaces to a width.
  static func padded(_ text: String, _ width: Int, _ alignment: Alignment = .left) -> String {
    let room = max(0, width - Self.width(of: text))
    let before =
      switch alignment {
      case .left: 0
      case .center: room / 2
      case .right: room
      }
    return String(repeating: " ", count: before) + text
      + String(repeating: " ", count: room - before)
  }
}
