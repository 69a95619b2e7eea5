import TestSupport
import Testing

@testable import Clinic

/// Callers who ask for the same while the first one works, until the gate lets it go on.
@Suite struct SingleFlightTests {
  private struct Wrong: Error {}

  private struct Callers {
    let work = SingleFlight<String, Int>()
    let gate = BatchingQueue<Result<Int, Wrong>>()
    let begun = Tally(0)
    var tasks: [Task<(value: Int, isOwn: Bool), any Error>] = []

    /// Adds one and waits until it works, or waits for who does.
    mutating func add(_ key: String = "key", works: Bool) async throws {
      let before = (begun.value, work.waiting)
      tasks.append(
        Task { [work, gate, begun] in
          try await work.run(key) {
            begun.update { $0 += 1 }
            guard let result = await gate.take(1).first else { throw CancellationError() }
            return try result.get()
          }
        })
      try await eventually("the caller has its turn or waits") {
        works ? begun.value > before.0 : work.waiting > before.1
      }
    }

    static func waiting(_ count: Int) async throws -> Callers {
      var callers = Callers()
      try await callers.add(works: true)
      for _ in 0..<count { try await callers.add(works: false) }
      return callers
    }
  }

  @Test("one works, and all get what came of it")
  func shared() async throws {
    let callers = try await Callers.waiting(20)
    #expect(callers.gate.add(.success(7)))
    for (index, task) in callers.tasks.enumerated() {
      let outcome = try await task.value
      #expect(outcome.value == 7)
      #expect(outcome.isOwn == (index == 0))
    }
    #expect(callers.begun.value == 1)
  }

  @Test("a failure is everybody's, and the next caller works anew")
  func failed() async throws {
    var callers = try await Callers.waiting(3)
    #expect(callers.gate.add(.failure(Wrong())))
    for task in callers.tasks { await #expect(throws: Wrong.self) { try await task.value } }
    try await callers.add(works: true)
    #expect(callers.gate.add(.success(8)))
    #expect(try await callers.tasks[4].value == (8, true))
  }

  @Test("who asks for something else works at once")
  func other() async throws {
    var callers = try await Callers.waiting(1)
    try await callers.add("another key", works: true)
    #expect(callers.begun.value == 2)
    for _ in 0..<2 { #expect(callers.gate.add(.success(1))) }
    for task in callers.tasks { #expect(try await task.value.value == 1) }
  }

  @Test("when the one who works is cancelled, the next works instead")
  func workerCancelled() async throws {
    let callers = try await Callers.waiting(3)
    for index in 0..<3 {
      callers.tasks[index].cancel()
      await #expect(throws: CancellationError.self) { try await callers.tasks[index].value }
      try await eventually("the next works") { callers.begun.value == index + 2 }
    }
    #expect(callers.gate.add(.success(9)))
    #expect(try await callers.tasks[3].value == (9, true))
  }

  @Test("who is cancelled while waiting leaves, and nobody else")
  func waiterCancelled() async throws {
    let callers = try await Callers.waiting(2)
    callers.tasks[1].cancel()
    await #expect(throws: CancellationError.self) { try await callers.tasks[1].value }
    #expect(callers.work.waiting == 1)
    #expect(callers.gate.add(.success(3)))
    #expect(try await callers.tasks[0].value == (3, true))
    #expect(try await callers.tasks[2].value == (3, false))
  }
}
