import Testing

@testable import Clinic

/// Random days: whatever is tried in whatever order, the queue's rules hold after each step, and
/// an instance that only follows comes to the same day.
@Suite struct QueueRandomTests {
  private static let doctors: [Int64] = [1, 2, 3]
  private static let patients: ClosedRange<Int64> = 1...12

  @Test(
    "rules 14, 15, 18, 19, 22: random steps, refused and not",
    arguments: (1...30).map { UInt64($0) })
  func randomSteps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rules = QueueRules(
      passOverLimit: Int.random(in: 0...3, using: &random),
      recallAfter: Int.random(in: 0...2, using: &random))
    var desk = try Desk(rules)
    var follower = desk.day
    var refusals = 0
    for step in 1...250 {
      desk.pass(seconds: Int64.random(in: 0...90, using: &random))
      let before = desk.day
      let isUndo = Int.random(in: 0..<12, using: &random) == 0
      do {
        let change = try Self.step(&desk, isUndo: isUndo, using: &random)
        try #require(change.version == before.version + 1)
        follower.follow(change)
      } catch is ClinicError {
        refusals += 1
        try #require(desk.day.version == before.version)
        try #require(desk.day.tokens == before.tokens, "seed \(seed), step \(step)")
      }
      try check(desk.day, after: before, isUndo: isUndo, "seed \(seed), step \(step)")
    }
    #expect(refusals > 0, "the day must have met refusals")
    try expectSame(follower, desk.day, at: desk.now)

    // What the store holds gives the same day too, in whatever order the rows come.
    var loaded = QueueDay(date: desk.day.date, rules: rules)
    loaded.load(desk.day.tokens.shuffled(using: &random), version: desk.day.version)
    try expectSame(loaded, desk.day, at: desk.now)
  }

  private static func step(
    _ desk: inout Desk, isUndo: Bool, using random: inout SeededGenerator
  ) throws -> QueueChange {
    let number = Int.random(in: 0...desk.day.tokens.count + 1, using: &random)
    let doctor = ID<User>(rawValue: doctors.randomElement(using: &random) ?? 1)
    let now = desk.now
    if isUndo { return try desk.day.undo(number) }
    switch Int.random(in: 0..<10, using: &random) {
    case 0...2:
      return try desk.day.arrive(
        ID(rawValue: Int64.random(in: patients, using: &random)), named: "Somebody",
        for: Bool.random(using: &random) ? nil : doctor,
        priority: Priority.allCases.randomElement(using: &random) ?? .routine, at: now)
    case 3, 4: return try desk.day.callNext(for: doctor, at: now)
    case 5: return try desk.day.transfer(number, to: doctor)
    case 6:
      return try desk.day.setPriority(
        of: number, to: Priority.allCases.randomElement(using: &random) ?? .routine)
    default:
      return try desk.day.setStatus(
        of: number, to: TokenStatus.allCases.randomElement(using: &random) ?? .waiting,
        by: Bool.random(using: &random) ? nil : doctor, at: now)
    }
  }

  private func check(
    _ day: QueueDay, after before: QueueDay, isUndo: Bool, _ place: Comment
  ) throws {
    try #require(day.tokens.map(\.number) == Array(1..<day.tokens.count + 1), place)
    try #require(day.lastNumber == day.tokens.count, place)
    let serving = day.tokens.filter { $0.status == .withDoctor }
    try #require(serving.allSatisfy { $0.doctorID != nil }, place)
    try #require(Set(serving.map(\.doctorID)).count == serving.count, place)
    let live = day.tokens.filter(\.status.isLive)
    try #require(Set(live.map(\.patientID)).count == live.count, place)
    let waiting = day.tokens.filter { $0.status == .waiting }
    try #require(Set(day.next(1000).map(\.number)) == Set(waiting.map(\.number)), place)
    try #require(day.waitingCount() == waiting.count, place)
    for (old, new) in zip(before.tokens, day.tokens) {
      try #require(old.patientID == new.patientID && old.arrivedAt == new.arrivedAt, place)
      guard old.status != new.status else { continue }
      let isListed = QueueTransitionTests.listed[old.status, default: []].contains(new.status)
      try #require(isListed || (isUndo && !old.status.isLive), place)
    }
  }

  private func expectSame(_ a: QueueDay, _ b: QueueDay, at now: Instant) throws {
    #expect(a.tokens == b.tokens)
    #expect(a.version == b.version)
    #expect(a.lastNumber == b.lastNumber)
    #expect(a.next(1000) == b.next(1000))
    #expect(a.serving == b.serving)
    for doctor in Self.doctors.map(ID<User>.init(rawValue:)) {
      #expect(a.next(1000, for: doctor) == b.next(1000, for: doctor))
      #expect(a.token(servedBy: doctor) == b.token(servedBy: doctor))
    }
    for patient in Self.patients.map(ID<Patient>.init(rawValue:)) {
      #expect(a.liveToken(of: patient) == b.liveToken(of: patient))
    }
    #expect(a.estimatedWaitMinutes(at: now) == b.estimatedWaitMinutes(at: now))
  }
}
