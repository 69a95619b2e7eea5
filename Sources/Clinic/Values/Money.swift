import JSONRPC
import Postgres

/// An amount of money: exact, two decimals, of the clinic's one currency (rule 38).
///
/// On the wire a string, `"12.50"`; in params a JSON number is taken too, from its text and never
/// through a float.
package struct Money: DecimalNumber {
  package let cents: Int64

  package init(cents: Int64) {
    self.cents = cents
  }

  package static let zero = Money(cents: 0)
  /// The largest amount: a hundred million less a cent.
  package static let limit = Money(cents: 9_999_999_999)

  package static func < (a: Self, b: Self) -> Bool { a.cents < b.cents }
  package static func + (a: Self, b: Self) -> Money { Money(cents: a.cents + b.cents) }
  package static func - (a: Self, b: Self) -> Money { Money(cents: a.cents - b.cents) }
  package static func * (quantity: Int, price: Self) -> Money {
    Money(cents: Int64(quantity) * price.cents)
  }

  /// A share of the amount, rounded half up to the cent.
  package func share(_ percent: Percent) -> Money {
    Money(cents: (cents * percent.hundredths + 5000) / 10_000)
  }

  /// The share of the amount that a part has in a whole, rounded up to the cent.
  package func share(_ part: Money, of whole: Money) -> Money {
    guard whole.cents > 0 else { return .zero }
    let (product, divisor) = (Int128(cents) * Int128(part.cents), Int128(whole.cents))
    return Money(cents: Int64(clamping: (product + divisor - 1) / divisor))
  }

  /// Takes decimal text: `12`, `12.5`, `12.50`. `nil` for more than two decimals that matter and
  /// for anything else.
  package init?(_ text: String) {
    guard let cents = DecimalText.hundredths(text) else { return nil }
    self.cents = cents
  }
}

extension Money {
  package static let example = #""12.50""#

  package var description: String { DecimalText.text(hundredths: cents) }

  package init(from decoder: any Decoder) throws {
    let cents = try DecimalText.decode(decoder, what: "an amount with two decimals, as \"12.50\"")
    guard (0...Self.limit.cents).contains(cents) else {
      throw InvalidValue(reason: .outOfRange, message: "0.00 to \(Self.limit)")
    }
    self.cents = cents
  }
}
