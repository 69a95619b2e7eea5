import JSONRPC
import Postgres

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
