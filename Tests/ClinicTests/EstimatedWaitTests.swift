import Testing

@testable import Clinic

/// Rule 23: an estimated wait uses today's consultations and the doctors now active; unknown is
/// nil, not 0.
@Suite struct EstimatedWaitTests {
  private func estimate(_ desk: Desk, for doctor: Int64? = nil) -> Int? {
    desk.day.estimatedWaitMinutes(for: doctor.map(ID.init(rawValue:)), at: desk.now)
  }

  @Test("rule 23: unknown before a consultation was completed")
  func unknownAtFirst() throws {
    var desk = try Desk()
    #expect(estimate(desk) == nil)
    for patient in 1...3 { try desk.arrive(Int64(patient)) }
    #expect(estimate(desk) == nil)
    try desk.call(7)
    #expect(estimate(desk) == nil, "a consultation that goes on tells nothing yet")
    try desk.set(1, .skipped)
    #expect(estimate(desk) == nil, "one that was broken off neither")
  }

  @Test("rule 23: the mean consultation, times who is ahead, by active doctors")
  func figures() throws {
    var desk = try Desk()
    for patient in 1...10 { try desk.arrive(Int64(patient)) }
    try desk.serve(7, seconds: 600)
    #expect(estimate(desk) == 90, "9 ahead, 10 minutes each, one doctor")
    try desk.serve(7, seconds: 1200)
    #expect(estimate(desk) == 120, "8 ahead, 15 minutes each")
    #expect(estimate(desk, for: 8) == nil, "who does not work yet")
    try desk.call(8)
    #expect(estimate(desk) == 53, "7 ahead, 15 minutes each, two doctors: 52.5")
    #expect(estimate(desk, for: 8) == 105, "one doctor alone")
  }

  @Test("rule 23: nobody ahead is 0 minutes, once that is known")
  func nobodyAhead() throws {
    var desk = try Desk()
    try desk.arrive(1)
    try desk.serve(7, seconds: 600)
    #expect(estimate(desk) == 0)
  }

  @Test("rule 23: a doctor counts as active until half an hour after the last patient")
  func doctorsGoHome() throws {
    var desk = try Desk()
    for patient in 1...3 { try desk.arrive(Int64(patient)) }
    try desk.serve(7, seconds: 600)
    desk.pass(seconds: 29 * 60)
    #expect(estimate(desk) == 20)
    desk.pass(seconds: 61)
    #expect(estimate(desk) == nil, "nobody works: nobody knows")
    try desk.call(8)
    #expect(estimate(desk) == 10, "the figures of the day still hold")
  }

  @Test("rule 23: what the close of the day ended, and what was undone, tells nothing")
  func onlyRealConsultations() throws {
    var desk = try Desk()
    for patient in 1...3 { try desk.arrive(Int64(patient)) }
    try desk.serve(7, seconds: 600)
    _ = try desk.day.undo(1)
    #expect(estimate(desk) == nil)
    _ = desk.day.close(at: desk.now.adding(seconds: 3600))
    #expect(estimate(desk) == nil)
  }

  @Test("rule 23: a doctor whose only consultation was undone was not there")
  func undone() throws {
    var desk = try Desk()
    for patient in 1...10 { try desk.arrive(Int64(patient)) }
    try desk.serve(7, seconds: 600)
    try desk.serve(8, seconds: 600)
    #expect(estimate(desk) == 40, "8 ahead, 10 minutes each, two doctors")
    _ = try desk.day.undo(2)
    try desk.set(2, .waiting)
    #expect(estimate(desk) == 90, "9 ahead, one doctor")
  }
}
