public import StoreLoop
import Synchronization

/// A Redis server, over one connection that all callers share.
///
/// Commands of callers that run at the same time travel together; each caller gets its own answer.
/// While ``run()`` runs, the connection is kept open and the server is asked each second whether it
/// is there. While the server is away, calls fail at once; only before the first attempt to connect
/// has ended do they wait for it.
///
/// Cancelling the task does not cancel the call: that ends within `callTimeout`.
public final class RedisClient: Sendable {
  public struct Configuration: Sendable {
    /// How long connecting and logging in may take.
    public var connectTimeout: Duration
    /// How long an answer may take. After that the connection is given up and made anew.
    public var callTimeout: Duration
    let address: RedisAddress

    /// - Parameter url: `redis://[[user]:password@]host[:port][/database]`, or
    ///   `unix://[[user]:password@]/path[?db=database]`, also written `redis+unix`. What is
    ///   percent-encoded in it is decoded.
    public init(
      url: String, connectTimeout: Duration = .seconds(1),
      callTimeout: Duration = .milliseconds(250)
    ) throws(RedisError) {
      address = try RedisAddress(url)
      self.connectTimeout = connectTimeout
      self.callTimeout = callTimeout
    }
  }

  private let loop: StoreLoop
  private let core: RedisCore

  /// Connects to nothing yet.
  public init(configuration: Configuration, loop: StoreLoop) {
    self.loop = loop
    core = RedisCore(configuration, loop: loop)
  }

  /// Whether the server answers.
  public var isUp: Bool { core.isUp.load(ordering: .relaxed) }

  /// Connections that were lost or not to be had, since the start.
  public var failures: Int { core.failures.load(ordering: .relaxed) }

  /// Why the last connection that failed could not be made, in words for the operator:
  /// `Connection refused`.
  public var lastFailure: String? { core.lastFailure.withLock { $0 } }

  /// Keeps the connections open until the task is cancelled, then closes them and ends the
  /// subscriptions.
  public func run() async throws {
    onLoop { $0.start() }
    let (cancelled, never) = AsyncStream<Never>.makeStream()
    for await _ in cancelled {}
    never.finish()
    onLoop { $0.stop() }
  }

  /// Runs a command.
  ///
  ///     let number = try await redis.command(["INCR", "queue:counter:\(date)"]).integer
  ///
  /// - Throws: ``RedisError/Kind/server`` when the answer is an error.
  public func command(_ arguments: [RedisArgument]) async throws(RedisError) -> RedisValue {
    let outcome = await withCheckedContinuation { continuation in
      onLoop { $0.send([arguments], .call(continuation)) }
    }
    let value = try outcome.get()
    if case .error(let message) = value { throw RedisError(reply: message) }
    return value
  }

  /// Runs commands that are sent together, in their order. Others' commands may run in between.
  ///
  /// - Returns: an answer for each, which may be an error.
  public func pipeline(
    _ commands: [[RedisArgument]]
  ) async throws(RedisError) -> [RedisValue] {
    guard !commands.isEmpty else { return [] }
    let outcome = await withCheckedContinuation { continuation in
      onLoop { core in
        core.send(commands, .part(of: PendingPipeline(count: commands.count, continuation)))
      }
    }
    return try outcome.get()
  }

  /// Runs a script, by its name if the server knows it.
  public func eval(
    _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
  ) async throws(RedisError) -> RedisValue {
    let rest: [RedisArgument] = [.int(keys.count)] + keys + arguments
    do throws(RedisError) {
      return try await command(["EVALSHA", .string(script.sha1)] + rest)
    } catch {
      guard error.code == "NOSCRIPT" else { throw error }
      return try await command(["EVAL", .string(script.source)] + rest)
    }
  }

  /// The messages of all channels that match a pattern, over a connection of their own, which is
  /// closed when the stream is no longer read.
  ///
  /// A reader that falls far behind is told ``RedisEvent/lost`` and ``RedisEvent/subscribed``, as
  /// after an outage.
  public func subscriptions(patterns: [String]) -> AsyncStream<RedisEvent> {
    let (events, continuation) = AsyncStream<RedisEvent>.makeStream(
      bufferingPolicy: .bufferingOldest(RedisSubscription.bufferLimit))
    let subscription = RedisSubscription(
      to: patterns, core.configuration, loop: loop, continuation)
    continuation.onTermination = { [loop, core] _ in
      loop.execute { core.remove(subscription) }
    }
    onLoop { $0.add(subscription) }
    return events
  }

  private func onLoop(_ work: @escaping @Sendable (RedisCore) -> Void) {
    if loop.isOnLoop {
      work(core)
    } else {
      loop.execute { [core] in work(core) }
    }
  }
}
