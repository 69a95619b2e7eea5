import Synchronization

/// Counters of one event loop, readable from any thread.
final class LoopCounters: Sendable {
  /// Calls started, ever.
  let calls = Counter()
  /// Calls whose tasks run now.
  let tasks = Counter()
  let notifications = Counter()
  let overflows = Counter()
  let slowReadersClosed = Counter()
  /// Bytes of notifications that are now kept for slow readers.
  let pendingBytes = Counter()
}

struct Counter: ~Copyable, Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .sequentiallyConsistent) }

  func add(_ number: Int) {
    count.wrappingAdd(number, ordering: .sequentiallyConsistent)
  }
}
