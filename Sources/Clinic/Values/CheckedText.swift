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
