import JSONRPC
import Postgres

/// A percentage with two decimals, 0 to 100: `"7.50"`.
package struct Percent: DecimalNumber {
  package let hundredths: Int64

  package init(hundredths: Int64) {
    self.hundredths = hundredths
  }

  package static func < (a: Self, b: Self) -> Bool { a.hundredths < b.hundredths }

  package init?(_ text: String) {
    guard let value = DecimalText.hundredths(text), (0...10_000).contains(value) else { return nil }
    hundredths = value
  }
}

extension Percent {
  package static let example = #""7.50""#

  package var description: String { DecimalText.text(hundredths: hundredths) }

  package init(from decoder: any Decoder) throws {
    let value = try DecimalText.decode(decoder, what: "a percentage with two decimals, as \"7.50\"")
    guard (0...10_000).contains(value) else {
      throw InvalidValue(reason: .outOfRange, message: "0 to 100")
    }
    hundredths = value
  }
}
