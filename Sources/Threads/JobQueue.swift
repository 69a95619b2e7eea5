import Glibc

/// The jobs that wait for a thread, and the threads that sleep until there is one.
///
/// The threads hold this object, not ``WorkerThreads``: so they do not keep their owner alive.
final class JobQueue: Sendable {
  struct Job: Sendable {
    let ticket: UInt64
    let source: JobSource
    /// Does the work, or passes on the error that it is refused with. Called exactly once.
    let finish: @Sendable ((any Error)?) -> Void
  }

  private struct State {
    var waiting: WaitingJobs
    /// Tickets of calls that were cancelled before their job was added.
    var cancelledEarly: Set<UInt64> = []
    /// Tickets that were handed out and whose job was not added yet.
    var announced: Set<UInt64> = []
    var lastTicket: UInt64 = 0
    var idleThreads: Int
    var isClosed = false
  }
  private let state: Monitor<State>

  init(threads: Int, waiting: WaitingJobs) {
    state = Monitor(State(waiting: waiting, idleThreads: threads))
  }

  /// Whether a job of `source` would find a place now.
  func hasRoom(for source: JobSource) -> Bool {
    state.withLock { $0.waiting.hasRoom(for: source, idle: $0.idleThreads) }
  }

  /// A number for a job that will follow, by which it can be cancelled.
  func takeTicket() -> UInt64 {
    state.withLock { state in
      state.lastTicket += 1
      state.announced.insert(state.lastTicket)
      return state.lastTicket
    }
  }

  /// Queues the job, or finishes at once, with the reason why not, the job that gets no place: this
  /// one, or one that has to give its place up.
  func add(_ job: Job) {
    let (refused, refusal): (Job?, any Error) = state.withLock { state in
      state.announced.remove(job.ticket)
      if state.cancelledEarly.remove(job.ticket) != nil { return (job, CancellationError()) }
      return (state.waiting.add(job, idle: state.idleThreads), WorkersBusy())
    }
    refused?.finish(refusal)
    if refused?.ticket != job.ticket { state.wakeOne() }
  }

  /// Takes a waiting job out of the queue. One that has started runs to its end: what a C library
  /// computes cannot be interrupted.
  func cancel(_ ticket: UInt64) {
    let job: Job? = state.withLock { state in
      if state.announced.contains(ticket) {
        state.cancelledEarly.insert(ticket)
        return nil
      }
      return state.waiting.remove(ticket)
    }
    job?.finish(CancellationError())
  }

  /// Lets the threads end. Only the owner of the last reference calls it, so no job can be waiting.
  func close() {
    state.withLock { $0.isClosed = true }
    state.wakeAll()
  }

  func startThread(named name: String) {
    if !NativeThread.detach(named: name, work) { state.withLock { $0.idleThreads -= 1 } }
  }

  /// A thread's life.
  private func work() {
    // What takes long must not starve the other calls. Where it is not permitted, so be it.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    while let job = next() {
      job.finish(nil)
      state.withLock { $0.idleThreads += 1 }
    }
  }

  /// The next job, when there is one; nil when there will be none.
  private func next() -> Job? {
    state.wait { state -> Job?? in
      guard let job = state.waiting.next() else { return state.isClosed ? .some(nil) : nil }
      state.idleThreads -= 1
      return job
    }
  }
}
