import JSONRPC
import Testing

@testable import Clinic

/// Rules 14 to 22 on one day, step by step.
@Suite struct QueueDayTests {
  @Test("rule 14: numbers go from 1 without a gap")
  func numbers() throws {
    var desk = try Desk()
    for patient in 1...50 {
      #expect(try desk.arrive(Int64(patient)) == patient)
      #expect(desk.day.lastNumber == patient)
      #expect(desk.day.version == Int64(patient))
    }
  }

  @Test("rule 15: completing, cancelling and skipping change no number")
  func numbersStay() throws {
    var desk = try Desk()
    for patient in 1...10 { try desk.arrive(Int64(patient)) }
    try desk.serve(1)
    try desk.set(4, .cancelled)
    try desk.set(5, .noShow)
    try desk.set(6, .skipped)
    #expect(desk.day.tokens.map(\.number) == Array(1...10))
    #expect(desk.day.tokens.map(\.patientID.rawValue) == Array(1...10))
    #expect(try desk.arrive(11) == 11)
    #expect(try desk.arrive(4) == 12, "a cancelled number is not given again")
  }

  @Test("what a store tells of tokens that there are not changes none")
  func impossibleNumbers() throws {
    var desk = try Desk()
    for patient in 1...2 { try desk.arrive(Int64(patient)) }
    let tokens = desk.day.tokens
    for number in [.min, -1, 0, 4, .max] {
      let far = QueueToken(
        date: desk.day.date, number: number, patientID: ID(rawValue: 3), patientName: "Asha",
        doctorID: nil, priority: .routine, arrivedAt: desk.now)
      desk.day.follow(
        QueueChange(
          version: desk.day.version + 1, tokens: [far], passedOver: [number], waitedOut: [number]))
      #expect(desk.day.tokens == tokens && desk.day.lastNumber == 2)
    }
  }

  @Test("rule 20: a clock that is set back lets nobody overtake, and makes no time less than none")
  func clockBack() throws {
    var desk = try Desk()
    for patient in 1...2 { try desk.arrive(Int64(patient)) }
    let before = desk.now
    let clock = Instant(microseconds: before.microseconds - 1_800_000_000)
    #expect(desk.day.moment(by: clock) == before)
    let later = Instant(microseconds: before.microseconds + 1)
    #expect(desk.day.moment(by: later) == later)
    let far = Instant(microseconds: before.microseconds - 86_400_000_000)
    #expect(desk.day.moment(by: far) == far, "a day that somebody else's clock has made")
  }

  @Test("rule 17: two doctors get two tokens")
  func twoDoctors() throws {
    var desk = try Desk()
    try desk.arrive(1)
    try desk.arrive(2)
    #expect(try desk.call(7) == 1)
    #expect(try desk.call(8) == 2)
    #expect(desk.day.serving.map(\.number) == [1, 2])
    #expect(try refusal { try desk.call(9) } == .queueEmpty)
  }

  @Test("rule 18: a doctor serves one token at a time")
  func oneAtATime() throws {
    var desk = try Desk()
    try desk.arrive(1)
    try desk.arrive(2)
    try desk.call(7)
    #expect(try refusal { try desk.call(7) } == .alreadyServing)
    #expect(try refusal { try desk.set(2, .withDoctor, by: 7) } == .alreadyServing)
    #expect(try desk.status(2) == .waiting)
    try desk.set(1, .completed)
    #expect(try desk.call(7) == 2)
  }

  @Test(
    "rule 18: a patient has one live token",
    arguments: [TokenStatus.waiting, .withDoctor, .skipped])
  func oneLiveToken(status: TokenStatus) throws {
    var (desk, number) = try Desk.token(at: status)
    let error = #expect(throws: ClinicError.self) { try desk.arrive(1) }
    #expect(error?.reason == .alreadyInQueue)
    #expect(error?.rpcError.data["token"] == .string("2026-02-17-001"))
    #expect(desk.day.liveToken(of: ID(rawValue: 1))?.number == number)
  }

