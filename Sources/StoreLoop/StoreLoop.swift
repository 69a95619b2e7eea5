import Glibc
import Synchronization
import Threads

/// One thread that waits on the stores' sockets and runs jobs.
///
/// The calls' tasks prefer it as their executor: code that awaits a store resumes on the very
/// thread that read the socket, without a hop.
public final class StoreLoop: TaskExecutor, @unchecked Sendable {
  enum Item {
    case job(UnownedJob)
    case isolated(UnownedJob)
    case work(@Sendable () -> Void)
  }

  private struct Inbox {
    var items: [Item] = []
    /// The loop waits, or is about to, and nobody has woken it yet.
    var needsWake = false
    var stopping = false
    /// The thread takes nothing more.
    var hasEnded = false
  }

  /// How many batches of jobs run before the sockets are looked at again.
  private static let roundsBetweenPolls = 8

  /// An executor for actors that live on this loop.
  public let serialExecutor: LoopSerialExecutor

  private let inbox = Locked(Inbox())
  private let name: String
  private let nativeThread = Locked<NativeThread?>(nil)
  /// The thread's number, once it runs.
  private let thread = Atomic<UInt>(0)
  private let waker: Waker

  // Touched on the loop only.
  private let poller: Poller
  private var timers = TimerHeap()

  /// Starts the thread.
  ///
  /// - Parameter name: the thread's name, cut to 15 bytes.
  public init(name: String) {
    self.name = name
    poller = Poller()
    waker = poller.waker
    serialExecutor = LoopSerialExecutor()
    serialExecutor.loop = self
    start()
  }

  /// Whether the caller runs on this loop.
  public var isOnLoop: Bool {
    thread.load(ordering: .relaxed) == pthread_self()
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    append(.job(UnownedJob(job)))
  }

  /// Runs `work` on the loop, soon, in order with everything else that was handed to it.
  public func execute(_ work: @escaping @Sendable () -> Void) {
    append(.work(work))
  }

  /// Runs `work` on the loop after a while, from any thread.
  public func schedule(after delay: Duration, _ work: @escaping @Sendable () -> Void) -> Timer {
    let timer = Timer(deadline: Self.now() + delay.nanoseconds, loop: self, work: work)
    onLoop { $0.timers.insert(timer) }
    return timer
  }

  /// Watches a descriptor; called on the loop, as the handler is.
  public func register(
    descriptor: Int32, interest: Interest, _ handler: @escaping @Sendable (Readiness) -> Void
  ) -> Registration {
    precondition(isOnLoop, "Descriptors are registered on the loop.")
    let registration = Registration(
      descriptor: descriptor, interest: interest, poller: poller, handler: handler)
    poller.add(registration)
    return registration
  }

  /// Runs what was handed to the loop so far, ends the thread and waits for its end. Tasks that
  /// prefer the loop must have ended: what comes later is dropped.
  public func shutdown() {
    let first = inbox.withLock { inbox in
      defer { inbox.stopping = true }
      return !inbox.stopping
    }
    guard first else { return }
    execute {}
    let nativeThread = nativeThread.withLock(\.self)
    if isOnLoop { nativeThread?.detach() } else { nativeThread?.join() }
  }

  func append(_ item: Item) {
    let wake = inbox.withLock { inbox in
      guard !inbox.hasEnded else { return false }
      inbox.items.append(item)
      defer { inbox.needsWake = false }
      return inbox.needsWake
    }
    if wake { waker.wake() }
  }

  func remove(_ timer: Timer) {
    onLoop { $0.timers.remove(timer) }
  }

  private func onLoop(_ work: @escaping @Sendable (StoreLoop) -> Void) {
    if isOnLoop {
      work(self)
    } else {
      execute { work(self) }
    }
  }
}

// MARK: - The thread

extension StoreLoop {
  private func start() {
    let started = NativeThread(named: name, run)
    precondition(started != nil, "The loop's thread cannot be started.")
    nativeThread.withLock { $0 = started }
  }

  private func run() {
    thread.store(pthread_self(), ordering: .relaxed)
    // The system gives the number to another thread.
    defer { thread.store(0, ordering: .relaxed) }
    var batch: [Item] = []
    while true {
      var rounds = 0
      while rounds < Self.roundsBetweenPolls, takeItems(&batch) {
        rounds += 1
        for item in batch {
          run(item)
        }
        batch.removeAll(keepingCapacity: true)
      }
      guard let timeout = timeoutToWait() else { return }
      wait(milliseconds: timeout)
      fireTimers()
    }
  }

  private func takeItems(_ batch: inout [Item]) -> Bool {
    inbox.withLock { inbox in
      swap(&inbox.items, &batch)
      return !batch.isEmpty
    }
  }

  private func run(_ item: Item) {
    switch item {
    case .job(let job):
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    case .isolated(let job):
      unsafe job.runSynchronously(
        isolatedTo: serialExecutor.asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    case .work(let work):
      work()
    }
  }

  /// How long to wait, from now on to be woken by whoever appends; nil when it is time to end.
  /// Timers are read first, because appending one is an append too.
  private func timeoutToWait() -> Int32? {
    let untilTimer = timers.first.map { timer in
      let now = Self.now()
      return timer.deadline <= now
        ? 0 : Int32(clamping: (timer.deadline - now + 999_999) / 1_000_000)
    }
    return inbox.withLock { inbox in
      guard inbox.items.isEmpty else { return 0 }
      guard !inbox.stopping else {
        inbox.hasEnded = true
        return nil
      }
      inbox.needsWake = true
      return untilTimer ?? -1
    }
  }

  private func wait(milliseconds: Int32) {
    let ready = poller.wait(milliseconds: milliseconds)
    if milliseconds != 0 {
      inbox.withLock { $0.needsWake = false }
    }
    poller.callHandlers(ofFirst: ready)
  }

  private func fireTimers() {
    guard timers.first != nil else { return }
    let now = Self.now()
    while let timer = timers.first, timer.deadline <= now {
      timers.remove(timer)
      timer.take()?()
    }
  }

  /// Nanoseconds of the monotonic clock.
  static func now() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

extension Duration {
  /// Never negative, at most some centuries.
  fileprivate var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(min(seconds, 1 << 33)) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
