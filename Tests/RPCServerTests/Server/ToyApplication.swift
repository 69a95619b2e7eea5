import JSONRPC
import Synchronization

/// An application without a clinic: calls that wait until the test lets them go on, and notes of
/// what happened.
final class ToyApplication: Application {

  private struct State {
    var notes: [String] = []
    var openGates: Set<String> = []
    var atGates: [String: [CheckedContinuation<Void, Never>]] = [:]
    var watchers: [(condition: @Sendable ([String]) -> Bool, CheckedContinuation<Void, Never>)] = []
    var hub: (any NotificationHub)?
    var sessions: [Session] = []
  }
  private let state = Mutex(State())

  let executor: any TaskExecutor = globalConcurrentExecutor

  // MARK: What the test does

  func use(_ hub: any NotificationHub) {
    state.withLock { $0.hub = hub }
  }

  var sessions: [Session] { state.withLock { $0.sessions } }

  /// Lets the calls that wait for `gate`, and all that come to it, go on.
  func open(_ gate: String) {
    let waiting = state.withLock { state in
      state.openGates.insert(gate)
      return state.atGates.removeValue(forKey: gate) ?? []
    }
    for continuation in waiting { continuation.resume() }
  }

  var notes: [String] { state.withLock { $0.notes } }

  /// Returns when `condition` holds of the notes.
  func until(_ condition: @escaping @Sendable ([String]) -> Bool) async {
    await withCheckedContinuation { continuation in
      let holds = state.withLock { state in
        if condition(state.notes) { return true }
        state.watchers.append((condition, continuation))
        return false
      }
      if holds { continuation.resume() }
    }
  }

  func until(_ note: String) async {
    await until { $0.contains(note) }
  }

  // MARK: Application

  func opened(_ session: Session) {
    state.withLock { $0.sessions.append(session) }
    note("opened")
  }

  func closed(_ session: Session) {
    note("closed")
  }

  func profile(of method: String) -> CallProfile {
    switch method {
    case "login": CallProfile(isBarrier: true)
    case "subscribe": CallProfile(needsConnection: true)
    case "wait.short": CallProfile(deadline: .milliseconds(20))
    default: .standard
    }
  }

  func handleNow(_ call: IncomingCall, on session: Session) -> CallOutcome? {
    call.method == "ping" ? .result(Array(#"{"pong":true}"#.utf8)) : nil
  }

  func handle(_ call: IncomingCall, on session: Session) async -> CallOutcome {
    let text = call.params?["text"]?.string ?? ""
    switch call.method {
    case "echo":
      return .result(call.params?.rawBytes ?? Array("null".utf8))
    case "wait", "wait.short":
      return await wait(at: text)
    case "login":
      note("login")
      let outcome = await wait(at: text)
      session.identity = text
      session.isAuthenticated = true
      return outcome
    case "bearer":
      guard case .request(let bearer?) = session.kind, bearer == "good" else {
        return .failure(
          RPCError(.notAuthenticated, reason: "token_invalid", message: "Who is that?"))
      }
      return .result(Array("\"\(bearer)\"".utf8))
    case "whoami":
      return .result(Array("\"\(session.identity as? String ?? "nobody")\"".utf8))
    case "large":
      note("large")
      let size = call.params?["size"]?.int ?? 0
      return .result(Array("\"\(String(repeating: "x", count: size))\"".utf8))
    case "subscribe", "subscribe.fail":
      return await subscribe(call, on: session, id: text)
    default:
      return .failure(.methodNotFound(call.method))
    }
  }

  private func subscribe(_ call: IncomingCall, on session: Session, id: String) async -> CallOutcome
  {
    let version = Int64(call.params?["version"]?.int ?? 0)
    let policy = call.params?["overflow"]?.string.flatMap { OverflowPolicy(rawValue: $0) }
    let hub = state.withLock { $0.hub }
    let done = hub?.subscribe(
      session, id: id, channel: "c", method: "changed", overflow: policy ?? .coalesce)
    guard done == true else {
      return .failure(RPCError(.conflict, reason: "refused", message: "No."))
    }
    note("subscribed \(id)")
    if let gate = call.params?["gate"]?.string { _ = await wait(at: gate) }
    hub?.start(session, id: id, from: version)
    if call.method == "subscribe.fail" {
      return .failure(RPCError(.refused, reason: "refused", message: "No."))
    }
    return .result(Array("\"\(id)\"".utf8))
  }

  /// Waits for the gate, or for a cancellation, which it then tells of.
  private func wait(at gate: String) async -> CallOutcome {
    note("waiting \(gate)")
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goOn = state.withLock { state in
          if state.openGates.contains(gate) || Task.isCancelled { return true }
          state.atGates[gate, default: []].append(continuation)
          return false
        }
        if goOn { continuation.resume() }
      }
    } onCancel: {
      // Wakes the others at this gate too; the tests give each call that is cancelled its own.
      let waiting = state.withLock { $0.atGates.removeValue(forKey: gate) ?? [] }
      for continuation in waiting { continuation.resume() }
    }
    guard Task.isCancelled else { return .result(Array("\"\(gate)\"".utf8)) }
    let reason = CallContext.current?.cancellation.map { "\($0)" } ?? "unknown"
    note("cancelled \(gate): \(reason)")
    return .failure(RPCError(.notNow, reason: reason, message: "Cancelled."))
  }

  private func note(_ note: String) {
    let ready = state.withLock { state in
      state.notes.append(note)
      let notes = state.notes
      let ready = state.watchers.filter { $0.condition(notes) }
      state.watchers.removeAll { $0.condition(notes) }
      return ready
    }
    for (_, continuation) in ready { continuation.resume() }
  }
}
