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
    days.bringBack(day(Self.monday, version: 3), lockedAt: .now)
    #expect(days.newest == Self.monday)
    #expect(days.take(Self.monday)?.version == 3)
    #expect(days.take(Self.monday) == nil)
    #expect(days.version(of: Self.monday) == 3)
  }

  @Test func anOlderVersionDoesNotReplaceANewerOne() {
    days.bringBack(day(Self.monday, version: 4), lockedAt: .now)
    days.bringBack(day(Self.monday, version: 3), lockedAt: .now)
    #expect(days.take(Self.monday)?.version == 4)
  }

  @Test func twoDaysAreKept() {
    for offset in 0...2 {
      days.bringBack(day(Self.monday.adding(days: offset), version: 1), lockedAt: .now)
    }
    #expect(days.version(of: Self.monday) == 0)
    #expect(days.take(Self.monday) == nil)
    #expect(days.take(Self.monday.adding(days: 1)) != nil)
    #expect(days.take(Self.monday.adding(days: 2)) != nil)
  }

  @Test func nothingIsKnownOfWhatWasForgotten() {
    days.bringBack(day(Self.monday, version: 4), lockedAt: .now)
    days.forget(Self.monday)
    #expect(days.newest == nil)
    days.bringBack(day(Self.monday, version: 2), lockedAt: .now)
    #expect(days.take(Self.monday)?.version == 2)
  }

  @Test func whatWasSeenBeforeAConnectionWasOpenedIsForgotten() {
    let tuesday = Self.monday.adding(days: 1)
    let opening = ContinuousClock.now
    days.bringBack(day(Self.monday, version: 4), lockedAt: opening - .seconds(1))
    days.bringBack(day(tuesday, version: 2), lockedAt: opening)
    days.forget(before: opening)
    #expect(days.version(of: Self.monday) == 0)
    #expect(days.take(Self.monday) == nil)
    #expect(days.take(tuesday)?.version == 2)
  }
}
