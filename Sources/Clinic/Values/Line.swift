import JSONRPC
import Postgres

/// One line of text: a room, a condition, an allergy.
package struct Line: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }
  package static func checked(_ text: String) throws -> String {
    try text.trimmed.oneLine().visible
  }
}
