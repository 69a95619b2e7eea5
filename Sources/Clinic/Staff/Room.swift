import JSONRPC
import Postgres

/// Where a doctor sees patients, as boards show it.
package struct Room: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...40 }
  package static func checked(_ text: String) throws -> String { try text.trimmed.oneLine() }
}
