import Testing

@testable import Clinic

@Suite struct KnownDaysTests {
  private static let monday = LocalDate(days: 20_000)
  private let days = KnownDays()

  private func day(_ date: LocalDate, version: Int64) -> QueueDay {
    var day = QueueDay(date: date, rules: QueueRules())
    day.load([], version: version)
    return day
  }

  @Test func aDayThatIsOutKeepsItsVersion() {
    days.bringBack(day(Self.monday, version: 3))
    #expect(days.newest == Self.monday)
    #expect(days.take(Self.monday)?.version == 3)
    #expect(days.take(Self.monday) == nil)
    #expect(days.version(of: Self.monday) == 3)
  }

  @Test func anOlderVersionDoesNotReplaceANewerOne() {
    days.bringBack(day(Self.monday, version: 4))
    days.bringBack(day(Self.monday, version: 3))
    #expect(days.take(Self.monday)?.version == 4)
  }

  @Test func twoDaysAreKept() {
    for offset in 0...2 {
      days.bringBack(day(Self.monday.adding(days: offset), version: 1))
    }
    #expect(days.version(of: Self.monday) == 0)
    #expect(days.take(Self.monday) == nil)
    #expect(days.take(Self.monday.adding(days: 1)) != nil)
    #expect(days.take(Self.monday.adding(days: 2)) != nil)
  }

  @Test func nothingIsKnownOfWhatWasForgotten() {
    days.bringBack(day(Self.monday, version: 4))
    days.forget()
    #expect(days.newest == nil)
    days.bringBack(day(Self.monday, version: 2))
    #expect(days.take(Self.monday)?.version == 2)
  }
}
