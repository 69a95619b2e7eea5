import Testing

@testable import Clinic

/// A day of the queue with a clock of its own: what tests of the queue's rules work with.
struct Desk {
  var day: QueueDay
  private(set) var now = Instant(microseconds: 1_771_318_800_000_000)

  init(_ rules: QueueRules = QueueRules()) throws {
    day = QueueDay(date: try #require(LocalDate("2026-02-17")), rules: rules)
  }

  mutating func pass(seconds: Int64) { now = now.adding(seconds: seconds) }

  /// The next second, so that arrivals differ.
  private mutating func tick() -> Instant {
    pass(seconds: 1)
    return now
  }

  /// Gives a patient a token. - Returns: its number.
  @discardableResult
  mutating func arrive(
    _ patient: Int64, for doctor: Int64? = nil, priority: Priority = .routine, at: Instant? = nil
  ) throws -> Int {
    let now = at ?? tick()
    let change = try day.arrive(
      ID(rawValue: patient), named: "Patient \(patient)", for: doctor.map(ID.init(rawValue:)),
      priority: priority, at: now)
    return try #require(change.tokens.first).number
  }

  /// Calls the next token for a doctor. - Returns: its number.
  @discardableResult
  mutating func call(_ doctor: Int64) throws -> Int {
    let now = tick()
    let change = try day.callNext(for: ID(rawValue: doctor), at: now)
    return try #require(change.tokens.first).number
  }

  @discardableResult
  mutating func set(
    _ number: Int, _ status: TokenStatus, by doctor: Int64? = nil
  ) throws -> QueueChange {
    let now = tick()
    return try day.setStatus(
      of: number, to: status, by: doctor.map(ID.init(rawValue:)), at: now)
  }

  /// Calls the next token for a doctor and completes it after some time.
  @discardableResult
  mutating func serve(_ doctor: Int64, seconds: Int64 = 60) throws -> Int {
    let number = try call(doctor)
    pass(seconds: seconds - 1)
    try set(number, .completed)
    return number
  }

  /// A token of a fresh day that stands at `status`, reached by listed moves alone.
  static func token(at status: TokenStatus, patient: Int64 = 1) throws -> (Desk, number: Int) {
    var desk = try Desk()
    let number = try desk.arrive(patient)
    switch status {
    case .waiting: break
    case .withDoctor: try desk.call(1)
    case .skipped, .cancelled, .noShow: try desk.set(number, status)
    case .completed:
      try desk.call(1)
      try desk.set(number, .completed)
    }
    #expect(try desk.status(number) == status)
    return (desk, number)
  }

  func status(_ number: Int) throws -> TokenStatus { try day.token(number).status }

  /// Numbers in the order in which a doctor, or anybody, would be sent them.
  func line(for doctor: Int64? = nil) -> [Int] {
    day.next(1000, for: doctor.map(ID.init(rawValue:))).map(\.number)
  }
}

/// The reason for which `work` was refused; nil when it was not.
func refusal(_ work: () throws -> Void) throws -> Reason? {
  do {
    try work()
    return nil
  } catch let error as ClinicError {
    return error.reason
  }
}
