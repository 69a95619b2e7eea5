import Glibc
import Threads

/// One database of a MongoDB server or replica set.
///
/// Calls run on threads of the client's own, first come first served. ``run()`` asks the server
/// each second whether it is there. While the server is away, calls fail at once, and those that a
/// thread is still busy with are answered too. A call whose server has gone silent is answered
/// within about three seconds.
///
/// Writes count when the majority of the servers has them in its journal.
public final class MongoClient: Sendable {
  /// How long the client waits.
  public struct Timeouts: Sendable, Hashable {
    /// How long to wait for a connection, and for a server that takes writes.
    public var connect: Duration
    /// How long to wait for the answer to a call.
    public var call: Duration
    /// How long to wait for the answer to a probe, and between two probes.
    public var probe: Duration

    public init(
      connect: Duration = .seconds(2), call: Duration = .seconds(10), probe: Duration = .seconds(1)
    ) {
      self.connect = connect
      self.call = call
      self.probe = probe
    }
  }

  public let database: String
  private let probeInterval: Duration
  private let health = Health()
  private let calls = CallQueue()
  /// The queue of probes: its thread is never held up by calls.
  private let probes = CallQueue()

  /// Connects to nothing yet.
  ///
  /// - Parameters:
  ///   - url: `mongodb://…` with what MongoDB allows there, such as a replica set and TLS options;
  ///     a Unix socket's path is percent-encoded.
  ///   - database: when nil, the path of `url` names it; when that is empty too, it is
  ///     `clinic_logs`.
  ///   - threads: how many calls run at the same time.
  public init(
    url: String, database: String? = nil, timeouts: Timeouts = Timeouts(), threads: Int = 2
  ) throws(MongoError) {
    let settings = try ConnectionSettings(url: url, database: database, timeouts: timeouts)
    self.database = settings.database
    probeInterval = timeouts.probe
    var probing = settings
    probing.timeouts.connect = timeouts.probe
    probing.timeouts.call = timeouts.probe
    let started = (1...max(1, threads)).allSatisfy { _ in Worker.start(serving: calls, settings) }
    guard started, Worker.start(serving: probes, probing) else {
      close()
      throw MongoError(.unavailable)
    }
  }

  deinit { close() }

  /// Whether a client can be made with this URL; no server is asked.
  public static func understands(_ url: String) -> Bool {
    (try? ConnectionSettings(url: url, database: nil, timeouts: Timeouts())) != nil
  }

  /// Removes the file of libmongoc's counters, which nobody reads. The file is there as soon as the
  /// library is loaded, and a process that is killed would leave it behind: call this first.
  public static func removeCounters() {
    unsafe shm_unlink("/mongoc-\(getpid())")
  }

  /// Whether the server answered the last probe; false until the first one is answered.
  public var isUp: Bool { health.isUp }

  /// Probes that were not answered, since the start.
  public var failures: Int { health.failures }

  /// Why the last probe was not answered, in libmongoc's words, which may name a host: for the
  /// operator's log, not for callers. `nil` when it does not say.
  public var lastFailure: String? { health.lastFailure }

  /// Probes the server each second until the task is cancelled, then closes the client for good.
  public func run() async throws {
    health.startProbing()
    defer { close() }
    while !Task.isCancelled {
      do {
        try await ping()
      } catch {
        if error.kind == .cancelled { break }
      }
      do { try await Task.sleep(for: probeInterval) } catch { break }
    }
  }

  /// Asks the server whether it is there, whatever is known about it, and throws the reason if not.
  public func ping() async throws(MongoError) {
    let call = TypedCall(CallOptions()) { [health] (connection) throws(MongoError) in
      do throws(MongoError) {
        _ = try connection.command(["ping": 1], isWrite: false)
      } catch {
        health.note(connection.connectFailure)
        throw error
      }
    }
    probes.add(call)
    do {
      try await call.outcome().get()
      health.succeed()
    } catch {
      guard error.kind != .cancelled else { throw error }
      health.fail()
      if health.isProbing { calls.failAll(.unavailable) }
      throw error
    }
  }

  /// Makes a call on one of the client's threads.
  func perform<Value: Sendable>(
    _ options: CallOptions = CallOptions(),
    _ work: @escaping @Sendable (MongoConnection) throws(MongoError) -> Value
  ) async throws(MongoError) -> Value {
    guard !health.isKnownDown else { throw MongoError(.unavailable) }
    let call = TypedCall(options, work)
    calls.add(call)
    return try await call.outcome().get()
  }

  private func close() {
    calls.close()
    probes.close()
  }
}

/// What is known about the server.
private final class Health: Sendable {
  private struct State {
    var isUp: Bool?
    var isProbing = false
    var failures = 0
    var lastFailure: String?
  }

  private let state = Monitor(State())

  var isUp: Bool { state.withLock { $0.isUp == true } }

  var isProbing: Bool { state.withLock { $0.isProbing } }

  /// Whether the server is down and somebody watches for its return.
  var isKnownDown: Bool { state.withLock { $0.isProbing && $0.isUp == false } }

  var failures: Int { state.withLock { $0.failures } }

  var lastFailure: String? { state.withLock { $0.lastFailure } }

  func note(_ failure: String?) { state.withLock { $0.lastFailure = failure } }

  func succeed() { state.withLock { $0.isUp = true } }

  func fail() {
    state.withLock {
      $0.isUp = false
      $0.failures += 1
    }
  }

  func startProbing() { state.withLock { $0.isProbing = true } }
}
