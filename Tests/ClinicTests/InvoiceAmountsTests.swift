import JSONRPC
import Testing

@testable import Clinic

/// Rule 38: what the lines of an invoice come to.
@Suite struct InvoiceAmountsTests {
  private func item(_ quantity: Int, _ cents: Int64) -> InvoiceItem {
    InvoiceItem(description: "Line", quantity: quantity, unitPrice: Money(cents: cents))
  }

  private func percent(_ text: String) throws -> Percent { try #require(Percent(text)) }

  private func reason(_ work: () throws -> InvoiceAmounts) -> Reason? {
    do {
      _ = try work()
      return nil
    } catch {
      return (error as? ClinicError)?.reason
    }
  }

  @Test("rule 38: lines, a discount of their sum, tax on what is left, and the total")
  func inOrder() throws {
    let amounts = try InvoiceAmounts(
      of: [item(3, 1999), item(1, 500)], less: .percent(try percent("10")),
      taxPercent: try percent("7.5"))
    #expect(amounts.subtotal == Money("64.97"))
    #expect(amounts.discount == Money("6.50"), "6.497")
    #expect(amounts.tax == Money("4.39"), "4.38525")
    #expect(amounts.total == Money("62.86"))
  }

  @Test("rule 38: a discount of 100 percent gives exactly 0.00")
  func everythingOff() throws {
    for cents in [1, 33, 6497, 9_999_999_999] as [Int64] {
      let amounts = try InvoiceAmounts(
        of: [item(1, cents)], less: .percent(try percent("100")), taxPercent: try percent("20"))
      #expect(amounts.total.description == "0.00")
      #expect(amounts.tax == .zero)
    }
  }

  @Test("rule 38: a discount is never more than its base")
  func discountTooLarge() throws {
    let lines = [item(2, 500)]
    let none = Percent(hundredths: 0)
    #expect(
      reason { try InvoiceAmounts(of: lines, less: .amount(Money(cents: 1001)), taxPercent: none) }
        == .discountTooLarge)
    let all = try InvoiceAmounts(of: lines, less: .amount(Money(cents: 1000)), taxPercent: none)
    #expect(all.total == .zero)
  }

  @Test("an invoice is at most 99999999.99, with its tax, and nothing overflows on the way")
  func tooLarge() throws {
    let none = Percent(hundredths: 0)
    let full = try InvoiceAmounts(of: [item(1, Money.limit.cents)], less: nil, taxPercent: none)
    #expect(full.total == .limit)
    let many = [InvoiceItem](repeating: item(100_000, Money.limit.cents), count: 200)
    for (lines, tax) in [
      ([item(1, Money.limit.cents), item(1, 1)], none), (many, none),
      ([item(1, Money.limit.cents)], Percent(hundredths: 1)),
    ] {
      #expect(
        paramsReason { try InvoiceAmounts(of: lines, less: nil, taxPercent: tax) } == .outOfRange)
    }
  }

  @Test("rule 38: 5,000 random invoices against whole numbers of ten-thousandths of a cent")
  func random() throws {
    var random = SeededGenerator(seed: 3838)
    /// Hundredths of a percent of cents, rounded half up.
    func rounded(_ cents: Int64, _ hundredths: Int64) -> Int64 {
      let exact = cents * hundredths
      return exact / 10_000 + (exact % 10_000 * 2 >= 10_000 ? 1 : 0)
    }
    for _ in 0..<5000 {
      let lines = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        item(.random(in: 1...50, using: &random), .random(in: 0...99_999, using: &random))
      }
      let subtotal = lines.reduce(0) { $0 + Int64($1.quantity) * $1.unitPrice.cents }
      let isPercent = Bool.random(using: &random)
      let share = Int64.random(in: 0...10_000, using: &random)
      let amount = Int64.random(in: 0...subtotal, using: &random)
      let tax = Int64.random(in: 0...10_000, using: &random)
      let amounts = try InvoiceAmounts(
        of: lines,
        less: isPercent ? .percent(Percent(hundredths: share)) : .amount(Money(cents: amount)),
        taxPercent: Percent(hundredths: tax))
      let discount = isPercent ? rounded(subtotal, share) : amount
      #expect(amounts.subtotal.cents == subtotal)
      #expect(amounts.discount.cents == discount)
      #expect(amounts.tax.cents == rounded(subtotal - discount, tax))
      #expect(amounts.total.cents == subtotal - discount + rounded(subtotal - discount, tax))
    }
  }
}

/// Rule 41: what is handed over, against a balance.
@Suite struct SettlementTests {
  private func settle(
    _ balance: String, _ tenders: Settlement.Tender...
  ) throws -> Settlement {
    try Settlement(of: try #require(Money(balance)), by: tenders)
  }

  private func tender(
    _ method: PaymentMethod, _ amount: String? = nil, tendered: String? = nil
  ) -> Settlement.Tender {
    Settlement.Tender(
      method: method, amount: amount.flatMap(Money.init), tendered: tendered.flatMap(Money.init))
  }

  private func reason(_ work: () throws -> Settlement) -> Reason? {
    do {
      _ = try work()
      return nil
    } catch {
      return (error as? ClinicError)?.reason
    }
  }

  @Test("rule 41: without an amount it is the balance")
  func balance() throws {
    for method in PaymentMethod.allCases {
      let settlement = try settle("12.50", tender(method))
      #expect(settlement.paid == Money("12.50"))
      #expect(settlement.rest == .zero && settlement.change == .zero)
    }
  }

  @Test("rule 41: cash beyond the balance is change")
  func change() throws {
    for tender in [
      tender(.cash, "20"), tender(.cash, tendered: "20"), tender(.cash, "12.50", tendered: "20"),
      tender(.cash, "15", tendered: "20"),
    ] {
      let settlement = try settle("12.50", tender)
      #expect(settlement.paid == Money("12.50"))
      #expect(settlement.change == Money("7.50"))
      #expect(settlement.rest == .zero)
    }
    let part = try settle("12.50", tender(.cash, "10", tendered: "20"))
    #expect(part.paid == Money("10") && part.change == Money("10") && part.rest == Money("2.50"))
    let little = try settle("12.50", tender(.cash, tendered: "5"))
    #expect(little.paid == Money("5") && little.change == .zero && little.rest == Money("7.50"))
  }

  @Test("rule 41: a card never pays more than the balance")
  func beyond() {
    #expect(reason { try settle("12.50", tender(.card, "12.51")) } == .exceedsBalance)
    #expect(reason { try settle("12.50", tender(.upi, "100")) } == .exceedsBalance)
    #expect(
      reason { try settle("12.50", tender(.card, "10"), tender(.upi, "3")) } == .exceedsBalance)
  }

  @Test("rule 41: of a mixed payment the cash comes last and gives change")
  func mixed() throws {
    let settlement = try settle(
      "100", tender(.cash, "50"), tender(.card, "60"), tender(.upi, "5.50"))
    #expect(settlement.parts.map(\.method) == [.cash, .card, .upi], "in the order given")
    #expect(settlement.parts.map(\.amount) == ["34.50", "60", "5.50"].compactMap(Money.init))
    #expect(settlement.parts[0].tendered == Money("50"))
    #expect(settlement.change == Money("15.50") && settlement.rest == .zero)
    #expect(
      reason { try settle("100", tender(.cash, "1"), tender(.card, "100")) } == .exceedsBalance,
      "nothing is left for cash to pay")
  }
}
