import JSONRPC
import Synchronization

/// What the tests of the client call.
struct ClientTestApplication: Application {
  let state: CountingState
  /// Told why a call of `wait` was cancelled.
  let cancelled: @Sendable (CancellationReason?) -> Void

  var executor: any TaskExecutor { globalConcurrentExecutor }

  func profile(of method: String) -> CallProfile { .standard }

  func handle(_ call: IncomingCall, on session: Session) async -> CallOutcome {
    switch call.method {
    case "system.ping": return .result(Array("{}".utf8))
    case "echo": return .result(call.params?.rawBytes ?? Array("null".utf8))
    case "wait":
      let (never, continuation) = AsyncStream.makeStream(of: Void.self)
      for await _ in never {}
      continuation.finish()
      cancelled(CallContext.current?.cancellation)
      return .failure(RPCError(.notNow, reason: "cancelled", message: "The call was cancelled."))
    case "refuse":
      return .failure(
        RPCError(.refused, reason: "expired_batch", message: "It has expired.", ["batch_id": 7]))
    case "hang_up":
      session.close(after: RPCError(.tooMany, reason: "enough", message: "That is enough."))
      return .result(Array("{}".utf8))
    case "count.subscribe": return subscribe(call, session)
    case "count.end":
      state.value.withLock { $0.hub }?.end(subscriptionsOf: session, reason: "token_expired")
      return .result(Array("{}".utf8))
    default: return .failure(.methodNotFound(call.method))
    }
  }

  private func subscribe(_ call: IncomingCall, _ session: Session) -> CallOutcome {
    state.value.withLock { value in
      if let refusal = value.refusal { return .failure(refusal) }
      guard let hub = value.hub else { return .failure(.internalError(requestID: "")) }
      value.subscriptions += 1
      let id = "s\(value.subscriptions)"
      hub.subscribe(
        session, id: id, channel: CountingState.channel, method: "count.changed",
        overflow: .coalesce)
      hub.start(session, id: id, from: Int64(value.version))
      let head = #"{"subscription":"\#(id)","date":"\#(value.date)","version":\#(value.version)"#
      let members = CountingState.members(value.version, date: value.date)
      if let since = call.params?["since"], let version = since["version"]?.int,
        since["date"]?.string == value.date, version <= value.version,
        value.version - version <= value.memory
      {
        let changes = (version..<value.version).map {
          String(decoding: CountingState.change($0 + 1, date: value.date), as: UTF8.self)
        }
        return .result(Array("\(head),\"replay\":[\(changes.joined(separator: ","))]}".utf8))
      }
      return .result(Array("\(head),\"snapshot\":{\(members)}}".utf8))
    }
  }
}
