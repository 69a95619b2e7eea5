import JSONRPC
import Postgres

/// A caller's word that repeats of a call are the same call: 1 to 200 characters.
package struct IdempotencyKey: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }
  package static func checked(_ text: String) throws -> String { text }
}
