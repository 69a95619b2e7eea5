import Glibc

/// A value behind a lock, and threads that sleep until it changes.
@safe
public final class Monitor<Value>: Locked<Value>, @unchecked Sendable {
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  public override init(_ value: Value) {
    unsafe condition.initialize(to: pthread_cond_t())
    unsafe pthread_cond_init(condition, nil)
    super.init(value)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe condition.deallocate()
  }

  /// Sleeps until `body` has a result; it is asked again after each `wakeOne` and `wakeAll`.
  public func wait<Result>(for body: (inout Value) -> Result?) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = body(&value) { return result }
      unsafe pthread_cond_wait(condition, mutex)
    }
  }

  public func wakeOne() { unsafe pthread_cond_signal(condition) }

  public func wakeAll() { unsafe pthread_cond_broadcast(condition) }
}
