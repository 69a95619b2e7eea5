internal import Glibc

/// A thread that makes blocking calls, one after the other, over one connection.
///
/// libmongoc has a pool that threads may share; a client for each thread does without its
/// monitoring threads, and can be thrown away as soon as it misbehaves, with all it believes about
/// the servers. Such a client connects when it is first used.
final class Worker {
  private let settings: ConnectionSettings
  private var connection: MongoConnection?

  private init(_ settings: ConnectionSettings) { self.settings = settings }

  /// Runs the calls of `queue` on a new thread until the queue is closed.
  static func start(serving queue: CallQueue, _ settings: ConnectionSettings) -> Bool {
    let body = Body { serve(queue, Worker(settings)) }
    // The thread inherits this mask: signals stay with the process's own handlers.
    var everySignal = sigset_t()
    var previous = sigset_t()
    unsafe sigfillset(&everySignal)
    unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }
    var id = pthread_t()
    let argument = unsafe Unmanaged.passRetained(body)
    let status = unsafe pthread_create(
      &id, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, argument.toOpaque())
    guard status == 0 else {
      unsafe argument.release()
      return false
    }
    pthread_detach(id)
    return true
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private static func serve(_ queue: CallQueue, _ worker: Worker) {
    while let call = queue.next() {
      call.run(on: worker)
      queue.finished(call)
    }
  }

  /// Does `work` with this thread's connection.
  func perform<Value>(
    _ options: CallOptions, _ work: (MongoConnection) throws(MongoError) -> Value
  ) throws(MongoError) -> Value {
    if let timeout = options.timeout {
      return try work(MongoConnection(settings, timeout: timeout))
    }
    if let connection {
      do throws(MongoError) {
        return try work(connection)
      } catch {
        guard connection.isBroken else { throw error }
        self.connection = nil
        guard options.isRepeatable, error.kind == .unavailable else { throw error }
      }
    }
    let connection = try MongoConnection(settings, timeout: settings.timeouts.call)
    let result = try work(connection)
    self.connection = connection
    return result
  }
}
