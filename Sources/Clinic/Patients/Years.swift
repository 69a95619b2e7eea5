import JSONRPC
import Postgres

/// An age in years that somebody guessed.
package struct Years: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 0...130
}
