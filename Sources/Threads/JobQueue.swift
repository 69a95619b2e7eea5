import Glibc

/// The jobs that wait for a thread, and the lock and the condition that the threads sleep on.
///
/// The threads hold this object, not ``WorkerThreads``: so they do not keep their owner alive.
@safe final class JobQueue: @unchecked Sendable {
  struct Job: Sendable {
    let ticket: UInt64
    /// Does the work, or passes on the error that it is refused with. Called exactly once.
    let finish: @Sendable ((any Error)?) -> Void
  }

  // pthread's objects must not move, so they live on the heap. The lock guards what follows it.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [Job] = []
  /// Calls that were cancelled before their job was added.
  private var cancelledEarly: Set<UInt64> = []
  /// Tickets that were handed out and whose job was not added yet.
  private var announced: Set<UInt64> = []
  private var lastTicket: UInt64 = 0
  private var idleThreads: Int
  private var isClosed = false
  private let waitingLimit: Int

  init(threads: Int, waitingLimit: Int) {
    self.waitingLimit = waitingLimit
    idleThreads = threads
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// A number for a job that will follow, by which it can be cancelled.
  func takeTicket() -> UInt64 {
    withLock {
      lastTicket += 1
      announced.insert(lastTicket)
      return lastTicket
    }
  }

  /// Queues the job, or finishes it at once with the reason why not.
  func add(_ job: Job) {
    let refusal: (any Error)? = withLock {
      announced.remove(job.ticket)
      if cancelledEarly.remove(job.ticket) != nil { return CancellationError() }
      guard waiting.count < waitingLimit + idleThreads else { return WorkersBusy() }
      waiting.append(job)
      unsafe pthread_cond_signal(condition)
      return nil
    }
    if let refusal { job.finish(refusal) }
  }

  /// Takes a waiting job out of the queue. One that has started runs to its end: what a C library
  /// computes cannot be interrupted.
  func cancel(_ ticket: UInt64) {
    let job: Job? = withLock {
      if announced.contains(ticket) {
        cancelledEarly.insert(ticket)
        return nil
      }
      guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      return waiting.remove(at: index)
    }
    job?.finish(CancellationError())
  }

  /// Lets the threads end. Only the owner of the last reference calls it, so no job can be waiting.
  func close() {
    withLock {
      isClosed = true
      _ = unsafe pthread_cond_broadcast(condition)
    }
  }

  func startThread(named name: String) {
    if !NativeThread.detach(named: name, work) { withLock { idleThreads -= 1 } }
  }

  /// A thread's life.
  private func work() {
    // What takes long must not starve the other calls. Where it is not permitted, so be it.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    while let job = next() {
      job.finish(nil)
      withLock { idleThreads += 1 }
    }
  }

  private func next() -> Job? {
    withLock {
      while waiting.isEmpty, !isClosed { unsafe pthread_cond_wait(condition, mutex) }
      guard !waiting.isEmpty else { return nil }
      idleThreads -= 1
      return waiting.removeFirst()
    }
  }

  private func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body()
  }
}
