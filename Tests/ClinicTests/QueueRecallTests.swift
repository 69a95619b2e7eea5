import Testing

@testable import Clinic

/// Rule 20: a recalled token keeps its arrival and rejoins by the configured rule.
@Suite struct QueueRecallTests {
  @Test("rule 20: after 0 calls a recalled token is first, and keeps its arrival")
  func recalledIsFirst() throws {
    var desk = try Desk(QueueRules(recallAfter: 0))
    for patient in 1...4 { try desk.arrive(Int64(patient)) }
    let arrival = try desk.day.token(3).arrivedAt
    try desk.set(3, .skipped)
    try desk.arrive(5, priority: .emergency)
    try desk.set(3, .waiting)
    #expect(try desk.day.token(3).arrivedAt == arrival)
    #expect(desk.line() == [3, 5, 1, 2, 4])
    #expect(try desk.call(7) == 3)
    #expect(try desk.day.token(3).callsToWait == nil, "it waits its turn from now on")
  }

  @Test("rule 20: two recalled ones stand by their arrivals")
  func twoRecalled() throws {
    var desk = try Desk(QueueRules(recallAfter: 0))
    for patient in 1...4 { try desk.arrive(Int64(patient)) }
    for number in [4, 2] { try desk.set(number, .skipped) }
    for number in [4, 2] { try desk.set(number, .waiting) }
    #expect(desk.line() == [2, 4, 1, 3])
  }

  @Test("rule 20: it lets N calls pass and is then first", arguments: 1...4)
  func letsCallsPass(count: Int) throws {
    var desk = try Desk(QueueRules(recallAfter: count))
    for patient in 1...9 { try desk.arrive(Int64(patient)) }
    try desk.set(1, .skipped)
    try desk.set(1, .waiting)
    #expect(try desk.day.token(1).callsToWait == count)
    for step in 0..<count {
      #expect(try desk.serve(7) == step + 2)
      #expect(try desk.day.token(1).callsToWait == count - step - 1)
    }
    #expect(try desk.serve(7) == 1)
    #expect(try desk.day.token(1).passedOver == 0, "the calls that it lets pass do not count")
  }

  @Test("rule 20: calls that could not have taken it are not those it waits for")
  func onlyOwnCallsCount() throws {
    var desk = try Desk(QueueRules(recallAfter: 1))
    try desk.arrive(1, for: 7)
    try desk.arrive(2, for: 8)
    try desk.arrive(3, for: 7)
    try desk.set(1, .skipped)
    try desk.set(1, .waiting)
    #expect(try desk.serve(8) == 2)
    #expect(try desk.day.token(1).callsToWait == 1)
    #expect(try desk.serve(7) == 3)
    #expect(try desk.serve(7) == 1)
  }

  @Test("rule 20: when nobody else waits, a recalled one is sent at once")
  func aloneItGoesAtOnce() throws {
    var desk = try Desk(QueueRules(recallAfter: 5))
    try desk.arrive(1)
    try desk.set(1, .skipped)
    try desk.set(1, .waiting)
    #expect(try desk.call(7) == 1)
  }

  @Test("a token that was put back stands where it stood")
  func putBack() throws {
    var desk = try Desk(QueueRules(recallAfter: 5))
    for patient in 1...3 { try desk.arrive(Int64(patient)) }
    try desk.call(7)
    try desk.set(1, .waiting)
    let token = try desk.day.token(1)
    #expect(token.calledAt == nil)
    #expect(token.callsToWait == nil, "it was not recalled")
    #expect(desk.line() == [1, 2, 3])
  }

  @Test("rule 16: on a day that is closed nobody is recalled")
  func closedDay() throws {
    var desk = try Desk(QueueRules(recallAfter: 0))
    try desk.arrive(1)
    try desk.set(1, .skipped)
    _ = desk.day.close(at: Instant(microseconds: 1))
    let error = #expect(throws: ClinicError.self) {
      try desk.day.recall(1, at: Instant(microseconds: 2))
    }
    #expect(error?.reason == .dayClosed)
  }
}
