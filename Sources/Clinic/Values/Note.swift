import JSONRPC
import Postgres

/// Text of some lines: an address, a reason.
package struct Note: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...1000 }
  package static func checked(_ text: String) throws -> String { text.trimmed.visible }
}
