import JSONRPC
import Logging
import NIOCore
import NIOSSL

/// Drives one connection: feeds its state, starts and cancels its calls, writes what it answers.
///
/// Lives on its event loop. Replies are collected and flushed once for each read and each batch of
/// messages.
final class ConnectionHandler: ChannelDuplexHandler, LoopConnection {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  // What a notification needs comes first: with thousands of subscribers it is the memory touched
  // that costs.
  var context: ChannelHandlerContext?
  var closing = Closing.open
  /// Bytes of the notifications that are kept for a slow reader, in all subscriptions.
  var pendingNotificationBytes = 0 {
    didSet { worker.counters.pendingBytes.add(pendingNotificationBytes - oldValue) }
  }
  /// A flush is already scheduled.
  private var willFlush = false
  let worker: EventLoopWorker
  let server: ServerCore
  var state: ConnectionState

  let loop: LoopConnections
  let session: Session
  var running = RunningCalls()
  var subscriptions: [String: Subscription] = [:]
  /// Subscriptions that wait for the reply of the call, or of the batch, that made them.
  var held: [HeldSubscription] = []

  var inputHasEnded = false
  var authenticationTimer: Scheduled<Void>?
  /// When the client was last seen to take output; nil while there is none for it.
  var writeProgress: WriteProgress?
  /// Whether its event loop looks at the connection at each tick.
  var isWatched = false
  /// Whether input is drained before the close.
  var lingers = true

  /// Bytes of an incomplete message that other handlers hold and have not passed on yet.
  var bytesOnTheirWay = 0
  private var inputShare = MemoryBudget.Share()
  private var unreadShare = UnreadShare()
  private var isAdmitted = false
  private var isRefused = false
  private var isProcessing = false
  private var readIsPending = false

  init(
    server: ServerCore, worker: EventLoopWorker, transport: Transport,
    framing: MessageSource.Framing = .stream
  ) {
    let id = server.nextSessionID()
    self.server = server
    self.worker = worker
    self.loop = worker.connections
    self.session = Session(
      id: id, transport: transport,
      control: ConnectionControl(worker: worker, connection: id))
    self.state = ConnectionState(limits: server.limits, framing: framing)
  }

