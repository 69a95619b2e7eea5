import Testing

@testable import Clinic

/// Rule 21: however many urgent patients arrive, a waiting routine one is passed over at most B
/// times by a caller who could have taken it.
@Suite struct QueueFairnessTests {
  @Test("rule 21: urgent patients without end pass a routine one over B times", arguments: 0...5)
  func endlessUrgency(limit: Int) throws {
    var desk = try Desk(QueueRules(passOverLimit: limit))
    try desk.arrive(1)
    var passed = 0
    for patient in 2...20 {
      try desk.arrive(Int64(patient), priority: patient % 2 == 0 ? .emergency : .urgent)
      if try desk.serve(7) == 1 { break }
      passed += 1
    }
    #expect(passed == limit)
    #expect(try desk.day.token(1).passedOver == limit)
  }

  @Test("rule 21: the default is 3")
  func standard() {
    #expect(QueueRules().passOverLimit == 3)
  }

  @Test("rule 21: calls of doctors who could not have taken the token do not count")
  func othersDoNotCount() throws {
    var desk = try Desk()
    try desk.arrive(1, for: 7)
    for patient in 2...9 {
      try desk.arrive(Int64(patient), for: 8, priority: .urgent)
      try desk.serve(8)
    }
    #expect(try desk.day.token(1).passedOver == 0)
    for patient in 10...12 {
      try desk.arrive(Int64(patient), priority: .urgent)
      #expect(try desk.serve(7) == patient)
    }
    try desk.arrive(13, priority: .urgent)
    #expect(try desk.serve(7) == 1)
  }

  @Test("rule 21: several who were passed over go by arrival")
  func overdueByArrival() throws {
    var desk = try Desk(QueueRules(passOverLimit: 1))
    for patient in 1...3 { try desk.arrive(Int64(patient)) }
    try desk.arrive(4, priority: .emergency)
    #expect(try desk.serve(7) == 4)
    try desk.arrive(5, priority: .emergency)
    #expect(try (0..<4).map { _ in try desk.serve(7) } == [1, 2, 3, 5])
  }

  @Test("rule 21: a transfer takes what was counted along")
  func transferKeepsTheCount() throws {
    var desk = try Desk()
    try desk.arrive(1, for: 7)
    for patient in 2...4 {
      try desk.arrive(Int64(patient), priority: .urgent)
      try desk.serve(7)
    }
    _ = try desk.day.transfer(1, to: ID(rawValue: 8))
    try desk.arrive(5, priority: .emergency)
    #expect(try desk.serve(8) == 1)
  }

  /// Counts by itself who was passed over, in random days of arrivals and calls.
  @Test("rule 21: random days", arguments: (1...40).map { UInt64($0) })
  func randomDays(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let limit = Int.random(in: 0...4, using: &random)
    let recallAfter = Int.random(in: 0...2, using: &random)
    var desk = try Desk(QueueRules(passOverLimit: limit, recallAfter: recallAfter))
    var counted: [Int: Int] = [:]
    for step in 1...300 {
      let doctor = Int64.random(in: 1...3, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<9:
        try desk.arrive(
          Int64(step), for: Bool.random(using: &random) ? nil : doctor,
          priority: Double.random(in: 0..<1, using: &random) < 0.3
            ? .routine : [.urgent, .emergency].randomElement(using: &random) ?? .urgent)
      case 9:
        if let number = desk.line().randomElement(using: &random) { try desk.set(number, .skipped) }
      case 10:
        let skipped = desk.day.tokens.filter { $0.status == .skipped }
        if let token = skipped.randomElement(using: &random) {
          try desk.set(token.number, .waiting)
        }
      case 11:
        if let number = desk.line().randomElement(using: &random) {
          let priority = Priority.allCases.randomElement(using: &random) ?? .routine
          _ = try desk.day.setPriority(of: number, to: priority)
        }
      default:
        let line = desk.line(for: doctor)
        guard !line.isEmpty, desk.day.token(servedBy: ID(rawValue: doctor)) == nil else { continue }
        let before = desk.day.tokens
        let called = before[try desk.serve(doctor) - 1]
        for number in line where number != called.number {
          let token = before[number - 1]
          let waitsOut = (token.callsToWait ?? 0) > 0
          if !waitsOut, token.arrivedAt < called.arrivedAt { counted[number, default: 0] += 1 }
        }
      }
      for (number, count) in counted {
        try #require(count <= limit, "seed \(seed), step \(step), token \(number)")
      }
    }
    #expect(desk.day.tokens.allSatisfy { $0.passedOver == counted[$0.number] ?? 0 })
  }
}
