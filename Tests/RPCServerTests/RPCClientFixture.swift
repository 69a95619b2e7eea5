import JSONRPC
import Logging
import RPCClient
import RPCServer
import Synchronization

/// The state that a subscription follows; it outlives the servers that publish it.
final class CountingState: Sendable {
  struct Value {
    var version = 0
    var date = "2026-01-31"
    var hub: (any NotificationHub)?
    /// How many versions a replay may go back.
    var memory = 1_000
    /// What the next subscriptions are refused with.
    var refusal: RPCError?
    var subscriptions = 0
  }
  let value = Mutex(Value())

  static let channel = "count"

  /// Counts up by one, and publishes that if a server is there.
  func change() {
    value.withLock { value in
      value.version += 1
      let date = value.date
      let version = value.version
      value.hub?.publish(
        Publication(
          version: Int64(version), body: Self.change(version, date: date),
          snapshot: { Array("\(Self.members(version, date: date))".utf8) }),
        to: Self.channel)
    }
  }

  static func change(_ version: Int, date: String) -> [UInt8] {
    Array(#"{"kind":"change","date":"\#(date)","version":\#(version)}"#.utf8)
  }

  static func members(_ version: Int, date: String) -> String {
    #""date":"\#(date)","version":\#(version),"tokens":[]"#
  }
}

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

/// A server for one test, which can be stopped and started again at the same address.
struct ClientTestServer {
  let state = CountingState()
  let path = "/tmp/rpc-client-test-\(UInt64.random(in: 0..<(.max))).sock"
  var cancelled: @Sendable (CancellationReason?) -> Void = { _ in }
  var limits = Limits()

  var endpoint: Endpoint { .unix(path: path) }

  /// Runs `body` while a server listens, and drains the server then.
  func run<Result: Sendable>(
    _ body: (RPCServer) async throws -> Result
  ) async throws -> Result {
    let server = RPCServer(
      application: ClientTestApplication(state: state, cancelled: cancelled), limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await server.bind(unixPath: path)
    state.value.withLock { $0.hub = server.hub }
    do {
      let result = try await body(server)
      await stop(server)
      return result
    } catch {
      await stop(server)
      throw error
    }
  }

  private func stop(_ server: RPCServer) async {
    state.value.withLock { $0.hub = nil }
    await server.drain(within: .seconds(5))
  }
}