  // MARK: Opening

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    // On a channel that spoke something else before.
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
    willFlush = true
    switch server.admit(session.transport) {
    case .admitted:
      isAdmitted = true
      noteAuthentication(session.isAuthenticated)
      server.hub.add(session: session.id, worker: worker.index)
      loop.add(self)
      server.application.opened(session)
      startAuthenticationTimer()
    case .refused(let error, let mayLinger):
      isRefused = true
      lingers = mayLinger
      announceEnd(error)
      state.abort(with: error)
      process()
    }
    flush()
  }

  /// The notifications that the client sent before are still carried out.
  func channelInactive(context: ChannelHandlerContext) {
    closing = .closed
    authenticationTimer?.cancel()
    authenticationTimer = nil
    writeProgress = nil
    running.abandon()
    state.abandon()
    bytesOnTheirWay = 0
    process()
    if state.isFinished { leave() } else { settleInput() }
    context.fireChannelInactive()
  }

  /// Takes the connection off the server.
  func leave() {
    state.discardInput()
    settleInput()
    _ = unreadShare.settle(0, isKnown: false, on: server)
    if isAdmitted {
      isAdmitted = false
      for subscription in subscriptions.values { loop.remove(subscription) }
      subscriptions = [:]
      held = []
      pendingNotificationBytes = 0
      loop.remove(self)
      server.admission.release(session.transport)
      server.application.closed(session)
      loop.checkIdle()
    } else if isRefused {
      isRefused = false
      server.admission.releaseRefused()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // That its input has ended follows; where a message ends it says by itself.
    if case NIOSSLError.uncleanShutdown = error { return }
    // A reset, most often: there is nobody to tell.
    server.logger.debug(
      "connection failed", metadata: ["session": "\(session.id)", "error": "\(error)"])
    closeNow()
  }

  // MARK: Reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    switch closing {
    case .open:
      willFlush = true
      state.receive(buffer.readableBytesUInt8Span)
      process()
      settleInput()
    case .cancelling, .flushing, .lingering, .closed:
      ignore(buffer.readableBytes)
    }
  }

  /// Counts input that is dropped unseen.
  func ignore(_ bytes: Int) {
    guard case .lingering(var linger) = closing else { return }
    linger.bytes -= bytes
    closing = .lingering(linger)
    if linger.bytes < 0 { closeNow() }
  }

  /// Tells the budget how much is held of an incomplete message; closes when there is no room for
  /// it.
  func settleInput() {
    let limit = server.limits.unfinishedBytes / (session.isAuthenticated ? 1 : 2)
    let held = bytesOnTheirWay + state.heldBytes
    if !server.input.settle(&inputShare, at: held, limit: limit) {
      abort(with: .tooManyUnfinished(limit: limit))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    flush()
  }

  /// Passes the channel's wish to read on only if more input is wanted.
  func read(context: ChannelHandlerContext) {
    if wantsInput {
      context.read()
    } else {
      readIsPending = true
    }
  }

  private var wantsInput: Bool {
    switch closing {
    case .open: state.wantsInput
    case .cancelling, .flushing: false
    case .lingering: true
    case .closed: false
    }
  }

  func resumeReading() {
    guard readIsPending, wantsInput, let context else { return }
    readIsPending = false
    context.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      inputHasEnded = true
      switch closing {
      case .open:
        willFlush = true
        state.inputEnded()
        process()
        flush()
      case .lingering:
        closeNow()
      case .cancelling, .flushing, .closed:
        break
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: Working

  /// Does what the state asks for, until it has nothing more to ask.
  func process() {
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while !state.isFinished {
      let application = server.application
      guard let action = state.next(profile: { application.profile(of: $0) }) else {
        // Past its limit of unsent output the state pauses until that was handed to the channel.
        guard state.outputSize >= server.limits.pendingWriteBytes else { break }
        writeOutput()
        context?.flush()
        continue
      }
      switch action {
      case .start(let start): run(start)
      case .cancel(let slot): running.cancel(slot, .client)
      case .finish: finish()
      }
    }
    if !held.isEmpty { releaseHeld() }
    resumeReading()
  }

  private func run(_ start: ConnectionState.Start) {
    worker.counters.calls.add(1)
    if let outcome = server.application.handleNow(start.call, on: session) {
      server.calls[start.call.method].note(outcome, after: .zero)
      state.complete(start.slot, with: outcome)
      return
    }
    running.run(start, on: session, of: session.id, server: server, worker: worker)
    loop.watch(self)
  }

  /// The task of a call ended.
  func complete(_ slot: Int, with outcome: CallOutcome) {
    let call = running.end(slot, with: outcome)
    let batch = state.complete(slot, with: outcome)
    if let call, !held.isEmpty { settleHeld(by: call, outcome: outcome, in: batch) }
    process()
    // Large replies of many connections would lie about together until this batch of messages was
    // dealt with.
    if state.outputSize < server.limits.pendingWriteBytes / 4 { flushSoon() } else { flush() }
  }

  func cancelCalls(_ reason: CancellationReason) {
    running.cancelAll(reason)
  }

  // MARK: Writing

  /// Hands the output to the channel, which sends it when it is flushed.
  func writeOutput() {
    guard state.outputSize > 0, let context else { return }
    let output = state.takeOutput()
    context.write(wrapOutboundOut(ByteBuffer(bytes: output)), promise: nil)
  }

  func flush() {
    willFlush = false
    // Room for more makes the state go on, so there may be more afterwards.
    repeat {
      writeOutput()
      context?.flush()
    } while state.outputSize > 0 && closing != .closed
    settleUnread()
  }

  /// Tells the budget how much the client has not taken; closes when there is no room for that: the
  /// client would not read a reason either.
  private func settleUnread() {
    let unsent = context?.channel.isWritable == false ? unsentBytes : 0
    let held = state.heldReplies + unsent
    let isKnown = held == 0 || session.isAuthenticated
    if !unreadShare.settle(held, isKnown: isKnown, on: server) { closeNow() }
  }

  /// Flushes when the present read, or the present batch of messages, has been dealt with.
  func flushSoon() {
    guard !willFlush else { return }
    willFlush = true
    loop.willFlush(self)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    state.isWritable = context.channel.isWritable
    if state.isWritable {
      writeProgress = nil
      if closing == .flushing { noteStall() }
      willFlush = true
      sendPendingNotifications()
      process()
      flush()
    } else {
      noteStall()
    }
    context.fireChannelWritabilityChanged()
  }
}

/// What a session may do to its connection, from any thread.
struct ConnectionControl: SessionControl {
  let worker: EventLoopWorker
  let connection: UInt64

  func close(after error: RPCError?) {
    worker.post(.close(connection: connection, error: error))
  }

  func authenticationChanged(_ isAuthenticated: Bool) {
    worker.post(
      .authenticationChanged(connection: connection, isAuthenticated: isAuthenticated))
  }
}
