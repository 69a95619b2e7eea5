import Postgres

/// What a list is searched by.
package struct SearchTerm: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 0...200 }
}

extension SearchTerm {
  /// Words past these are not looked for.
  private static let words = 8

  /// The condition that a row's `search` holds every word; `nil` for a term that has none. A word
  /// of one or two letters is looked for at the start of words, so that the search stays indexed;
  /// signs alone are in no text.
  var condition: SQL? {
    let term = rawValue.trimmed
    guard !term.isEmpty else { return nil }
    let words = term.split(whereSeparator: \.isWhitespace).prefix(Self.words).map { word -> SQL in
      let start: SQL = word.unicodeScalars.count < 3 ? "'% '" : "'%'"
      return "search LIKE \(sql: start) || folded(\(String(word))) || '%'"
    }
    return (words + ["folded(\(term)) <> ''"]).joined(separator: " AND ")
  }
}
