package import JSONRPC
package import Postgres

/// A text with rules of its own. The rules are checked when it is decoded from a call; text from
/// the database was checked when it came in.
package protocol CheckedText: RawRepresentable, Hashable, Sendable, Codable, PostgresEncodable,
  PostgresDecodable, JSONSchemaRepresentable, CustomStringConvertible
where RawValue == String {
  /// How many characters the type allows.
  static var lengths: ClosedRange<Int> { get }
  static var pattern: String? { get }
  static var sample: String { get }
  init(rawValue: String)
  /// The text as it is kept; throws `InvalidValue` for one that breaks a rule.
  static func checked(_ text: String) throws -> String
}

extension CheckedText {
  package static var pattern: String? { nil }
  package static var sample: String { "example" }
  package static var jsonSchema: JSONSchema {
    .string(pattern: pattern, minLength: lengths.lowerBound, maxLength: lengths.upperBound)
      .example("\"\(sample)\"")
  }

  package static func checked(_ text: String) throws -> String { text.trimmed }

  package init(from decoder: any Decoder) throws {
    let text = try Self.checked(try decoder.singleValueContainer().decode(String.self))
    let length = text.unicodeScalars.count
    guard length >= Self.lengths.lowerBound else {
      throw InvalidValue(
        reason: .tooShort, message: "at least \(Self.lengths.lowerBound) characters")
    }
    guard length <= Self.lengths.upperBound else {
      throw InvalidValue(
        reason: .tooLong, message: "at most \(Self.lengths.upperBound) characters")
    }
    self.init(rawValue: text)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  package var description: String { rawValue }
}

/// The name of a person: one line.
package struct PersonName: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }
  package static func checked(_ text: String) throws -> String {
    try text.trimmed.oneLine().visible
  }
}

/// One line of text: a room, a condition, an allergy.
package struct Line: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }
  package static func checked(_ text: String) throws -> String {
    try text.trimmed.oneLine().visible
  }
}

/// Text of some lines: an address, a reason.
package struct Note: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...1000 }
  package static func checked(_ text: String) throws -> String { text.trimmed.visible }
}

/// Text of some pages: a medical history.
package struct LongText: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...20_000 }
  package static func checked(_ text: String) throws -> String { text.trimmed.visible }
}

/// A telephone number as people write it: digits with the usual punctuation.
package struct PhoneNumber: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 3...40 }
  package static var sample: String { "020 7946 0123" }

  package static func checked(_ text: String) throws -> String {
    let text = text.trimmed
    guard (3...20).contains(text.utf8.count(where: \.isDigit)), isPunctuated(text) else {
      throw InvalidValue(reason: .malformed, message: "a phone number has 3 to 20 digits")
    }
    return text
  }

  /// Whether a text holds nothing but digits and the punctuation of phone numbers.
  static func isPunctuated(_ text: String) -> Bool {
    text.utf8.allSatisfy { "0123456789+-() ./".utf8.contains($0) }
  }
}

/// An email address, as far as its form tells: nobody is written to.
package struct EmailAddress: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 3...254 }
  package static var sample: String { "asha@example.org" }

  package static func checked(_ text: String) throws -> String {
    let text = try text.trimmed.oneLine()
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let domain = parts.last?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    guard parts.count == 2, !parts[0].isEmpty, domain.count >= 2,
      domain.allSatisfy({ !$0.isEmpty }), text.unicodeScalars.allSatisfy(\.isInWord)
    else { throw InvalidValue(reason: .malformed, message: "an email address") }
    return text
  }
}

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
  fileprivate var isInWord: Bool {
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
