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

  /// The end of the number, which tells it from others: what stands before may be a country's code,
  /// a trunk's 0 or nothing, as people like.
  var end: String { String(rawValue.filter(\.isNumber).suffix(8)) }

  /// The condition that a patient's phone number has this end.
  static func ends(in end: String?) -> SQL { "right(phone_key, 8) = \(end)" }

  /// Whether a text holds nothing but digits and the punctuation of phone numbers.
  static func isPunctuated(_ text: String) -> Bool {
    text.utf8.allSatisfy { "0123456789+-() ./".utf8.contains($0) }
  }
}
