import Glibc

/// A thread for one call that blocks: resolving a name, logging in, asking for a cancellation.
enum HelperThread {
  private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }

  private static let stackSize = 1 << 20

  /// - Returns: Whether the thread could be started.
  static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    unsafe pthread_attr_setstacksize(&attributes, stackSize)
    let work = unsafe Unmanaged.passRetained(Work(body))
    var id = pthread_t()
    let created = unsafe pthread_create(
      &id, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        HelperThread.blockSignals()
        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    if created != 0 { unsafe work.release() }
    return created == 0
  }

  /// Signals stay with the process's own handlers.
  private static func blockSignals() {
    var everySignal = sigset_t()
    unsafe sigfillset(&everySignal)
    unsafe pthread_sigmask(SIG_SETMASK, &everySignal, nil)
  }
}
