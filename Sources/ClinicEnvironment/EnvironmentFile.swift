package import Host

/// A file of `KEY=value` lines, read as systemd reads an `EnvironmentFile=`.
package struct EnvironmentFile: Sendable {
  /// In the order of the file; of two with one name the last one counts.
  package let assignments: [(name: String, value: String)]

  /// - Throws: the system's error.
  package init(path: String) throws(SmallFile.Failure) {
    self.init(text: String(decoding: try SmallFile.read(path), as: UTF8.self))
  }

  /// A line is a comment (`#`, `;`), empty, or an assignment; a value may be in quotes, and a
  /// backslash takes the next character as it is, or goes on with the next line.
  package init(text: String) {
    var rest = Array(text)[...]
    var found: [(name: String, value: String)] = []
    while !rest.isEmpty {
      rest = rest.drop { $0.isWhitespace }
      guard let first = rest.first else { break }
      let name = rest.prefix { $0 != "=" && !$0.isNewline }
      guard first != "#", first != ";", rest.dropFirst(name.count).first == "=" else {
        rest = rest.drop { !$0.isNewline }
        continue
      }
      rest = rest.dropFirst(name.count + 1)
      let value = Self.takeValue(&rest)
      found.append((String(name.drop { $0.isWhitespace }).trimmedEnd, value))
    }
    assignments = found
  }

  package var values: [String: String] {
    Dictionary(assignments.map { ($0.name, $0.value) }) { _, last in last }
  }

  /// Up to the end of the line, or of the quotes.
  private static func takeValue(_ rest: inout ArraySlice<Character>) -> String {
    rest = rest.drop { $0.isWhitespace && !$0.isNewline }
    var value = ""
    // What stands at the end in quotes, or after a backslash, is not trimmed.
    var kept = 0
    var quote: Character?
    while let next = rest.popFirst() {
      if next == "\\", quote != "'" {
        guard let escaped = rest.popFirst() else { break }
        if escaped.isNewline { continue }
        // Within quotes a backslash is one, unless something needs it.
        if quote != nil, !"\"\\$`".contains(escaped) { value.append(next) }
        value.append(escaped)
        kept = value.count
      } else if let open = quote {
        if next == open { quote = nil } else { value.append(next) }
        kept = value.count
      } else if next == "\"" || next == "'" {
        quote = next
      } else if next.isNewline {
        break
      } else {
        value.append(next)
      }
    }
    while value.count > kept, value.last?.isWhitespace == true { value.removeLast() }
    return value
  }
}

extension String {
  /// Without white space and line breaks at its end.
  var trimmedEnd: String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
