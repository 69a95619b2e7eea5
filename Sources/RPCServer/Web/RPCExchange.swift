import JSONRPC
import NIOHTTP1

/// One `POST /rpc`: a message with a session of its own, and the calls in it.
struct RPCExchange {
  private var state: ConnectionState
  private var running = RunningCalls()
  private let session: Session
  private let connection: UInt64
  private let server: ServerCore
  private let worker: EventLoopWorker
  /// The reason of the latest authentication refusal, for the 401.
  private var strangerReason: String?
  private var hasOtherOutcomes = false

  /// - Parameter connection: what the outcomes of its calls are posted to.
  init(
    _ body: [UInt8], from transport: Transport, bearer: String?, connection: UInt64,
    server: ServerCore, worker: EventLoopWorker
  ) {
    self.connection = connection
    self.server = server
    self.worker = worker
    session = Session(
      id: server.nextSessionID(), transport: transport, kind: .request(bearer: bearer))
    state = ConnectionState(limits: server.limits, framing: .whole, isLasting: false)
    state.receive(body.span)
    state.inputEnded()
    server.application.opened(session)
    state.isStranger = !session.isAuthenticated
  }

  /// Whether somebody known has sent the message. What stands in a header is nobody before a call
  /// has looked at it.
  var isAuthenticated: Bool { session.isAuthenticated }

  /// The memory of the replies that are made.
  var heldReplies: Int { state.heldReplies }

  /// Starts what may start.
  ///
  /// - Returns: the reply, when all is answered.
  mutating func process() -> HTTPReply? {
    let application = server.application
    while let action = state.next(profile: { application.profile(of: $0) }) {
      switch action {
      case .start(let start): run(start)
      case .cancel(let slot): running.cancel(slot, .client)
      case .finish: return reply
      }
    }
    return nil
  }

  private mutating func run(_ start: ConnectionState.Start) {
    worker.counters.calls.add(1)
    if let outcome = server.application.handleNow(start.call, on: session) {
      server.calls[start.call.method].note(outcome, after: .zero)
      note(outcome)
      state.complete(start.slot, with: outcome)
    } else {
      running.run(start, on: session, of: connection, server: server, worker: worker)
    }
  }

  mutating func complete(_ slot: Int, with outcome: CallOutcome) {
    _ = running.end(slot, with: outcome)
    note(outcome)
    state.isStranger = !session.isAuthenticated
    state.complete(slot, with: outcome)
  }

  private mutating func note(_ outcome: CallOutcome) {
    if case .failure(let error) = outcome, Self.tokenReasons.contains(error.reason) {
      strangerReason = error.reason
    } else {
      hasOtherOutcomes = true
    }
  }

  /// The reasons for which a token, or its absence, is refused.
  private static let tokenReasons: Set = [
    "not_authenticated", "token_invalid", "token_expired", "token_revoked",
  ]

  private var reply: HTTPReply {
    var state = state
    let body = state.takeOutput()
    if let reason = strangerReason, !hasOtherOutcomes, !state.hasAnsweredItself {
      var reply = HTTPReply.rpc(.unauthorized, body)
      let isBare = session.kind == .request(bearer: nil)
      reply.headers.add(
        name: "WWW-Authenticate",
        value: isBare
          ? "Bearer" : #"Bearer error="invalid_token", error_description="\#(reason)""#)
      return reply
    }
    return body.isEmpty ? HTTPReply(.noContent) : .rpc(.ok, body)
  }

  /// Refuses the calls that did not start.
  mutating func drain() { state.drain() }

  func cancelCalls(_ reason: CancellationReason) { running.cancelAll(reason) }

  func cancelOverdue(at now: ContinuousClock.Instant) { _ = running.cancelOverdue(at: now) }

  /// Ends the exchange: it was answered, or nobody waits for the answer any more.
  func end() {
    running.cancelAll(.disconnected)
    server.application.closed(session)
  }
}

extension HTTPReply {
  static func tooLarge(limit: Int, actual: Int) -> HTTPReply {
    .rpc(.payloadTooLarge, .messageTooLarge(limit: limit, actual: actual))
  }

  /// A JSON-RPC error that belongs to no call.
  static func rpc(_ status: HTTPResponseStatus, _ error: RPCError) -> HTTPReply {
    .rpc(status, MessageWriter.error(id: nil, error) + [0x0a])
  }
}
