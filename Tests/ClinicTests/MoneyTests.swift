import JSONRPC
import Testing

@testable import Clinic

/// Rule 38: money is exact.
@Suite struct MoneyTests {
  @Test(
    "rule 38: an amount on the wire is a string or a number, by its text",
    arguments: [
      ("\"12.50\"", 1250), ("12.50", 1250), ("12.5", 1250), ("12", 1200), ("\"0\"", 0),
      ("0.00", 0), ("\"0.01\"", 1), ("12.500", 1250),
      ("1e2", 10_000), ("1E+1", 1000), ("125e-1", 1250), ("1.255e1", 1255), ("0e400", 0),
      ("0.00001e5", 100), ("-0e0", 0), ("\"99999999.99\"", 9_999_999_999),
      // As a binary fraction this one is 1.0049999…
      ("1.01", 101), ("0.29", 29), ("4.35", 435), ("1234567.89", 123_456_789), ("-0", 0),
    ] as [(String, Int64)])
  func wire(json: String, cents: Int64) throws {
    #expect(try decoded(Money.self, json) == Money(cents: cents))
  }

  @Test(
    "rule 38: what is no amount with two decimals is refused",
    arguments: [
      ("12.505", .malformed), ("\"12.505\"", .malformed), ("1e-3", .malformed),
      ("1e400", .malformed), ("1.2345e1", .malformed), ("1e9", .outOfRange), ("-1e0", .outOfRange),
      ("\"1e2\"", .malformed), ("\"-1\"", .outOfRange), ("-1", .outOfRange),
      ("-0.01", .outOfRange), ("\"1,000\"", .malformed), ("\"1 000\"", .malformed),
      ("\"١٢\"", .malformed), ("\"１２\"", .malformed), ("\"\"", .malformed), ("\".5\"", .malformed),
      ("\"5.\"", .malformed), ("\"+5\"", .malformed), ("\"1.2.3\"", .malformed),
      ("\" 5\"", .malformed), ("\"NaN\"", .malformed), ("\"0x10\"", .malformed),
      ("100000000", .outOfRange), ("\"99999999999999999999\"", .malformed), ("true", .wrongType),
      ("[1]", .wrongType), ("{}", .wrongType), ("null", .wrongType),
    ] as [(String, ParamsError.Reason)])
  func refused(json: String, reason: ParamsError.Reason) {
    #expect(paramsReason { try decoded(Money.self, json) } == reason)
  }

  @Test("a payment is a cent or more")
  func positive() throws {
    #expect(try decoded(PositiveMoney.self, "0.01").money == Money(cents: 1))
    for json in ["0", "\"0.00\"", "-1"] {
      #expect(paramsReason { try decoded(PositiveMoney.self, json) } == .outOfRange)
    }
    #expect(paramsReason { try decoded(PositiveMoney.self, "0.001") } == .malformed)
  }

  @Test(
    "a percentage has two decimals, from 0 to 100",
    arguments: [("7.5", 750), ("\"100\"", 10_000), ("0", 0), ("33.33", 3333)] as [(String, Int64)])
  func percent(json: String, hundredths: Int64) throws {
    #expect(try decoded(Percent.self, json).hundredths == hundredths)
    #expect(paramsReason { try decoded(Percent.self, "100.01") } == .outOfRange)
    #expect(paramsReason { try decoded(Percent.self, "-1") } == .outOfRange)
    #expect(paramsReason { try decoded(Percent.self, "7.505") } == .malformed)
  }

  @Test("rule 38: an amount is written with two decimals, and read back the same")
  func text() throws {
    for cents in [0, 1, 9, 10, 99, 100, 101, 123_456, 9_999_999_999, -1, -150] as [Int64] {
      let money = Money(cents: cents)
      #expect(Money(money.description) == money)
    }
    #expect(Money(cents: 5).description == "0.05")
    #expect(Money(cents: 1200).description == "12.00")
    #expect(Money(cents: -150).description == "-1.50")
  }

  @Test(
    "rule 38: half a cent is rounded up, less is not",
    arguments: [
      // 0.005, 0.0049, 0.015, 0.025 (no banker's rounding), 2.675 (no binary fraction)
      (1, 5000, 1), (1, 4999, 0), (10, 1500, 2), (10, 2500, 3), (1000, 2675, 268),
      (100, 10_000, 100),
      (9_999_999_999, 10_000, 9_999_999_999), (9_999_999_999, 1, 1_000_000), (3, 3333, 1),
      (0, 10_000, 0), (5, 1000, 1), (15, 1000, 2), (25, 1000, 3), (4, 1000, 0),
    ] as [(Int64, Int64, Int64)])
  func halves(cents: Int64, hundredths: Int64, share: Int64) {
    #expect(Money(cents: cents).share(Percent(hundredths: hundredths)) == Money(cents: share))
  }

  @Test("rule 38: a share is the exact quotient, rounded half up: 20,000 random ones")
  func shares() {
    var random = SeededGenerator(seed: 38)
    for _ in 0..<20_000 {
      let cents = Int64.random(in: 0...Money.limit.cents, using: &random)
      let hundredths = Int64.random(in: 0...10_000, using: &random)
      let share = Money(cents: cents).share(Percent(hundredths: hundredths)).cents
      // cents × hundredths / 10,000, as a quotient and a rest that are exact.
      let (quotient, rest) = (cents * hundredths).quotientAndRemainder(dividingBy: 10_000)
      #expect(share == quotient + (rest >= 5000 ? 1 : 0))
    }
  }
}
