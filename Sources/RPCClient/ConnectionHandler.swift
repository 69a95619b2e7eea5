import JSONRPC
import NIOCore

/// One connection on its event loop: cuts the input into messages, matches answers with calls,
/// hands notifications on, and notices a server that has gone silent.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer
  typealias Reply = CheckedContinuation<JSONValue, any Error>

  private let receive: @Sendable (RPCNotification) -> ReadingFlow
  private let closed: @Sendable (any Error) -> Void
  private let keepalive: Duration?

  private var framer: MessageFramer
  private var pending = PendingCalls<Reply>()
  /// Something was sent for whose answer nobody waits.
  private var hasStrays = false
  private var context: ChannelHandlerContext?
  /// Why no more calls are taken; the first reason stays.
  private var ending: (any Error)?

  private var isFlushScheduled = false
  private var deadlineTimer: Scheduled<Void>?
  private var armedDeadline: ContinuousClock.Instant?
  private var keepaliveTimer: Scheduled<Void>?
  private var lastRead = ContinuousClock.now
  private var isProbing = false
  private var isPaused = false
  private var wantsRead = false

  /// - Parameters:
  ///   - keepalive: after that much silence the server is asked for a sign of life, and after as
  ///     much again the connection is closed.
  ///   - receive: gets each notification, on the event loop.
  ///   - closed: is told once, on the event loop, why the connection ended.
  init(
    limits: JSONLimits, keepalive: Duration?,
    receive: @escaping @Sendable (RPCNotification) -> ReadingFlow,
    closed: @escaping @Sendable (any Error) -> Void
  ) {
    framer = MessageFramer(limits: limits)
    self.keepalive = keepalive
    self.receive = receive
    self.closed = closed
  }

  // MARK: Calls

  /// Sends a call, unless the connection has ended; its answer, or the reason why there is none,
  /// resumes `reply`.
  func send(_ bytes: ByteBuffer, id: Int, timeout: Duration?, reply: Reply) {
    guard ending == nil, let context else {
      reply.resume(throwing: ending ?? RPCClientError.connectionLost)
      return
    }
    let deadline = timeout.map { ContinuousClock.now + $0 }
    pending.add(id, deadline: deadline, reply)
    if let deadline, armedDeadline.map({ deadline < $0 }) ?? true { arm(deadline, context) }
    write(bytes, context)
  }

  /// Sends a message that needs no answer.
  func send(_ bytes: ByteBuffer) {
    guard ending == nil, let context else { return }
    hasStrays = true
    write(bytes, context)
  }

  /// Gives a call up and tells the server so. Does nothing when the call was answered already.
  func abandon(_ id: Int, because error: any Error) {
    guard let reply = pending.take(id) else { return }
    hasStrays = true
    reply.resume(throwing: error)
    guard let context, ending == nil else { return }
    write(
      .line(MessageWriter.notification(method: "rpc.cancel", params: Self.params(id: id))), context)
  }

  /// Ends the connection; calls that wait fail with `error`.
  func end(_ error: any Error) {
    if ending == nil { ending = error }
    guard let context else { return }
    context.close(promise: nil)
  }

  private static func params(id: Int) -> [UInt8] { Array("{\"id\":\(id)}".utf8) }

  /// Calls that are made in the same turn of the event loop leave in one system call.
  private func write(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(bytes), promise: nil)
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    context.eventLoop.assumeIsolated().execute {
      self.isFlushScheduled = false
      self.context?.flush()
    }
  }

  private func arm(_ deadline: ContinuousClock.Instant, _ context: ChannelHandlerContext) {
    deadlineTimer?.cancel()
    armedDeadline = deadline
    let delay = TimeAmount(max(deadline - .now, .zero))
    deadlineTimer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.expire() }
  }

  private func expire() {
    armedDeadline = nil
    guard let context else { return }
    for (id, reply) in pending.takeExpired(at: .now) {
      hasStrays = true
      reply.resume(throwing: RPCClientError.timedOut)
      write(
        .line(MessageWriter.notification(method: "rpc.cancel", params: Self.params(id: id))),
        context)
    }
    if let next = pending.nextDeadline { arm(next, context) }
  }

  // MARK: Reading

  /// Reads again after a pause, by which the server notices that notifications are not taken.
  func resume() {
    isPaused = false
    guard wantsRead, let context else { return }
    wantsRead = false
    context.read()
  }

  func read(context: ChannelHandlerContext) {
    if isPaused {
      wantsRead = true
    } else {
      context.read()
    }
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { startKeepalive(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    startKeepalive(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    lastRead = .now
    isProbing = false
    guard let bytes = buffer.readBytes(length: buffer.readableBytes) else { return }
    framer.receive(bytes)
    while let event = framer.next() {
      switch event {
      case .message(let document): handle(document)
      case .syntaxError(let error), .fatal(let error):
        return end(RPCClientError.protocolViolation(error.message))
      }
    }
  }

  private func handle(_ document: JSONDocument) {
    guard let messages = ServerMessage.read(document) else {
      return end(RPCClientError.protocolViolation("a message that is not JSON-RPC 2.0"))
    }
    for message in messages {
      switch message {
      case .result(let id, let result): pending.take(id)?.resume(returning: result)
      // The server could not read a message, and cannot say which. Of several, what the others have
      // done is not known.
      case .failure(let id, let error)
      where id.isNull && error.code == RPCError.Code.parseError.rawValue:
        end(pending.count == 1 && !hasStrays ? error : RPCClientError.connectionLost)
      // Any other error of no call explains why the server closes the connection.
      case .failure(let id, let error) where id.isNull: if ending == nil { ending = error }
      case .failure(let id, let error): pending.take(id)?.resume(throwing: error)
      case .notification(let method, let params):
        if receive(RPCNotification(method: method, params: params)) == .pause { isPaused = true }
      }
    }
  }

  // MARK: The end

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(RPCClientError.connectionLost)
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { finish() }

  private func finish() {
    guard context != nil else { return }
    context = nil
    deadlineTimer?.cancel()
    keepaliveTimer?.cancel()
    let error = ending ?? RPCClientError.connectionLost
    ending = error
    // First, so that whoever is told here and calls again gets another connection.
    closed(error)
    for reply in pending.takeAll() { reply.resume(throwing: error) }
  }

  // MARK: Silence

  private func startKeepalive(_ context: ChannelHandlerContext) {
    guard let keepalive, keepaliveTimer == nil else { return }
    watch(every: keepalive, context)
  }

  private func watch(every keepalive: Duration, _ context: ChannelHandlerContext) {
    let loop = context.eventLoop.assumeIsolated()
    keepaliveTimer = loop.scheduleTask(in: TimeAmount(keepalive)) {
      guard let context = self.context else { return }
      self.checkSilence(longerThan: keepalive, context)
      self.watch(every: keepalive, context)
    }
  }

  private func checkSilence(longerThan keepalive: Duration, _ context: ChannelHandlerContext) {
    // What is not read because nobody takes it is not silence.
    guard !isPaused, ContinuousClock.now - lastRead >= keepalive / 2 else { return }
    if isProbing { return end(RPCClientError.connectionLost) }
    isProbing = true
    let probe = MessageWriter.call(id: RequestID("keepalive"), method: "system.ping", params: nil)
    write(.line(probe), context)
  }
}

extension ByteBuffer {
  /// A message and the newline that ends it.
  static func line(_ message: [UInt8]) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: message.count + 1)
    buffer.writeBytes(message)
    buffer.writeInteger(UInt8(ascii: "\n"))
    return buffer
  }
}
