import JSONRPC
import RPCServer
import Synchronization
import Testing

@testable import RPCClient

@Suite struct RPCClientSubscriptionTests {
  private let server = ClientTestServer()

  private func subscription(_ client: RPCClient) throws -> Subscription {
    try client.subscribe("count.subscribe", params: ["doctor_id": 3])
  }

  /// The client of a subscription, which tries again without delay.
  private var client: RPCClient {
    var configuration = RPCClient.Configuration()
    configuration.backoff = Backoff(first: .milliseconds(1), longest: .milliseconds(5))
    return RPCClient(to: server.endpoint, configuration: configuration)
  }

  /// Takes events until the version is reached; every version must come once and in order.
  private func follow(
    _ events: inout Subscription.AsyncIterator, from seen: Int, to version: Int
  ) async throws {
    var seen = seen
    while seen < version, let event = try await events.next() {
      guard case .change(let body) = event else { continue }
      #expect(body["version"]?.int == seen + 1)
      seen = body["version"]?.int ?? seen
    }
    #expect(seen == version)
  }

  @Test func aSnapshotThenEveryChange() async throws {
    try await server.run { _ in
      server.state.change()
      var events = try subscription(client).makeAsyncIterator()
      guard case .snapshot(let state, reason: nil) = try await events.next() else {
        Issue.record("no snapshot first")
        return
      }
      #expect(state["version"]?.int == 1)
      for _ in 0..<100 { server.state.change() }
      try await follow(&events, from: 1, to: 101)
    }
  }

  @Test func nothingIsMissedWhenTheServerIsRestarted() async throws {
    var events = try subscription(client).makeAsyncIterator()
    try await server.run { _ in
      _ = try await events.next()
      server.state.change()
      try await follow(&events, from: 0, to: 1)
    }
    // Nobody is there to publish these.
    for _ in 0..<5 { server.state.change() }
    guard case .disconnected(let error, _) = try await events.next() else {
      Issue.record("the end was not told")
      return
    }
    #expect(error as? RPCClientError == .serverStopping)
    try await server.run { _ in
      while let event = try await events.next() {
        if case .disconnected = event { continue }
        guard case .resumed = event else {
          Issue.record("\(event)")
          return
        }
        break
      }
      try await follow(&events, from: 1, to: 6)
      server.state.change()
      try await follow(&events, from: 6, to: 7)
    }
  }

  @Test func aSnapshotWhenTooMuchWasMissed() async throws {
    var events = try subscription(client).makeAsyncIterator()
    try await server.run { _ in _ = try await events.next() }
    server.state.value.withLock { $0.memory = 2 }
    for _ in 0..<5 { server.state.change() }
    try await server.run { _ in
      while let event = try await events.next() {
        if case .disconnected = event { continue }
        guard case .snapshot(let state, _) = event else {
          Issue.record("\(event)")
          return
        }
        #expect(state["version"]?.int == 5)
        break
      }
    }
  }

  @Test func aSubscriptionThatTheServerEndsIsMadeAgain() async throws {
    try await server.run { _ in
      let sessions = SessionEnder(state: server.state)
      var configuration = RPCClient.Configuration()
      configuration.prepare = { await sessions.note($0) }
      let client = RPCClient(to: server.endpoint, configuration: configuration)
      var events = try subscription(client).makeAsyncIterator()
      _ = try await events.next()
      try await sessions.end()
      server.state.change()
      // Made again without a word, and nothing was missed.
      guard case .resumed = try await events.next() else {
        Issue.record("not resumed")
        return
      }
      try await follow(&events, from: 0, to: 1)
      #expect(server.state.value.withLock { $0.subscriptions } == 2)
    }
  }

  @Test func aRefusalForGoodIsThrown() async throws {
    try await server.run { _ in
      server.state.value.withLock {
        $0.refusal = RPCError(.notAllowed, reason: "role", message: "Not for this role.")
      }
      var events = try subscription(client).makeAsyncIterator()
      let error = await #expect(throws: RPCError.self) { try await events.next() }
      #expect(error?.reason == "role")
      let after = try await events.next()
      #expect(after == nil)
    }
  }

  @Test func aRefusalForNowIsTriedAgain() async throws {
    try await server.run { _ in
      server.state.value.withLock {
        $0.refusal = RPCError(.notNow, reason: "store_down", message: "Not now.")
      }
      var events = try subscription(client).makeAsyncIterator()
      guard case .disconnected(let error, _) = try await events.next() else {
        Issue.record("not told")
        return
      }
      #expect((error as? RPCError)?.reason == "store_down")
      server.state.value.withLock { $0.refusal = nil }
      while let event = try await events.next() {
        if case .snapshot = event { break }
      }
    }
  }

  @Test func aSlowReaderGetsASnapshotInstead() async throws {
    var server = server
    server.limits.pendingNotificationBytes = 4_096
    try await server.run { [server] rpcServer in
      let client = RPCClient(to: server.endpoint)
      var events = try client.subscribe("count.subscribe").makeAsyncIterator()
      _ = try await events.next()
      // The reader takes nothing: its buffers fill, and the server has to sum up.
      while rpcServer.hub.statistics.overflows == 0 {
        for _ in 0..<1_000 { server.state.change() }
        await Task.yield()
      }
      let last = server.state.value.withLock { $0.version }
      var seen = 0
      var snapshots = 0
      while seen < last, let event = try await events.next() {
        switch event {
        case .change(let body):
          #expect(body["version"]?.int == seen + 1)
          seen = body["version"]?.int ?? seen
        case .snapshot(let state, let reason):
          #expect(reason == "overflow")
          snapshots += 1
          seen = state["version"]?.int ?? seen
        case .resumed, .disconnected: Issue.record("\(event)")
        }
      }
      #expect(snapshots > 0)
    }
  }

  @Test func cancellingEndsTheIteration() async throws {
    try await server.run { rpcServer in
      let subscription = try subscription(client)
      let reader = Task {
        for try await _ in subscription {}
      }
      while rpcServer.hub.statistics.subscriptions == 0 { await Task.yield() }
      reader.cancel()
      _ = await reader.result
      while rpcServer.statistics.connections > 0 { await Task.yield() }
    }
  }

  @Test func notificationsReachEveryListener() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let streams = [client.notifications(), client.notifications()]
      _ = try await client.call("count.subscribe", rawParams: nil)
      server.state.change()
      for stream in streams {
        for await notification in stream {
          #expect(notification.method == "count.changed")
          #expect(notification.params?["result"]?["version"]?.int == 1)
          break
        }
      }
      await client.close()
      for await _ in client.notifications() { Issue.record("a closed client notifies") }
    }
  }
}

/// Remembers the last connection, to have its subscriptions ended over it.
private actor SessionEnder {
  private let state: CountingState
  private weak var connection: RPCConnection?

  init(state: CountingState) { self.state = state }

  func note(_ connection: RPCConnection) { self.connection = connection }

  func end() async throws { _ = try await connection?.call("count.end", rawParams: nil) }
}
