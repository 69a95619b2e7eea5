/// Lets an actor live on a loop: `unownedExecutor` is
/// `loop.serialExecutor.asUnownedSerialExecutor()`.
///
/// The loop itself is a task executor only. Were it both, each resumption of a task that is not
/// isolated would look to the runtime like leaving an actor and cost another job.
public final class LoopSerialExecutor: SerialExecutor, @unchecked Sendable {
  /// Set once, while the loop is made; the loop's thread keeps the loop alive until its shutdown.
  weak var loop: StoreLoop?

  public func enqueue(_ job: consuming ExecutorJob) {
    loop?.append(.isolated(UnownedJob(job)))
  }

  public func checkIsolated() {
    precondition(loop?.isOnLoop == true, "Not on the loop.")
  }
}
