import JSONRPC
import Postgres

/// Text of some pages: a medical history.
package struct LongText: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...20_000 }
  package static func checked(_ text: String) throws -> String { text.trimmed.visible }
}
