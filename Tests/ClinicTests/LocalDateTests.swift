import JSONRPC
import Testing

@testable import Clinic

@Suite struct LocalDateTests {
  /// Counts days by the calendar's rules, beside the arithmetic that is tested.
  private struct Almanac {
    var year = 1
    var month = 1
    var day = 1

    mutating func turn() {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[month - 1] {
        day = 1
        month += 1
      }
      if month > 12 {
        month = 1
        year += 1
      }
    }
  }

  @Test("rule 2: every day of 2,200 years is the day after the one before")
  func everyDay() throws {
    var almanac = Almanac()
    let first = try #require(LocalDate("0001-01-01"))
    var days = first.days
    while almanac.year <= 2200 {
      // All of what birth dates can be, and samples of the time before.
      if almanac.year >= 1850 || days % 97 == 0 {
        let date = LocalDate(days: days)
        try #require(date.parts == (almanac.year, almanac.month, almanac.day))
        try #require(
          LocalDate(year: almanac.year, month: almanac.month, day: almanac.day)?.days == days)
        if days % 7 == 0 { try #require(LocalDate(date.description) == date) }
      }
      almanac.turn()
      days += 1
    }
  }

  @Test(
    "days that everybody knows",
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11_017), ("2026-02-17", 20_501),
      ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ])
  func known(text: String, days: Int) throws {
    let date = try #require(LocalDate(text))
    #expect(date.days == days)
    #expect(date.description == text)
  }

  @Test("rule 2: leap days exist in leap years alone")
  func leapDays() {
    #expect(LocalDate("2000-02-29") != nil)
    #expect(LocalDate("2024-02-29")?.adding(days: 1) == LocalDate("2024-03-01"))
    #expect(LocalDate("1900-02-29") == nil)
    #expect(LocalDate("2023-02-29") == nil)
    #expect(LocalDate("2100-02-29") == nil)
  }

  @Test(
    "texts that are no date",
    arguments: [
      "", "2026", "2026-2-17", "2026-02-7", "2026/02/17", "2026-02-30", "2026-04-31", "2026-13-01",
      "2026-00-10", "2026-01-00", "2026-01-32", "0000-01-01", "-026-01-01", "+026-01-01",
      " 2026-02-17", "2026-02-17 ", "2026-02-17T00:00:00Z", "17-02-2026", "20260217", "2026-02-1٧",
      "２０２６-02-17", "2026-0x-17", "99999-01-1",
    ])
  func refused(text: String) { #expect(LocalDate(text) == nil) }

  @Test func comparesAndAdds() throws {
    let date = try #require(LocalDate("2026-12-31"))
    #expect(date.adding(days: 1).description == "2027-01-01")
    #expect(date.adding(days: -365).description == "2025-12-31")
    #expect(date < date.adding(days: 1))
  }

  @Test func codable() throws {
    let date = try decoded(LocalDate.self, #""1999-12-31""#)
    #expect(date.description == "1999-12-31")
    #expect(try JSONValueEncoder().encode(date) == Array(#""1999-12-31""#.utf8))
    #expect(throws: ParamsError.self) { try decoded(LocalDate.self, "20501") }
    #expect(paramsReason { try decoded(LocalDate.self, #""1999-02-30""#) } == .malformed)
  }
}

@Suite struct InstantTests {
  @Test(
    "instants that everybody knows",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999999Z", -1),
      ("2026-02-17T09:00:00Z", 1_771_318_800_000_000),
      ("2001-09-09T01:46:40.000001Z", 1_000_000_000_000_001),
      ("1850-01-01T00:00:00.500Z", -3_786_825_599_500_000),
    ])
  func known(text: String, microseconds: Int64) throws {
    #expect(try #require(Instant(text)).microseconds == microseconds)
    #expect(Instant(microseconds: microseconds).description == text)
  }

  @Test("every instant comes back from its text", arguments: (1...5).map { UInt64($0) })
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let micro = Int64.random(in: -5_000_000_000_000_000...250_000_000_000_000_000, using: &random)
      for value in [micro, micro / 1000 * 1000, micro / 1_000_000 * 1_000_000] {
        let instant = Instant(microseconds: value)
        try #require(Instant(instant.description) == instant, "\(value)")
      }
    }
  }

  @Test(
    "an offset is the same moment",
    arguments: [
      "2026-02-17T14:30:00+05:30", "2026-02-16T22:00:00-11:00", "2026-02-17T09:00:00+00:00",
      "2026-02-17 09:00:00Z", "2026-02-17T09:00:00.000000000Z", "2026-02-17T09:00:00.0Z",
      "2026-02-17t09:00:00z",
    ])
  func offsets(text: String) {
    #expect(Instant(text)?.description == "2026-02-17T09:00:00Z")
  }

  @Test("a fraction is cut after the microseconds")
  func fractions() {
    #expect(Instant("2026-02-17T09:00:00.25Z")?.description == "2026-02-17T09:00:00.250Z")
    #expect(Instant("2026-02-17T09:00:00.0000019Z")?.description == "2026-02-17T09:00:00.000001Z")
    #expect(
      Instant("2026-02-17T09:00:00.12345678901Z")?.description == "2026-02-17T09:00:00.123456Z")
  }

  @Test("a leap second is the first of the next minute")
  func leapSecond() {
    #expect(Instant("2016-12-31T23:59:60Z") == Instant("2017-01-01T00:00:00Z"))
    #expect(Instant("2017-01-01T05:29:60+05:30") == Instant("2017-01-01T00:00:00Z"))
  }

  @Test(
    "texts that are no instant",
    arguments: [
      "", "2026-02-17", "2026-02-17T09:00:00", "2026-02-17T09:00Z", "2026-02-30T09:00:00Z",
      "2026-02-17T24:00:00Z", "2026-02-17T09:60:00Z", "2026-02-17T09:00:60Z",
      "2026-02-17T09:00:00.Z",
      "2026-02-17T09:00:00ZZ", "2026-02-17T09:00:00+0530", "2026-02-17T09:00:00+24:00",
      "2026-02-17T09:00:00+05:60", "2026-02-17T9:00:00ZZ",
      "2026-02-17T-9:00:00Z", "1771318800",
    ])
  func refused(text: String) { #expect(Instant(text) == nil) }

  @Test func codable() throws {
    let instant = try decoded(Instant.self, #""2026-02-17T10:00:00+01:00""#)
    #expect(try JSONValueEncoder().encode(instant) == Array(#""2026-02-17T09:00:00Z""#.utf8))
    #expect(paramsReason { try decoded(Instant.self, #""yesterday""#) } == .malformed)
  }
}
