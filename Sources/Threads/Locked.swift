import Glibc

/// A value behind a mutex. A pthread mutex, because ThreadSanitizer understands it.
@safe
public class Locked<Value>: @unchecked Sendable {
  // pthread's objects must not move, so they live on the heap.
  final let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  final var value: Value

  public init(_ value: Value) {
    self.value = value
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  public final func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
