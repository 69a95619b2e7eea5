public import JSONRPC
import NIOCore
public import NIOPosix
import NIOSSL
import Synchronization

/// One connection to a server. Once lost, it stays lost; ``RPCClient`` makes new ones.
///
/// Calls may be made from any task, many at the same time; answers may come in any order.
public final class RPCConnection: Sendable {
  private enum State {
    case open
    case ended(any Error)
  }

  private let handler: NIOLoopBound<ConnectionHandler>
  private let channel: any Channel
  private let callTimeout: Duration?
  private let lastID = Atomic(0)
  private let state: SharedState

  /// Shared with the handler, which must not keep the connection alive.
  private final class SharedState: Sendable {
    let value = Mutex(State.open)
  }

  /// Connects, and waits until the handshake is over where there is one.
  ///
  /// - Parameters:
  ///   - group: the threads that read and write.
  ///   - receive: gets each notification in order, on the event loop: it must not block. It may
  ///     ask for a pause, which ``resumeReading()`` ends.
  ///   - closed: is called once when the connection has ended, on the event loop.
  /// - Throws: ``RPCClientError/unreachable(_:reason:)``.
  public static func open(
    to endpoint: Endpoint, options: ConnectionOptions = ConnectionOptions(),
    group: MultiThreadedEventLoopGroup = .singleton,
    receive: @escaping @Sendable (RPCNotification) -> ReadingFlow = { _ in .more },
    closed: @escaping @Sendable (any Error) -> Void = { _ in }
  ) async throws -> RPCConnection {
    let state = SharedState()
    let tls: NIOSSLContext?
    do {
      tls = endpoint.secureHost == nil ? nil : try options.tls.context()
    } catch {
      throw RPCClientError.unreachable(endpoint, reason: "a certificate or key cannot be read")
    }
    @Sendable func initialize(
      _ channel: any Channel
    ) -> EventLoopFuture<(any Channel, NIOLoopBound<ConnectionHandler>, EventLoopFuture<Void>)> {
      channel.eventLoop.makeCompletedFuture {
        let handler = NIOLoopBound(
          ConnectionHandler(
            limits: JSONLimits(maxBytes: options.maxMessageBytes, maxDepth: 256),
            keepalive: options.keepalive, receive: receive,
            closed: { error in
              state.value.withLock { $0 = .ended(error) }
              closed(error)
            }), eventLoop: channel.eventLoop)
        let handshake = channel.eventLoop.makePromise(of: Void.self)
        let pipeline = channel.pipeline.syncOperations
        if let tls, let host = endpoint.secureHost {
          try pipeline.addHandler(TLSOptions.handler(tls, host: host))
        }
        switch endpoint {
        case .webSocket(let host, let port, _):
          try WebSocketHandshake.add(
            to: channel, host: Endpoint.address(host, port),
            maxMessageBytes: options.maxMessageBytes, then: handler, promise: handshake)
        case .tls: try pipeline.addHandlers(HandshakeHandler(handshake), handler.value)
        case .unix, .tcp:
          handshake.succeed()
          try pipeline.addHandler(handler.value)
        }
        let limit = TimeAmount(options.connectTimeout)
        let timer = channel.eventLoop.scheduleTask(in: limit) {
          handshake.fail(ChannelError.connectTimeout(limit))
        }
        handshake.futureResult.whenComplete { _ in timer.cancel() }
        return (channel, handler, handshake.futureResult)
      }
    }
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(TimeAmount(options.connectTimeout))
    do {
      let (channel, handler, handshake) =
        switch endpoint {
        case .unix(let path):
          try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initialize)
        case .tcp(let host, let port), .tls(let host, let port),
          .webSocket(let host, let port, _):
          try await bootstrap
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: host, port: port, channelInitializer: initialize)
        }
      do {
        try await handshake.get()
      } catch {
        channel.close(promise: nil)
        throw error
      }
      return RPCConnection(
        channel: channel, handler: handler, state: state, callTimeout: options.callTimeout)
    } catch {
      throw RPCClientError.unreachable(endpoint, reason: ConnectFailure.reason(error))
    }
  }

  private init(
    channel: any Channel, handler: NIOLoopBound<ConnectionHandler>, state: SharedState,
    callTimeout: Duration?
  ) {
    self.channel = channel
    self.handler = handler
    self.state = state
    self.callTimeout = callTimeout
  }

  deinit { channel.close(promise: nil) }

  /// False once the connection has ended.
  public var isOpen: Bool {
    state.value.withLock { if case .open = $0 { true } else { false } }
  }

  /// Why the connection ended; nil while it is open.
  public var endReason: (any Error)? {
    state.value.withLock { if case .ended(let error) = $0 { error } else { nil } }
  }

  /// Calls a method with params that are JSON already.
  ///
  /// A caller who is cancelled, or whose time is over, leaves at once and tells the server.
  ///
  /// - Parameters:
  ///   - params: an object or an array; nil sends none.
  ///   - timeout: overrides the connection's own.
  /// - Throws: the server's ``RPCError``, an ``RPCClientError``, or `CancellationError`.
  public func call(
    _ method: String, rawParams params: [UInt8]?, timeout: Duration? = nil
  ) async throws -> JSONValue {
    let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
    let message = ByteBuffer.line(
      MessageWriter.call(id: RequestID(id), method: method, params: params))
    let timeout = timeout ?? callTimeout
    let handler = handler
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        channel.eventLoop.execute {
          handler.value.send(message, id: id, timeout: timeout, reply: continuation)
        }
        // Whoever was cancelled before this had nothing to abandon yet.
        if Task.isCancelled { abandon(id) }
      }
    } onCancel: {
      abandon(id)
    }
  }

  /// Sends a notification: there is no answer, not even when it fails.
  public func notify(_ method: String, rawParams params: [UInt8]? = nil) {
    let message = ByteBuffer.line(MessageWriter.notification(method: method, params: params))
    let handler = handler
    channel.eventLoop.execute { handler.value.send(message) }
  }

  /// Reads again after `receive` asked for a pause.
  public func resumeReading() {
    let handler = handler
    onLoop { handler.value.resume() }
  }

  /// Closes the connection; calls that wait fail with ``RPCClientError/closed``.
  public func close() async {
    let handler = handler
    channel.eventLoop.execute { handler.value.end(RPCClientError.closed) }
    try? await channel.closeFuture.get()
  }

  /// Closes the connection for the given reason, without waiting for that.
  func end(_ error: any Error) {
    let handler = handler
    onLoop { handler.value.end(error) }
  }

  private func abandon(_ id: Int) {
    let handler = handler
    channel.eventLoop.execute { handler.value.abandon(id, because: CancellationError()) }
  }

  private func onLoop(_ work: @escaping @Sendable () -> Void) {
    if channel.eventLoop.inEventLoop { work() } else { channel.eventLoop.execute(work) }
  }
}
