import Testing

@testable import Clinic

@Suite struct OutageNoticesTests {
  private let start = ContinuousClock.now

  @Test func aFailureIsToldOnceAMinute() {
    var notices = OutageNotices()
    let told = (0..<600).filter { notices.isNews("unavailable", at: start + .seconds($0)) }
    #expect(told == Array(stride(from: 0, to: 600, by: 60)))
  }

  @Test func anotherReasonIsToldAtOnce() {
    var notices = OutageNotices()
    let told = ["connectionLost", "unavailable", "connectionLost"].map {
      notices.isNews($0, at: start)
    }
    #expect(told == [true, true, false])
  }
}
