import JSONRPC
import Postgres

/// How many of something are prescribed, dispensed or billed: 1 to 100,000.
package struct Quantity: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 1...100_000
}
