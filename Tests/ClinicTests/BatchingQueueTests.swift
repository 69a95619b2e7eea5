import TestSupport
import Testing

@testable import Clinic

@Suite struct BatchingQueueTests {
  /// Takers that note what they got and that they have ended. Nobody awaits them, so that one that
  /// hangs fails its test and nothing else.
  private struct Takers {
    let queue = BatchingQueue<Int>()
    let taken = Tally<[Int]>([])
    let ended = Tally(0)
    var tasks: [Task<Void, Never>] = []

    init(_ count: Int, limit: Int) {
      for _ in 0..<count {
        tasks.append(
          Task { [queue, taken, ended] in
            while true {
              let batch = await queue.take(limit)
              if batch.isEmpty { break }
              taken.update { $0 += batch }
            }
            ended.update { $0 += 1 }
          })
      }
    }
  }

  @Test("everything is taken once, by however many takers", arguments: [1, 2, 3, 8])
  func manyTakers(count: Int) async throws {
    let takers = Takers(count, limit: 3)
    defer { for task in takers.tasks { task.cancel() } }
    for round in 0..<200 {
      // Now and then all of them wait.
      if round % 20 == 0 {
        try await eventually("all is taken") { takers.taken.value.count == round }
        for _ in 0..<count * 2 { await Task.yield() }
      }
      #expect(takers.queue.add(round))
    }
    try await eventually("all is taken") { takers.taken.value.count == 200 }
    #expect(Set(takers.taken.value) == Set(0..<200))
  }

  @Test("every taker that waits ends with its task", arguments: [1, 3])
  func cancelled(count: Int) async throws {
    let takers = Takers(count, limit: 3)
    #expect(takers.queue.add(1))
    try await eventually("it is taken") { takers.taken.value == [1] }
    for task in takers.tasks { task.cancel() }
    try await eventually("every taker has ended") { takers.ended.value == count }
  }

  @Test("takes up to the limit, the oldest first")
  func limit() async {
    let queue = BatchingQueue<Int>()
    for number in 1...5 { #expect(queue.add(number)) }
    #expect(queue.count == 5)
    #expect(await queue.take(2) == [1, 2])
    #expect(await queue.take(10) == [3, 4, 5])
  }

  @Test("closed it takes nothing more, and gives back what waited")
  func closed() {
    let queue = BatchingQueue<Int>()
    #expect(queue.add(1))
    #expect(queue.close() == [1])
    #expect(!queue.add(2))
    #expect(queue.close() == [])
  }
}
