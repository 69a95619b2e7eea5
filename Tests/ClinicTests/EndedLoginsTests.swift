import Testing

@testable import Clinic

@Suite struct EndedLoginsTests {
  private var logins = EndedLogins(keptFor: .seconds(60))
  private let start = ContinuousClock.now

  @Test mutating func eachIsKeptForItsTime() {
    for second in 0..<600 {
      logins.insert(Int64(second), at: start + .seconds(second))
      #expect((max(0, second - 60)...second).allSatisfy { logins.contains(Int64($0)) })
    }
  }

  @Test mutating func thoseOfLongAgoAreForgotten() {
    for second in 0..<6000 { logins.insert(Int64(second), at: start + .seconds(second)) }
    #expect(logins.count <= 120)
    #expect(!logins.contains(5_879))
    logins.insert(1, at: start + .seconds(9000))
    #expect(logins.count == 1)
  }
}
