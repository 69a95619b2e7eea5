import Threads

/// Work that a loop does once, later.
public final class Timer: @unchecked Sendable {
  private let work: Locked<(@Sendable () -> Void)?>
  private unowned let loop: StoreLoop
  /// Nanoseconds of the monotonic clock.
  let deadline: UInt64
  /// Its place in the loop's heap; touched on the loop only.
  var position: Int?

  init(deadline: UInt64, loop: StoreLoop, work: @escaping @Sendable () -> Void) {
    self.deadline = deadline
    self.loop = loop
    self.work = Locked(work)
  }

  /// Takes the work away, from any thread. When called on the loop, the work is certain not to run.
  public func cancel() {
    guard take() != nil else { return }
    loop.remove(self)
  }

  /// The work, for the first who asks.
  func take() -> (@Sendable () -> Void)? {
    work.withLock { work in
      defer { work = nil }
      return work
    }
  }
}

/// The timers of a loop: a binary heap in which each timer knows its place, so that a cancelled one
/// leaves at once.
struct TimerHeap {
  private var timers: [Timer] = []

  var first: Timer? { timers.first }

  mutating func insert(_ timer: Timer) {
    timers.append(timer)
    timer.position = timers.count - 1
    siftUp(timers.count - 1)
  }

  mutating func remove(_ timer: Timer) {
    guard let position = timer.position else { return }
    timer.position = nil
    let last = timers.removeLast()
    guard position < timers.count else { return }
    timers[position] = last
    last.position = position
    siftUp(position)
    siftDown(last.position ?? position)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard timers[child].deadline < timers[parent].deadline else { return }
      exchange(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < timers.count && timers[child].deadline < timers[least].deadline {
        least = child
      }
      guard least != parent else { return }
      exchange(parent, least)
      parent = least
    }
  }

  private mutating func exchange(_ one: Int, _ other: Int) {
    timers.swapAt(one, other)
    timers[one].position = one
    timers[other].position = other
  }
}
