/// How a balance is settled by what is handed over (rule 41).
///
/// Cards and UPI are taken first, in their order, and never beyond the balance; cash beyond it is
/// given back as change.
struct Settlement: Equatable {
  /// What a payer hands over by one method.
  struct Tender: Equatable {
    var method: PaymentMethod
    /// How much of it is meant for the invoice; nil means the balance.
    var amount: Money?
    /// Cash on the table; nil means the amount.
    var tendered: Money?
    var reference: String?
  }

  struct Part: Equatable {
    let method: PaymentMethod
    let amount: Money
    let tendered: Money
    let reference: String?
    var change: Money { tendered - amount }
  }

  /// In the order of the tenders.
  let parts: [Part]
  /// What is left to pay.
  let rest: Money

  var paid: Money { parts.reduce(.zero) { $0 + $1.amount } }
  var change: Money { parts.reduce(.zero) { $0 + $1.change } }

  /// - Throws: `exceeds_balance` for more than the balance by card or UPI, and for cash where
  ///   nothing is left to pay.
  init(of balance: Money, by tenders: [Tender]) throws(ClinicError) {
    var rest = balance
    var parts = [Part?](repeating: nil, count: tenders.count)
    let inOrder =
      tenders.indices.filter { tenders[$0].method != .cash }
      + tenders.indices.filter { tenders[$0].method == .cash }
    for index in inOrder {
      let tender = tenders[index]
      let meant = tender.amount ?? tender.tendered ?? rest
      let amount = min(meant, rest)
      guard amount > .zero, amount == meant || tender.method == .cash else {
        throw ClinicError(.exceedsBalance).with("balance", balance.description)
      }
      parts[index] = Part(
        method: tender.method, amount: amount, tendered: tender.tendered ?? meant,
        reference: tender.reference)
      rest = rest - amount
    }
    self.parts = parts.compactMap(\.self)
    self.rest = rest
  }
}
