import JSONRPC
import Postgres

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
