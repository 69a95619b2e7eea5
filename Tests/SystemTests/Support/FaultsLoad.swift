import JSONRPC
import RPCClient
import Synchronization
import TestSupport
import Testing

/// Clients who register patients and queue them, and repeat with its key whatever was not answered.
final class FaultsLoad: Sendable {
  private struct State {
    /// The patient of each token that was acknowledged.
    var tokens: [String: Int] = [:]
    var patients: Set<Int> = []
    var refused: [String: Int] = [:]
    var isStopped = false
  }
  private let state = Mutex(State())
  private let endpoints: [Endpoint]

  init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

  var tokens: [String: Int] { state.withLock(\.tokens) }
  var patients: Set<Int> { state.withLock(\.patients) }
  /// How often each reason was given for a call that was to be repeated.
  var refused: [String: Int] { state.withLock(\.refused) }
  var refusals: Int { refused.values.reduce(0, +) }

  /// Runs `body` while clients call; returns when each of their calls was answered.
  func run(clients: Int, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<clients { group.addTask { try await self.work(number) } }
      do {
        try await body()
      } catch {
        group.cancelAll()
        throw error
      }
      state.withLock { $0.isStopped = true }
      try await group.waitForAll()
    }
  }

  /// Waits until so many more tokens were acknowledged.
  func progress(
    _ count: Int, within limit: Duration = .seconds(40), _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let goal = tokens.count + count
    try await eventually(within: limit, what, sourceLocation: sourceLocation) {
      tokens.count >= goal
    }
  }

  private func work(_ number: Int) async throws {
    let client = FaultsClient(endpoints, first: number)
    var round = 0
    while !state.withLock(\.isStopped) {
      round += 1
      let key: JSON = .string("client \(number), round \(round)")
      let patient = try await call(
        client, "patients.create", ["name": key, "idempotency_key": key]
      ).integer("id")
      state.withLock { _ = $0.patients.insert(patient) }
      let token = try await call(
        client, "queue.walk_in", ["patient_id": .int(patient), "idempotency_key": key])
      #expect(try token.integer("patient_id") == patient)
      let name = try token.text("token")
      let other = state.withLock { $0.tokens.updateValue(patient, forKey: name) }
      #expect(other == nil, "a token is given once")
    }
    await client.close()
  }

  /// Calls until there is an answer that stays.
  private func call(
    _ client: FaultsClient, _ method: String, _ params: JSON
  ) async throws -> JSONValue {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do {
        return try await client.call(method, params)
      } catch let error as RPCError where error.code == -32006 {
        state.withLock { $0.refused[error.reason, default: 0] += 1 }
      } catch let error as RPCClientError {
        _ = error  // The daemon is gone, or going.
      }
      try #require(ContinuousClock.now < deadline, "\(method) is answered in the end")
      try await untilNextLook()
    }
  }
}

/// One client of several instances: when its connection is lost it turns to the next one.
actor FaultsClient {
  private let endpoints: [Endpoint]
  private var next: Int
  private var connection: RPCConnection?

  init(_ endpoints: [Endpoint], first: Int) {
    self.endpoints = endpoints
    next = first
  }

  func call(_ method: String, _ params: JSON) async throws -> JSONValue {
    do {
      if connection?.isOpen != true {
        connection = try await RPCConnection.open(
          to: endpoints[next % endpoints.count],
          options: ConnectionOptions(callTimeout: .seconds(30), keepalive: nil))
      }
      guard let connection else { throw CancellationError() }
      return try await connection.call(method, rawParams: params.bytes)
    } catch let error as RPCClientError {
      connection = nil
      next += 1
      throw error
    }
  }

  func close() async { await connection?.close() }
}

/// A board that stays subscribed through every fault, and checks that no version is missing.
final class FaultsBoard: Sendable {
  private struct State {
    var version: Int?
    var snapshots: [String] = []
    var resumed = 0
    var gaps: [String] = []
  }
  private let state = Mutex(State())

  var version: Int { state.withLock { $0.version ?? -1 } }
  var gaps: [String] { state.withLock(\.gaps) }
  /// Why it was shown the whole state.
  var snapshots: [String] { state.withLock(\.snapshots) }
  var resumed: Int { state.withLock(\.resumed) }

  /// Follows today's queue until the task is cancelled.
  ///
  /// - Parameter token: an access token to log in with.
  func follow(_ endpoint: Endpoint, token: String? = nil) async throws {
    var configuration = RPCClient.Configuration()
    if let token {
      configuration.prepare = { connection in
        _ = try await connection.call(
          "auth.authenticate", rawParams: (["access_token": .string(token)] as JSON).bytes)
      }
    }
    configuration.backoff = Backoff(first: .milliseconds(20), longest: .milliseconds(200))
    let client = RPCClient(to: endpoint, configuration: configuration)
    let subscription = try client.subscribe("queue.subscribe", params: [String: String]())
    for try await event in subscription {
      state.withLock { state in
        switch event {
        case .snapshot(let value, let reason):
          let next = value["version"]?.int
          if let reason {
            state.snapshots.append(reason)
            // An honest one says how many versions it stands for.
            if reason == "overflow", let last = state.version,
              value["missed"]?.int != (next ?? 0) - last
            {
              state.gaps.append("\(last) to \(next ?? 0), missed \(value["missed"]?.int ?? 0)")
            }
          } else if state.version != nil {
            state.snapshots.append("again")
          }
          state.version = next
        case .change(let value):
          let next = value["version"]?.int
          if next != (state.version ?? -1) + 1 {
            state.gaps.append("\(state.version ?? -1) to \(next ?? -1)")
          }
          state.version = next
        case .resumed: state.resumed += 1
        case .disconnected: break
        }
      }
    }
  }
}
