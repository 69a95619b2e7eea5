public import JSONRPC
public import Logging
import NIOCore
import NIOPosix

/// Serves an application on Unix and TCP sockets.
///
/// Make it, open listeners with `bind` or `adopt`, then `run()`. It stops, in order, when `drain`
/// is called or the task of `run()` is cancelled, and cannot be used again.
public final class RPCServer: Sendable {
  private let core: ServerCore
  private let group: MultiThreadedEventLoopGroup
  private let workers: [EventLoopWorker]
  private let listeners: Listeners
  private let stopRequested = Latch()
  private let drainStarted = Latch()
  private let stopped = Latch()
  private let loopsEnd = Latch()

  /// - Parameters:
  ///   - hub: the one that the application uses, if it has one already; a hub serves only one
  ///     server.
  ///   - eventLoops: how many threads handle connections.
  public init(
    application: any Application, limits: Limits = Limits(), web: WebConfiguration = .init(),
    logger: Logger, hub: SubscriptionHub? = nil, eventLoops: Int = 1
  ) {
    let core = ServerCore(
      application: application, limits: limits, web: web, logger: logger,
      hub: hub ?? SubscriptionHub(subscriptionsPerSession: limits.subscriptions))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, eventLoops))
    let workers = group.makeIterator().enumerated().map { index, eventLoop in
      EventLoopWorker(index: index, eventLoop: eventLoop, core: core)
    }
    core.hub.use(workers)
    self.core = core
    self.group = group
    self.workers = workers
    self.listeners = Listeners(core: core, group: group, workers: workers)
  }

  /// Carries the application's publications to its subscribers.
  public var hub: any NotificationHub { core.hub }

  // MARK: What can be replaced

  /// Speaks TLS on TCP sockets, with connections that come from now on; without settings it speaks
  /// plain TCP.
  public func use(_ tls: TLSSettings?) throws(TLSSettings.Failure) {
    core.tls = try tls?.context()
  }

  /// Sets the web configuration for requests that come from now on.
  public func use(_ web: WebConfiguration) {
    core.web = web
  }

  // MARK: Listeners

  /// Listens on a Unix socket. A socket file that nobody listens on is replaced; the file is
  /// removed at the stop.
  ///
  /// - Parameter mode: the file's permissions. The process's umask is set while the file is made.
  /// - Returns: the address in use.
  @discardableResult
  public func bind(unixPath path: String, mode: UInt32 = 0o660) async throws -> ListenerAddress {
    try await listeners.bind(unixPath: path, mode: mode)
  }

  /// Listens on a TCP port; port 0 lets the kernel choose.
  @discardableResult
  public func bind(
    host: String, port: Int, speaking language: WireLanguage = .rpc
  ) async throws -> ListenerAddress {
    try await listeners.bind(host: host, port: port, speaking: language)
  }

  /// Takes over a socket that is bound already, from systemd for instance. The socket still belongs
  /// to whoever passed it: its file is not removed.
  @discardableResult
  public func adopt(
    descriptor: Int32, speaking language: WireLanguage = .rpc
  ) async throws -> ListenerAddress {
    try await listeners.adopt(descriptor: descriptor, speaking: language)
  }

  /// Where the server listens, in the order of opening.
  public func addresses(speaking language: WireLanguage) -> [ListenerAddress] {
    listeners.addresses(speaking: language)
  }

  /// Returns when every event loop has answered, or has ended.
  public func eventLoopsAnswer() async {
    // One that has ended would never answer.
    for worker in workers where !loopsEnd.isOpen {
      try? await worker.eventLoop.submit {}.get()
    }
  }

  // MARK: Life

  /// Returns when the server has stopped. If the task is cancelled, the server is drained for
  /// `Limits.drainTime`.
  public func run() async {
    await withTaskCancellationHandler {
      await stopRequested.wait()
    } onCancel: {
      stopRequested.open()
    }
    await drain(within: core.limits.drainTime)
  }

  /// Stops in order: no new connections; subscribers are told (`{"kind":"shutdown"}`); new calls
  /// are refused, those in flight answered; then connections are closed. Calls that are still
  /// running after `time` are cancelled.
  public func drain(within time: Duration) async {
    guard drainStarted.open() else {
      await stopped.wait()
      return
    }
    stopRequested.open()
    core.logger.debug("draining", metadata: ["connections": "\(statistics.connections)"])
    await listeners.stopAccepting()
    core.hub.endAll(kind: "shutdown")
    for worker in workers { worker.post(.drain) }
    let limit = scheduleLimit(of: time)
    await core.idle.wait()
    limit.cancel()
    await listeners.close()
    for worker in workers { worker.stop() }
    loopsEnd.open()
    do {
      try await group.shutdownGracefully()
    } catch {
      core.logger.warning("event loops did not stop", metadata: ["error": "\(error)"])
    }
    core.hub.use([])
    stopped.open()
  }

  /// After `time`, cancels the calls that still run; after a grace, closes the connections that are
  /// still open; then no longer waits.
  private func scheduleLimit(of time: Duration) -> Scheduled<Void> {
    let eventLoop = group.any()
    let grace = TimeAmount(core.limits.cancellationGrace)
    let core = core
    let workers = workers
    return eventLoop.scheduleTask(in: TimeAmount(time)) {
      for worker in workers { worker.post(.cancelAll) }
      eventLoop.scheduleTask(in: grace) {
        for worker in workers { worker.post(.closeAll) }
      }
      eventLoop.scheduleTask(in: grace + grace) {
        if core.idle.open() { core.logger.warning("stopped while calls were still running") }
      }
    }
  }

  // MARK: Statistics

  public var statistics: ServerStatistics {
    var statistics = ServerStatistics()
    (statistics.connections, statistics.connectionsRefused) = core.admission.statistics
    for worker in workers {
      statistics.calls += worker.counters.calls.value
      statistics.callsInFlight += worker.counters.tasks.value
    }
    return statistics
  }
}
