import JSONRPC
import Postgres

/// How many days ahead the list of expiring batches looks: 0 to ten years.
package struct ExpiryHorizon: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 0...3650
  package static let standard = ExpiryHorizon(rawValue: 90)
}
