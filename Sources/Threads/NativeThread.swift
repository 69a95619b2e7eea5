import Glibc

/// A thread of the operating system. Signals stay with the process's own handlers.
public struct NativeThread: Sendable {
  private let id: pthread_t

  /// Runs `body` on a new thread, which ends with it. It is to be joined or detached once.
  ///
  /// - Parameter name: what top, ps and gdb show, cut to 15 bytes.
  /// - Returns: nil when the thread could not be started.
  public init?(named name: String, _ body: @escaping @Sendable () -> Void) {
    // The thread inherits this mask.
    var everySignal = sigset_t()
    var previous = sigset_t()
    unsafe sigfillset(&everySignal)
    unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }
    let argument = unsafe Unmanaged.passRetained(Work(name: name, body: body))
    var id = pthread_t()
    let status = unsafe pthread_create(
      &id, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, argument.toOpaque())
    guard status == 0 else {
      unsafe argument.release()
      return nil
    }
    self.id = id
  }

  /// Runs `body` on a new thread that nobody waits for.
  ///
  /// - Returns: whether the thread could be started.
  public static func detach(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = NativeThread(named: name, body) else { return false }
    thread.detach()
    return true
  }

  /// Waits for the thread's end.
  public func join() { pthread_join(id, nil) }

  /// Lets the thread end without anybody waiting for that.
  public func detach() { pthread_detach(id) }
}

private final class Work: Sendable {
  private let name: String
  private let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  func run() {
    takeName()
    body()
  }

  private func takeName() {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = unsafe write(file, bytes, bytes.count)
    close(file)
  }
}
