import Dispatch
import Testing

@testable import Bcrypt
@testable import Threads

@Suite struct WorkerThreadsTests {
  /// A job that holds its thread until it is told to go on.
  final class Gate: Sendable {
    let entered: AsyncStream<Void>
    private let enter: AsyncStream<Void>.Continuation
    private let opened = DispatchSemaphore(value: 0)

    init() { (entered, enter) = AsyncStream.makeStream() }

    func hold() {
      enter.yield()
      opened.wait()
    }

    func open() { opened.signal() }
  }

  @Test func pastTheLimitACallIsRefusedAtOnce() async throws {
    let workers = WorkerThreads(name: "test", count: 1, queueLimit: 2)
    let gate = Gate()
    await withThrowingTaskGroup(of: Int.self) { group in
      group.addTask {
        try await workers.run {
          gate.hold()
          return 0
        }
      }
      for await _ in gate.entered { break }
      // One runs; of the four that come now, two wait and two are refused.
      for number in 1...4 { group.addTask { try await workers.run { number } } }
      var refused = 0
      var finished = 0
      while let result = await group.nextResult() {
        switch result {
        case .success: finished += 1
        case .failure(let error):
          #expect(error is WorkersBusy)
          refused += 1
          if refused == 2 { gate.open() }
        }
      }
      #expect(refused == 2)
      #expect(finished == 3)
    }
  }

  @Test func aCancelledCallerLeavesTheQueue() async throws {
    let workers = WorkerThreads(name: "test", count: 1, queueLimit: 1)
    let gate = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await workers.run { gate.hold() } }
      for await _ in gate.entered { break }
      let waiting = Task { try await workers.run { Issue.record("a cancelled job ran") } }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      // Its place is free again.
      group.addTask { try await workers.run {} }
      gate.open()
      try await group.waitForAll()
    }
  }

  @Test func threadsWorkSideBySide() async throws {
    let workers = WorkerThreads(name: "test", count: 2, queueLimit: 0)
    let gates = [Gate(), Gate()]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for gate in gates { group.addTask { try await workers.run { gate.hold() } } }
      // Both hold a thread at the same time, or this would wait forever.
      for gate in gates { for await _ in gate.entered { break } }
      for gate in gates { gate.open() }
      try await group.waitForAll()
    }
  }

  @Test func manyCallsAtOnce() async throws {
    let hasher = BcryptHasher(cost: 4, threads: 2, queueLimit: 500)
    let hash = try await hasher.hash("s3cret")
    let right = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          try await hasher.verify(number % 2 == 0 ? "s3cret" : "wrong", against: hash)
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(right == 100)
  }

  @Test func theThreadsEndWithTheirOwner() async throws {
    weak var queue: JobQueue?
    do {
      let workers = WorkerThreads(name: "test", count: 3, queueLimit: 1)
      queue = workers.queue
      try await workers.run {}
    }
    // The threads hold the queue until they end.
    while queue != nil { await Task.yield() }
  }
}
