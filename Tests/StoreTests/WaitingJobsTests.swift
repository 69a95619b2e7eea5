import Testing

@testable import Threads

@Suite struct WaitingJobsTests {
  private let one = JobSource("one", isInsider: false)
  private let two = JobSource("two", isInsider: false)
  private let staff = JobSource("staff", isInsider: true)

  private func job(_ ticket: UInt64, _ source: JobSource) -> JobQueue.Job {
    JobQueue.Job(ticket: ticket, source: source) { _ in }
  }

  /// In the order of their turns.
  private func tickets(of waiting: WaitingJobs) -> [UInt64] {
    var waiting = waiting
    var tickets: [UInt64] = []
    while let job = waiting.next() { tickets.append(job.ticket) }
    return tickets
  }

  private func waiting(_ sources: [JobSource], insiders: Int = 9, others: Int = 9) -> WaitingJobs {
    var waiting = WaitingJobs(insiders: insiders, others: others)
    for (index, source) in sources.enumerated() { _ = waiting.add(job(UInt64(index), source)) }
    return waiting
  }

  @Test func sourcesHaveOneTurnAfterTheOther() {
    #expect(tickets(of: waiting([one, one, one, two, two])) == [0, 3, 1, 4, 2])
  }

  @Test func insidersHaveEverySecondTurn() {
    #expect(tickets(of: waiting([one, two, one, staff, staff])) == [3, 0, 4, 1, 2])
  }

  @Test func insidersAndOthersHavePlacesOfTheirOwn() {
    for (flood, other) in [(one, staff), (staff, one)] {
      var waiting = waiting(
        [flood, flood, flood, flood, flood, flood], insiders: flood.isInsider ? 6 : 2,
        others: flood.isInsider ? 2 : 6)
      #expect(!waiting.hasRoom(for: flood))
      #expect(waiting.add(job(7, flood))?.ticket == 7)
      for ticket in 8...9 {
        #expect(waiting.hasRoom(for: other))
        #expect(waiting.add(job(UInt64(ticket), other)) == nil)
      }
      #expect(!waiting.hasRoom(for: other))
      #expect(waiting.add(job(10, other))?.ticket == 10)
    }
  }

  @Test func whoHasFewGetsAPlaceOfWhoHasMost() {
    var waiting = waiting([one, one, one, one], others: 4)
    #expect(waiting.hasRoom(for: two))
    #expect(waiting.add(job(4, two))?.ticket == 3)
    #expect(waiting.add(job(5, two))?.ticket == 2)
    // Now each has two.
    for source in [one, two] { #expect(!waiting.hasRoom(for: source)) }
    #expect(waiting.add(job(6, two))?.ticket == 6)
    #expect(tickets(of: waiting) == [0, 4, 1, 5])
  }

  @Test func aJobThatIsTakenOutHasNoTurn() {
    var waiting = waiting([one, two, staff])
    #expect(waiting.remove(1)?.ticket == 1)
    #expect(waiting.remove(1) == nil)
    #expect(tickets(of: waiting) == [2, 0])
  }
}
