import JSONRPC
import Testing

@testable import Clinic

@Suite struct TokenNameTests {
  @Test(
    "numbers have three digits or more",
    arguments: [
      (1, "001"), (42, "042"), (999, "999"), (1000, "1000"), (123_456, "123456"),
    ])
  func padded(number: Int, digits: String) throws {
    let date = try #require(LocalDate("2026-02-17"))
    let name = TokenName(date: date, number: number)
    #expect(name.description == "2026-02-17-\(digits)")
    #expect(TokenName(name.description) == name)
  }

  @Test(
    "a name has one way to be written",
    arguments: [
      "", "2026-02-17", "2026-02-17-", "2026-02-17-1", "2026-02-17-01", "2026-02-17-000",
      "2026-02-17-0001", "2026-02-17-01000", "2026-02-17--01", "2026-02-17-+01", "2026-02-17-0a1",
      "2026-02-30-001", "2026-02-17 001", "2026-02-17_001", " 2026-02-17-001", "2026-02-17-001 ",
      "2026-02-17-٠٠١", "2026-02-17-99999999999999999999", "026-02-17-0001", "é026-02-17-001",
    ])
  func refused(text: String) { #expect(TokenName(text) == nil) }

  @Test func codable() throws {
    let name = try decoded(TokenName.self, #""2026-02-17-007""#)
    #expect(name.number == 7)
    #expect(try JSONValueEncoder().encode(name) == Array(#""2026-02-17-007""#.utf8))
    #expect(paramsReason { try decoded(TokenName.self, #""7""#) } == .malformed)
  }
}
