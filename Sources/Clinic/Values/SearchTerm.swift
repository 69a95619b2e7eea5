import JSONRPC
import Postgres

/// What a list is searched by.
package struct SearchTerm: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 0...200 }
}

extension SearchTerm {
  /// How many words are looked for; further ones are ignored.
  private static let words = 8

  /// What `folded()` takes away and is no letter: accents, vowel signs of Hebrew and Arabic, tatweel.
  private static let marks: [ClosedRange<Unicode.Scalar>] = [
    "\u{300}"..."\u{36F}", "\u{591}"..."\u{5C7}", "\u{610}"..."\u{61A}", "\u{640}"..."\u{640}",
    "\u{64B}"..."\u{65F}", "\u{670}"..."\u{670}", "\u{6D6}"..."\u{6ED}",
  ]

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar >= "\u{300}" && marks.contains { $0.contains(scalar) }
  }

  /// The condition that a row's `search` holds every word; `nil` for a term without words. A word
  /// of one or two letters is looked for at the start of words, so that the search stays indexed;
  /// punctuation alone matches no text.
  ///
  /// - Parameter phones: whether `search` holds a phone number: a word may be a part of it.
  func condition(phones: Bool = false) -> SQL? {
    let term = rawValue.trimmed
    guard !term.isEmpty else { return nil }
    let words = term.split(whereSeparator: \.isWhitespace).prefix(Self.words).map { word -> SQL in
      let letters = word.unicodeScalars.lazy.filter { !Self.isMark($0) }.prefix(3)
      let start: SQL = letters.count < 3 ? "'% '" : "'%'"
      let text = String(word)
      let found: SQL = "search LIKE \(sql: start) || searchable(\(text)) || '%'"
      guard phones, Self.isPhone(text) else { return found }
      return "(\(sql: found) OR \(sql: Self.phone(text)))"
    }
    return (words + ["folded(\(term)) <> ''"]).joined(separator: " AND ")
  }

  /// Whether a text may be a phone number or a part of one.
  static func isPhone(_ text: String) -> Bool {
    text.utf8.contains(where: \.isDigit) && PhoneNumber.isPunctuated(text)
  }

  /// Normalises a phone number, however it is grouped, with a trunk's 0 or a country's 00 or
  /// without. Zeros alone are looked for as they are.
  static func phone(_ text: String) -> SQL {
    """
    search LIKE '%' || coalesce(nullif(ltrim(digits(\(text)), '0'), ''), digits(\(text))) || '%'
    """
  }
}
