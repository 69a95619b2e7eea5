import JSONRPC

/// What the lines of an invoice come to (rule 38).
struct InvoiceAmounts: Equatable {
  /// What is taken off: a share of the subtotal or an amount.
  enum Discount: Equatable {
    case percent(Percent)
    case amount(Money)
  }

  let subtotal: Money
  let discountPercent: Percent?
  let discount: Money
  let taxPercent: Percent
  let tax: Money
  let total: Money

  /// - Throws: `discount_too_large` for more than the subtotal; `ParamsError` for a total that is
  ///   more than an amount may be.
  init(of items: [InvoiceItem], less discount: Discount?, taxPercent: Percent) throws {
    var subtotal = Money.zero
    for item in items {
      subtotal = subtotal + item.lineTotal
      try Self.check(subtotal)
    }
    self.subtotal = subtotal
    switch discount {
    case nil: (discountPercent, self.discount) = (nil, .zero)
    case .percent(let percent):
      (discountPercent, self.discount) = (percent, subtotal.share(percent))
    case .amount(let amount): (discountPercent, self.discount) = (nil, amount)
    }
    guard self.discount <= subtotal else {
      throw ClinicError(.discountTooLarge).with("field", "discount_amount")
        .with("base", subtotal.description)
    }
    self.taxPercent = taxPercent
    tax = (subtotal - self.discount).share(taxPercent)
    total = subtotal - self.discount + tax
    try Self.check(total)
  }

  private static func check(_ amount: Money) throws {
    if amount > .limit {
      throw ParamsError(
        reason: .outOfRange, field: "items", message: "an invoice of at most \(Money.limit)")
    }
  }
}
