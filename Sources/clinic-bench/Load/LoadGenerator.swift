import NIOCore
import NIOPosix

/// Connections to one Unix socket and the event loop that they share. One loop is enough: what
/// it costs a call is measured and printed.
final class LoadGenerator: Sendable {
  private let group: MultiThreadedEventLoopGroup
  let loop: any EventLoop
  let channels: [any Channel]
  let handlers: NIOLoopBound<[LoadHandler]>

  /// Connects, and has each connection send `opening` and wait for each reply.
  static func open(
    to path: String, connections: Int, opening: [ByteBuffer] = []
  ) async throws -> LoadGenerator {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    do {
      let bootstrap = ClientBootstrap(group: group)
        .channelOption(.maxMessagesPerRead, value: 1)
      var channels: [any Channel] = []
      for number in 0..<connections {
        let channel = try await bootstrap.channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(LoadHandler(number: number))
          }
        }.connect(unixDomainSocketPath: path).get()
        channels.append(channel)
      }
      let handlers = try await loop.submit { [channels] in
        NIOLoopBound(
          try channels.map { try $0.pipeline.syncOperations.handler(type: LoadHandler.self) },
          eventLoop: loop)
      }.get()
      let generator = LoadGenerator(
        group: group, loop: loop, channels: channels, handlers: handlers)
      for message in opening { try await generator.sendOnce(message) }
      return generator
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private init(
    group: MultiThreadedEventLoopGroup, loop: any EventLoop, channels: [any Channel],
    handlers: NIOLoopBound<[LoadHandler]>
  ) {
    self.group = group
    self.loop = loop
    self.channels = channels
    self.handlers = handlers
  }

  /// Opens connections, works with them and closes them in every case.
  static func with<Value>(
    _ path: String, connections: Int, opening: [ByteBuffer] = [],
    _ work: (LoadGenerator) async throws -> Value
  ) async throws -> Value {
    let generator = try await open(to: path, connections: connections, opening: opening)
    do {
      let value = try await work(generator)
      await generator.close()
      return value
    } catch {
      await generator.close()
      throw error
    }
  }

  /// - Parameter skipped: how many connections, from the first, take no part.
  func run(
    _ source: some CallSource & Sendable, seconds: Double, framing: ReplyFraming = .line,
    skipping skipped: Int = 0
  ) async throws -> LoadResult {
    let promise = loop.makePromise(of: LoadResult.self)
    loop.execute { [handlers] in
      let handlers = Array(handlers.value.dropFirst(skipped))
      for handler in handlers { handler.framing = framing }
      LoadRun(source, seconds: seconds, promise: promise).start(handlers)
    }
    return try await promise.futureResult.get()
  }

  /// One message on each connection, and its reply.
  func sendOnce(_ message: ByteBuffer, skipping skipped: Int = 0) async throws {
    guard channels.count > skipped else { return }
    let messages = Array(repeating: message, count: channels.count - skipped)
    _ = try await run(SingleCalls(messages), seconds: 60, skipping: skipped)
  }

  /// Sends `message` on the first connection, and takes the time until its reply and until a
  /// message has come on each of the others.
  func spread(_ message: ByteBuffer) async throws -> Spread.Times {
    let promise = loop.makePromise(of: Spread.Times.self)
    loop.execute { [handlers] in
      Spread(promise: promise).start(handlers.value, message: message)
    }
    return try await promise.futureResult.get()
  }

  func close() async {
    for channel in channels { try? await channel.close() }
    try? await group.shutdownGracefully()
  }
}
