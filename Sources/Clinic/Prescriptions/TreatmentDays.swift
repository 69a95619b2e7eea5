import JSONRPC
import Postgres

/// How many days a medicine is taken: 1 to 3650.
package struct TreatmentDays: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 1...3650
}
