import JSONRPC
import Postgres

/// Where the next page of a list that is ordered by id begins.
package struct Cursor: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...40 }
  package static var pattern: String? { "^[0-9]+$" }
  package static var sample: String { "120" }

  package static func checked(_ text: String) throws -> String {
    guard Int64(digits: text) != nil else { throw InvalidValue.badCursor }
    return text
  }

  package var id: Int64 { Int64(rawValue) ?? 0 }
}