  @Test(
    "rule 18: a patient whose token has ended may come again",
    arguments: [TokenStatus.completed, .cancelled, .noShow])
  func comesAgain(status: TokenStatus) throws {
    var (desk, _) = try Desk.token(at: status)
    #expect(try desk.arrive(1) == 2)
  }

  @Test("rule 20: priority first, then arrival, then number")
  func order() throws {
    var desk = try Desk()
    let moment = desk.now
    try desk.arrive(1, at: moment.adding(seconds: 5))
    try desk.arrive(2, at: moment)
    try desk.arrive(3, at: moment)
    try desk.arrive(4, priority: .urgent, at: moment.adding(seconds: 6))
    try desk.arrive(5, priority: .emergency, at: moment.adding(seconds: 7))
    try desk.arrive(6, priority: .urgent, at: moment.adding(seconds: 6))
    #expect(desk.line() == [5, 4, 6, 2, 3, 1])
  }

  @Test("a doctor is sent own and unassigned tokens")
  func ownAndUnassigned() throws {
    var desk = try Desk()
    try desk.arrive(1, for: 7)
    try desk.arrive(2)
    try desk.arrive(3, for: 8)
    #expect(desk.line(for: 7) == [1, 2])
    #expect(desk.line(for: 8) == [2, 3])
    #expect(desk.day.waitingCount(for: ID(rawValue: 8)) == 2)
    #expect(desk.day.waitingCount() == 3)
    #expect(try desk.call(8) == 2)
    try desk.set(2, .completed)
    #expect(try desk.call(8) == 3)
    try desk.set(3, .completed)
    #expect(try refusal { try desk.call(8) } == .queueEmpty, "token 1 is another doctor's")
  }

  @Test("rule 22: a transfer is one step from one doctor to the other")
  func transfer() throws {
    var desk = try Desk()
    try desk.arrive(1)
    try desk.arrive(2, for: 8)
    try desk.call(7)
    let arrival = try desk.day.token(1).arrivedAt
    let before = desk.day.version
    let change = try desk.day.transfer(1, to: ID(rawValue: 8))
    #expect(change.version == before + 1)
    #expect(change.tokens.count == 1)
    let token = try desk.day.token(1)
    #expect(token.doctorID == ID(rawValue: 8))
    #expect(token.status == .waiting)
    #expect(token.calledAt == nil)
    #expect(token.arrivedAt == arrival)
    #expect(desk.day.token(servedBy: ID(rawValue: 7)) == nil, "the first assignment has ended")
    #expect(desk.line(for: 8) == [1, 2], "it waits there by its arrival")
    #expect(desk.line(for: 7).isEmpty)
    #expect(try refusal { _ = try desk.day.transfer(1, to: ID(rawValue: 8)) } == .sameDoctor)
  }

