import Testing

@testable import Clinic

/// What slots working hours are made of.
@Suite struct SlotPlanTests {
  private func plan(
    _ from: String = "2026-02-16", to: String = "2026-02-22", _ weekdays: Set<Weekday>? = nil,
    _ start: String = "09:00", _ end: String = "12:00", every minutes: Int = 30,
    breaks: [(String, String)] = []
  ) throws -> SlotPlan {
    SlotPlan(
      from: try #require(LocalDate(from)), to: try #require(LocalDate(to)),
      weekdays: weekdays ?? Set(Weekday.allCases), start: try #require(TimeOfDay(start)),
      end: try #require(TimeOfDay(end)), minutes: minutes,
      breaks: try breaks.map {
        Break(start: try #require(TimeOfDay($0.0)), end: try #require(TimeOfDay($0.1)))
      })
  }

  @Test("dates are all from the first to the last one, of the named weekdays")
  func dates() throws {
    // 16 February 2026 is a Monday.
    #expect(try plan().dates.count == 7)
    #expect(try plan(to: "2026-02-16").dates.map(\.description) == ["2026-02-16"])
    #expect(
      try plan(to: "2026-03-01", [.saturday, .sunday]).dates.map(\.description)
        == ["2026-02-21", "2026-02-22", "2026-02-28", "2026-03-01"])
    #expect(try plan("1969-12-28", to: "1970-01-01", [.sunday, .thursday]).dates.count == 2)
  }

  @Test("slots fill the hours; what is left at the end is none")
  func times() throws {
    #expect(
      try plan("2026-02-16").startTimes.map(\.description)
        == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"])
    #expect(try plan(every: 50).startTimes.map(\.description) == ["09:00", "09:50", "10:40"])
    #expect(try plan(every: 180).startTimes.map(\.description) == ["09:00"])
    #expect(
      try plan("2026-02-16", "00:00", "23:59", every: 480).startTimes.map(\.description)
        == ["00:00", "08:00"])
  }

  @Test("what would run into a break is left out; what touches one stays (rule 8)")
  func breaks() throws {
    #expect(
      try plan(breaks: [("10:00", "10:30")]).startTimes.map(\.description)
        == ["09:00", "09:30", "10:30", "11:00", "11:30"])
    #expect(
      try plan(breaks: [("10:15", "10:45"), ("11:59", "12:30")]).startTimes.map(\.description)
        == ["09:00", "09:30", "11:00"])
    #expect(try plan(breaks: [("08:00", "13:00")]).startTimes.isEmpty)
  }
}

extension SlotPlanTests {
  private func plan(
    _ from: String, _ start: String, _ end: String, every minutes: Int
  ) throws -> SlotPlan {
    try plan(from, to: from, nil, start, end, every: minutes)
  }
}
