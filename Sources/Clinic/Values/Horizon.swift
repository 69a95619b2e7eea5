import JSONRPC
import Postgres

/// How many days ahead a list looks: 0 to ten years.
package struct Horizon: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 0...3650
  package static let standard = Horizon(rawValue: 90)
}