  @Test(
    "rule 22: a token that has ended is not transferred, and its priority stays",
    arguments: [TokenStatus.completed, .cancelled, .noShow])
  func endedTokensStay(status: TokenStatus) throws {
    var (desk, number) = try Desk.token(at: status)
    let before = desk.day.tokens
    #expect(
      try refusal { _ = try desk.day.transfer(number, to: ID(rawValue: 9)) } == .invalidTransition)
    #expect(
      try refusal { _ = try desk.day.setPriority(of: number, to: .urgent) } == .invalidTransition)
    #expect(desk.day.tokens == before)
  }

  @Test("a new priority moves a waiting token at once")
  func setPriority() throws {
    var desk = try Desk()
    for patient in 1...3 { try desk.arrive(Int64(patient)) }
    _ = try desk.day.setPriority(of: 3, to: .emergency)
    #expect(desk.line() == [3, 1, 2])
    _ = try desk.day.setPriority(of: 3, to: .routine)
    #expect(desk.line() == [1, 2, 3])
  }

  @Test("a new name is shown on every token of the patient, and only a new one is a step")
  func rename() throws {
    var desk = try Desk()
    try desk.arrive(1)
    #expect(desk.day.rename(ID(rawValue: 1), to: "Patient 1") == nil)
    #expect(desk.day.rename(ID(rawValue: 2), to: "Nobody") == nil)
    #expect(desk.day.version == 1)
    let change = desk.day.rename(ID(rawValue: 1), to: "Asha Iyer")
    #expect(change?.tokens.first?.patientName == "Asha Iyer")
    #expect(desk.day.version == 2)
    try desk.serve(7)
    try desk.arrive(1)
    let both = desk.day.rename(ID(rawValue: 1), to: "Asha Rao")
    #expect(both?.tokens.map(\.number) == [2, 1])
    #expect(both?.tokens.map(\.status) == [.waiting, .completed])
    #expect(desk.day.tokens.map(\.patientName) == ["Asha Rao", "Asha Rao"])
    #expect(desk.day.version == 6)
  }
}

/// Rule 16: the close of a day.
@Suite struct QueueCloseTests {
  private func fullDay() throws -> Desk {
    var desk = try Desk()
    for patient in 1...6 { try desk.arrive(Int64(patient)) }
    try desk.serve(7)
    try desk.call(7)
    try desk.set(3, .skipped)
    try desk.set(4, .cancelled)
    try desk.set(5, .noShow)
    return desk
  }

  @Test("rule 16: who waits did not show, who is with a doctor is done, ended ones stay")
  func close() throws {
    var desk = try fullDay()
    let before = desk.day.tokens
    let version = desk.day.version
    let end = desk.now.adding(seconds: 3600)
    let closed = desk.day.close(at: end)
    let change = try #require(closed)
    #expect(change.version == version + 1)
    #expect(Set(change.tokens.map(\.number)) == [2, 3, 6])
    #expect(
      desk.day.tokens.map(\.status)
        == [.completed, .completed, .noShow, .cancelled, .noShow, .noShow])
    #expect(desk.day.tokens.map(\.autoClosed) == [false, true, true, false, false, true])
    for number in [1, 4, 5] { #expect(try desk.day.token(number) == before[number - 1]) }
    for number in [2, 3, 6] { #expect(try desk.day.token(number).endedAt == end) }
    #expect(desk.day.isClosed)
    #expect(desk.day.waitingCount() == 0)
    #expect(desk.day.serving.isEmpty)
  }

  @Test("rule 16: a closed day is closed once, and nothing moves in it")
  func closedIsClosed() throws {
    var desk = try fullDay()
    _ = desk.day.close(at: desk.now)
    let closed = desk.day
    #expect(desk.day.close(at: desk.now) == nil)
    #expect(try refusal { try desk.arrive(99) } == .dayClosed)
    #expect(try refusal { try desk.call(7) } == .dayClosed)
    for status in TokenStatus.allCases {
      #expect(try refusal { try desk.set(6, status, by: 7) } == .dayClosed)
    }
    #expect(try refusal { _ = try desk.day.undo(6) } == .dayClosed)
    #expect(try refusal { _ = try desk.day.transfer(6, to: ID(rawValue: 8)) } == .dayClosed)
    #expect(try refusal { _ = try desk.day.setPriority(of: 6, to: .urgent) } == .dayClosed)
    #expect(desk.day.rename(ID(rawValue: 6), to: "Other") == nil)
    #expect(desk.day.tokens == closed.tokens)
    #expect(desk.day.version == closed.version)
  }

  @Test("rule 16: an empty day closes too")
  func emptyDay() throws {
    var desk = try Desk()
    let closed = desk.day.close(at: desk.now)
    let change = try #require(closed)
    #expect(change.tokens.isEmpty)
    #expect(desk.day.isClosed)
  }
}
