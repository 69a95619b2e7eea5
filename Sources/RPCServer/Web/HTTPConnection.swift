import JSONRPC
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Drives one connection that speaks HTTP/1.1: a request at a time, until it is closed or becomes a
/// WebSocket.
///
/// Lives on its event loop, behind NIO's decoder and its handler for pipelined requests.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler, LoopConnection {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  enum Phase {
    case idle
    /// The head has come; the body follows.
    case reading(WebRequest, body: ByteBuffer)
    /// The request is complete; the reply is being made.
    case answering
    /// The calls of the request run.
    case calling(RPCExchange)
    /// The last reply is on its way; what still comes is not looked at.
    case finishing
    case lingering(Linger)
    /// It becomes a WebSocket, within the decoder, which has not ended: what it still reads is HTTP.
    case agreeing
    /// It becomes a WebSocket. Bytes that come now are the first frames.
    case upgrading([NIOAny])
    case closed
  }

  let id: UInt64
  let server: ServerCore
  let worker: EventLoopWorker
  let transport: Transport
  private let isEncrypted: Bool
  var phase = Phase.idle
  var context: ChannelHandlerContext?
  var isWatched = false
  /// When the present phase ends by itself.
  var deadline: ContinuousClock.Instant
  var writeProgress: WriteProgress?
  /// How many replies the kernel has not taken yet. What comes while it takes them may be answered
  /// already.
  private var unsentReplies = 0
  var isDraining = false
  var isAdmitted = false
  /// Why there is no room for the connection: its first request is answered with this.
  private var refusal: RPCError?
  var inputHasEnded = false
  private var inputShare = MemoryBudget.Share()
  private var unreadShare = UnreadShare()
  /// The request that is being answered.
  var current: WebRequest?

  var loop: LoopConnections { worker.connections }

  /// - Parameter isEncrypted: whether it speaks TLS.
  init(
    server: ServerCore, worker: EventLoopWorker, transport: Transport, isEncrypted: Bool
  ) {
    self.isEncrypted = isEncrypted
    id = server.nextSessionID()
    self.server = server
    self.worker = worker
    self.transport = transport
    deadline = .now + server.limits.unauthenticatedTime
  }

  // MARK: Opening and closing

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { open() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    open()
    context.fireChannelActive()
  }

  private func open() {
    loop.watch(self)
    switch server.admit(transport) {
    case .admitted:
      isAdmitted = true
      loop.add(self, id: id)
    case .refused(let error, let mayLinger):
      refusal = error
      deadline = .now + server.limits.lingerTime
      if !mayLinger { closeNow() }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .calling(let exchange) = phase { exchange.end() }
    phase = .closed
    leave()
    context.fireChannelInactive()
  }

  /// Drops the body: none is read any more.
  private func releaseInput() {
    _ = server.input.settle(&inputShare, at: 0, limit: 0)
  }

  /// Takes the connection off the server.
  func leave() {
    releaseInput()
    settleUnread(at: 0, isKnown: false)
    if isAdmitted {
      isAdmitted = false
      loop.removeWebConnection(id)
      server.admission.release(transport)
      loop.checkIdle()
    } else if refusal != nil {
      refusal = nil
      server.admission.releaseRefused()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    server.logger.debug(
      "connection failed", metadata: ["connection": "\(id)", "error": "\(error)"])
    if case .upgrading = phase { return }
    switch (error, phase) {
    case (let error as HTTPParserError, .idle), (let error as HTTPParserError, .reading):
      reply(.unreadable(error), closes: true)
    // The reply on its way ends the connection.
    case (is HTTPParserError, .finishing): break
    case (is HTTPParserError, .agreeing): closeNow()
    case (is HTTPParserError, _): finish()
    // The rest of what the decoder has given up on.
    case (ByteToMessageDecoderError.dataReceivedInErrorState(_, let rest), _): take(rest)
    // That its input has ended follows; where a request ends it says by itself.
    case (NIOSSLError.uncleanShutdown, _): break
    default: closeNow()
    }
  }

  func closeNow() {
    context?.closeBothSides()
  }

  // MARK: Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch phase {
    case .upgrading(var early):
      early.append(data)
      phase = .upgrading(early)
      return
    // A request behind the handshake.
    case .agreeing: return closeNow()
    case .closed: return
    default: break
    }
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head)
    case .body(let part): take(part)
    case .end: requestEnded()
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    guard case .idle = phase else { return }
    let request = WebRequest(head, origins: server.web.origins, limits: server.limits)
    current = request
    deadline = .now + server.limits.requestTime
    if let refusal {
      phase = .answering
      return reply(.rpc(.serviceUnavailable, refusal), closes: true)
    }
    if let answer = request.answer, head.hasBody {
      // Without waiting for a body that nobody wants.
      phase = .answering
      return reply(answer, closes: true)
    }
    phase = .reading(request, body: ByteBuffer())
    if head.expectsContinue, head.hasBody {
      let head = HTTPResponseHead(version: .http1_1, status: .continue)
      context?.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }
  }

  private func take(_ part: ByteBuffer) {
    switch phase {
    case .reading(let request, var body):
      // So that there is one reference to the buffer, which is then not copied.
      phase = .answering
      let size = body.readableBytes + part.readableBytes
      guard size <= server.limits.messageBytes else {
        return reply(.tooLarge(limit: server.limits.messageBytes, actual: size), closes: true)
      }
      body.writeImmutableBuffer(part)
      let limit = server.limits.unfinishedBytes / 2
      guard server.input.settle(&inputShare, at: body.capacity, limit: limit) else {
        return reply(.rpc(.serviceUnavailable, .tooManyUnfinished(limit: limit)), closes: true)
      }
      phase = .reading(request, body: body)
    case .lingering(var linger):
      linger.bytes -= part.readableBytes
      phase = .lingering(linger)
      if linger.bytes < 0 { closeNow() }
    default:
      break
    }
  }

  private func requestEnded() {
    guard case .reading(let request, let body) = phase else { return }
    phase = .answering
    releaseInput()
    switch request.route {
    case .answered: reply(request.answer ?? .notFound)
    case .health: reply(.text(.ok, "ok"))
    case .readiness: reply(readiness)
    case .metrics:
      reply(
        HTTPReply(
          .ok, Array(server.metricsText.utf8), type: MetricsText.contentType,
          headers: [("Cache-Control", "no-store")]))
    case .page(let path, let type): openPage(request, path, type)
    case .socket: openSocket(request)
    case .call: call(request, body)
    }
  }

  private func openPage(_ request: WebRequest, _ path: String, _ type: String) {
    guard let eventLoop = context?.eventLoop else { return }
    let head = request.head
    let pages = server.pages
    let read = server.web.page
    NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
      pages.answer(head, path, type: type, read: read)
    }.assumeIsolated().whenComplete { answer in
      switch answer {
      case .success(let reply): self.reply(reply)
      case .failure: self.closeNow()
      }
    }
  }

  private var readiness: HTTPReply {
    let missing = server.web.missing() + (isDraining ? ["stopping"] : [])
    return missing.isEmpty
      ? .text(.ok, "ready") : .text(.serviceUnavailable, missing.joined(separator: "\n"))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      inputHasEnded = true
      switch phase {
      case .lingering: closeNow()
      // Those of the WebSocket are told after what has come before.
      case .agreeing, .upgrading: return
      default: if isOver { closeNow() }
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Calls

  private func call(_ request: WebRequest, _ body: ByteBuffer) {
    var exchange = RPCExchange(
      Array(body.readableBytesView), from: client(of: request), bearer: request.head.bearer,
      connection: id,
      server: server, worker: worker)
    if isDraining { exchange.drain() }
    advance(exchange)
  }

  /// The client of the request, as a trusted proxy tells it.
  func client(of request: WebRequest) -> Transport {
    let proxies = server.web.proxies
    let forwarded = request.head.headers["X-Forwarded-For"]
    guard !proxies.isEmpty, !forwarded.isEmpty, let peer = transport.address else {
      return transport
    }
    let client = proxies.client(of: peer, forwarded: forwarded)
    return client == peer ? transport : .tcp(address: client)
  }

  private func advance(_ exchange: consuming RPCExchange) {
    var exchange = exchange
    if let reply = exchange.process() {
      exchange.end()
      phase = .answering
      self.reply(reply, isKnown: exchange.isAuthenticated)
    } else {
      phase = .calling(exchange)
      settleUnread(at: exchange.heldReplies, isKnown: exchange.isAuthenticated)
    }
  }

  func complete(_ slot: Int, with outcome: CallOutcome) {
    guard case .calling(var exchange) = phase else { return }
    phase = .answering
    exchange.complete(slot, with: outcome)
    advance(exchange)
  }

  func cancelCalls(_ reason: CancellationReason) {
    if case .calling(let exchange) = phase { exchange.cancelCalls(reason) }
  }

  // MARK: Writing

  /// Answers the present request. The next one is looked at when the kernel has taken the reply.
  ///
  /// - Parameters:
  ///   - closes: the connection ends with it.
  ///   - isKnown: whether the client is authenticated.
  func reply(_ reply: HTTPReply, closes: Bool = false, isKnown: Bool = false) {
    releaseInput()
    guard let context else { return }
    // The client may be gone since it asked.
    if case .closed = phase { return }
    let request = current
    current = nil
    let keepsAlive =
      !closes && !reply.closes && !isDraining && !inputHasEnded
      && request?.head.mayKeepAlive == true
    var head = HTTPResponseHead(version: .http1_1, status: reply.status, headers: reply.headers)
    request?.origin.addHeaders(to: &head.headers)
    head.headers.add(name: "Date", value: loop.date.now)
    head.headers.add(name: "X-Content-Type-Options", value: "nosniff")
    if isEncrypted {
      head.headers.add(name: "Strict-Transport-Security", value: "max-age=31536000")
    }
    if reply.status.mayHaveResponseBody {
      head.headers.replaceOrAdd(name: "Content-Length", value: "\(reply.body.readableBytes)")
    }
    if !keepsAlive {
      head.headers.add(name: "Connection", value: "close")
    } else if request?.head.version == .http1_0 {
      head.headers.add(name: "Connection", value: "keep-alive")
    }
    phase = keepsAlive ? .idle : .finishing
    deadline = .now + server.limits.keepAliveTime
    unsentReplies += 1
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenSuccess { self.replyWasSent(isLast: !keepsAlive) }
    if request?.head.method != .HEAD, reply.body.readableBytes > 0 {
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(reply.body))), promise: sent)
    } else {
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: sent)
    }
    let unsent = context.channel.unsentBytes
    if writeProgress == nil { writeProgress = WriteProgress(pendingBytes: unsent, since: .now) }
    settleUnread(at: unsent, isKnown: isKnown)
  }

  /// Tells the budget how much the client has not taken; closes when there is no room for it.
  private func settleUnread(at bytes: Int, isKnown: Bool) {
    if !unreadShare.settle(bytes, isKnown: isKnown, on: server) { closeNow() }
  }

  private func replyWasSent(isLast: Bool) {
    // Not within the write that has just ended: what TLS says at the end would be lost, and a client
    // with a thousand requests on their way would be answered a thousand calls deep.
    later {
      self.unsentReplies -= 1
      if self.unsentReplies == 0 {
        self.settleUnread(at: 0, isKnown: false)
        self.writeProgress = nil
      }
      // With it the handler for pipelined requests hands out the next one.
      self.context?.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
      if isLast || self.isOver { self.finish() }
    }
  }

  func later(_ work: @escaping () -> Void) {
    context?.eventLoop.assumeIsolated().execute(work)
  }

  /// Whether everything that was asked is answered, and no more is to be.
  private var isOver: Bool {
    guard unsentReplies == 0 else { return false }
    return switch phase {
    case .idle: isDraining || inputHasEnded
    case .reading: inputHasEnded
    default: false
    }
  }

  /// Says that no more comes, and drops what the client still sends: closing with unread input
  /// would send a reset, and take the reply from the client.
  private func finish() {
    switch phase {
    case .closed, .lingering: return
    default: break
    }
    guard !inputHasEnded, let context else { return closeNow() }
    phase = .lingering(
      Linger(bytes: server.limits.lingerBytes, until: .now + server.limits.lingerTime))
    context.close(mode: .output, promise: nil)
    context.read()
  }

  func flush() { context?.flush() }

  // MARK: Time

  func tick(_ now: ContinuousClock.Instant) -> Bool {
    if writeProgress?.isStalled(
      unsent: context?.channel.unsentBytes ?? 0, at: now, limits: server.limits) == true
    {
      closeNow()
    }
    switch phase {
    case .closed, .upgrading: return false
    case .idle where now >= deadline && writeProgress == nil: closeNow()
    case .reading where now >= deadline:
      phase = .answering
      reply(.text(.requestTimeout, "The request did not come in time."), closes: true)
    case .calling(let exchange): exchange.cancelOverdue(at: now)
    case .lingering(let linger) where now >= linger.until: closeNow()
    case .idle, .reading, .answering, .agreeing, .finishing, .lingering: break
    }
    return true
  }

  func drain() {
    isDraining = true
    switch phase {
    case .idle where writeProgress == nil: finish()
    case .calling(var exchange):
      phase = .answering
      exchange.drain()
      advance(exchange)
    default: break
    }
  }
}
