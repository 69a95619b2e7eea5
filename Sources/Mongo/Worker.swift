import Threads

/// A thread that makes blocking calls, one after the other, over one connection.
///
/// libmongoc has a pool that threads may share. A client for each thread needs none of its
/// monitoring threads, and can be thrown away as soon as it misbehaves, with all that it believes
/// about the servers. Such a client connects when it is first used.
final class Worker {
  private let settings: ConnectionSettings
  private var connection: MongoConnection?

  private init(_ settings: ConnectionSettings) { self.settings = settings }

  /// Runs the calls of `queue` on a new thread until the queue is closed.
  static func start(serving queue: CallQueue, _ settings: ConnectionSettings) -> Bool {
    NativeThread.detach(named: "mongo") {
      let worker = Worker(settings)
      while let call = queue.next() {
        call.run(on: worker)
        queue.finished(call)
      }
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
