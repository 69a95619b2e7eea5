import JSONRPC
import Postgres

/// How many pieces of a medicine come in: 1 to a million.
package struct StockQuantity: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 1...1_000_000
}

/// What is counted on a shelf, or the stock at which to order more: 0 to a million.
package struct StockLevel: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int32> = 0...StockQuantity.bounds.upperBound
}

/// What is added to a stock, or, below zero, taken from it: up to a million, and never 0.
package struct StockChange: BoundedInteger {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
  package static let bounds =
    -StockQuantity.bounds.upperBound...StockQuantity.bounds.upperBound

  package init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Int64.self)
    guard let value = Int32(exactly: value), Self.bounds.contains(value), value != 0 else {
      throw InvalidValue(
        reason: .outOfRange,
        message: "\(Self.bounds.lowerBound) to \(Self.bounds.upperBound), and not 0")
    }
    self.init(rawValue: value)
  }
}
