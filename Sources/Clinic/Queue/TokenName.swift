package import JSONRPC

/// What a token is called: its date and its number of that day.
package struct TokenName: Hashable, Sendable, CustomStringConvertible {
  package let date: LocalDate
  package let number: Int

  package init(date: LocalDate, number: Int) {
    self.date = date
    self.number = number
  }

  /// The number in three digits or more: `001`, `1000`.
  package static func padded(_ number: Int) -> String {
    number.padded(3)
  }

  package var description: String { text.description }

  var text: DigitText {
    var text = DigitText()
    text.append(date)
    text.append("-", number, digits: 3)
    return text
  }

  /// Takes `2026-02-17-001`; `nil` for anything else.
  package init?(_ text: String) {
    guard text.utf8.count >= 14, text.utf8.count <= 20 else { return nil }
    let dash = text.utf8.index(text.startIndex, offsetBy: 10)
    let digits = text[text.utf8.index(after: dash)...]
    guard text.utf8[dash] == UInt8(ascii: "-"), let date = LocalDate(String(text[..<dash])),
      digits.utf8.allSatisfy(\.isDigit), let number = Int(digits), number > 0,
      Self.padded(number) == digits
    else { return nil }
    self.init(date: date, number: number)
  }
}

extension TokenName: Codable, JSONSchemaRepresentable {
  package static var jsonSchema: JSONSchema {
    .string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}-(?!000)([0-9]{3}|[1-9][0-9]{3,})$")
      .example("\"2026-02-17-001\"")
  }

  package init(from decoder: any Decoder) throws {
    guard let name = TokenName(try decoder.singleValueContainer().decode(String.self)) else {
      throw InvalidValue(reason: .malformed, message: "a token looks like 2026-02-17-001")
    }
    self = name
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
