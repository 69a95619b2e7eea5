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
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  /// The lines of a text, none wider than `width`: broken between words, and within words that are
  /// too long. Control characters are left out: a printer would obey them.
  static func lines(of text: String, width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
      wrap(paragraph.split { $0.isWhitespace }.map(printable).filter { !$0.isEmpty }, width)
    }
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

  /// Filled with spaces to a width.
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
