import JSONRPC
import Testing

@testable import Clinic

/// Rule 19: only the listed transitions succeed.
@Suite struct QueueTransitionTests {
  /// The whole list, in the words of the rule.
  static let listed: [TokenStatus: Set<TokenStatus>] = [
    .waiting: [.withDoctor, .skipped, .cancelled, .noShow],
    .withDoctor: [.completed, .waiting, .skipped],
    .skipped: [.waiting, .noShow, .cancelled],
  ]

  static let pairs = TokenStatus.allCases.flatMap { from in
    TokenStatus.allCases.map { to in (from, to) }
  }

  @Test("rule 19: every pair of statuses, the listed and the unlisted", arguments: pairs)
  func everyPair(from: TokenStatus, to: TokenStatus) throws {
    var (desk, number) = try Desk.token(at: from)
    let before = desk.day
    let refused = try refusal { try desk.set(number, to, by: 2) }
    if Self.listed[from, default: []].contains(to) {
      #expect(refused == nil)
      #expect(try desk.status(number) == to)
      #expect(desk.day.version == before.version + 1)
    } else {
      #expect(refused == .invalidTransition)
      #expect(desk.day.tokens == before.tokens, "a refusal changes nothing")
      #expect(desk.day.version == before.version)
    }
  }

  @Test("rule 19: a refusal names both statuses")
  func refusalNamesBoth() throws {
    var (desk, number) = try Desk.token(at: .completed)
    let error = #expect(throws: ClinicError.self) { try desk.set(number, .waiting) }
    let data = try #require(error?.rpcError.data)
    #expect(data["from"] == .string("COMPLETED"))
    #expect(data["to"] == .string("WAITING"))
  }

  @Test("rule 19: undo leaves final states, and only those", arguments: TokenStatus.allCases)
  func undo(from status: TokenStatus) throws {
    var (desk, number) = try Desk.token(at: status)
    let refused = try refusal { _ = try desk.day.undo(number) }
    switch status {
    case .waiting, .withDoctor, .skipped:
      #expect(refused == .invalidTransition)
      #expect(try desk.status(number) == status)
    case .completed:
      #expect(refused == nil)
      #expect(try desk.status(number) == .withDoctor, "back to the doctor")
    case .cancelled, .noShow:
      #expect(refused == nil)
      #expect(try desk.status(number) == .waiting, "back to the line")
    }
    if refused == nil { #expect(try desk.day.token(number).endedAt == nil) }
  }

  @Test("rule 18: undo makes no second token of a doctor or a patient")
  func undoKeepsOneEach() throws {
    var desk = try Desk()
    let first = try desk.arrive(1)
    try desk.serve(7)
    let second = try desk.arrive(2)
    try desk.call(7)
    #expect(try refusal { _ = try desk.day.undo(first) } == .alreadyServing)
    try desk.set(second, .completed)
    let again = try desk.arrive(1)
    #expect(try refusal { _ = try desk.day.undo(first) } == .alreadyInQueue)
    try desk.set(again, .cancelled)
    _ = try desk.day.undo(first)
    #expect(try desk.status(first) == .withDoctor)
  }

  @Test("who was with a doctor, was skipped and is brought back to the line waits for a call")
  func undoForgetsTheCall() throws {
    for last in [TokenStatus.noShow, .cancelled] {
      var (desk, number) = try Desk.token(at: .withDoctor)
      try desk.set(number, .skipped)
      try desk.set(number, last)
      _ = try desk.day.undo(number)
      #expect(try desk.status(number) == .waiting)
      #expect(try desk.day.token(number).calledAt == nil)
    }
  }

  @Test("a token that there is not")
  func unknownNumbers() throws {
    var (desk, _) = try Desk.token(at: .waiting)
    for number in [0, -1, 2, 999] {
      #expect(try refusal { try desk.set(number, .skipped) } == .notFound)
      #expect(try refusal { _ = try desk.day.undo(number) } == .notFound)
      #expect(
        try refusal { _ = try desk.day.transfer(number, to: ID(rawValue: 5)) } == .notFound)
      #expect(try refusal { _ = try desk.day.setPriority(of: number, to: .urgent) } == .notFound)
    }
    #expect(desk.day.version == 1)
  }

  @Test("a token of nobody goes to the doctor who is named, and to nobody else")
  func withDoctorNeedsOne() throws {
    var (desk, number) = try Desk.token(at: .waiting)
    #expect(try refusal { try desk.set(number, .withDoctor) } == .doctorRequired)
    try desk.set(number, .withDoctor, by: 3)
    #expect(try desk.day.token(number).doctorID == ID(rawValue: 3))
    #expect(desk.day.token(servedBy: ID(rawValue: 3))?.number == number)
  }
}
