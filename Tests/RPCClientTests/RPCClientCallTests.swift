import JSONRPC
import NIOCore
import NIOPosix
import RPCServer
import Synchronization
import Testing

@testable import RPCClient

@Suite struct RPCClientCallTests {
  struct Patient: Codable, Equatable {
    var fullName: String
    var dateOfBirth: String
    var phone: String?
  }

  private let server = ClientTestServer()

  @Test func callsWithTypes() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let patient = Patient(fullName: "Ana \"Ñ\" 🙂", dateOfBirth: "1980-02-29", phone: nil)
      let echoed: Patient = try await client.call("echo", params: patient)
      #expect(echoed == patient)
      let raw = try await client.call("echo", rawParams: Array(#"{"a":[1.50,null]}"#.utf8))
      #expect(String(decoding: raw.rawBytes, as: UTF8.self) == #"{"a":[1.50,null]}"#)
      let nothing: [String: Int] = try await client.call("system.ping")
      #expect(nothing.isEmpty)
      await client.close()
    }
  }

  @Test func aResultOfAnotherShapeIsAnError() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      await #expect(throws: RPCClientError.self) {
        let _: Patient = try await client.call("echo", params: ["full_name": "Ana"])
      }
      await client.close()
    }
  }

  @Test func manyCallsAtOnceGetTheirOwnAnswers() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<1_000 {
          group.addTask {
            let answer: [String: Int] = try await client.call("echo", params: ["n": number])
            return answer == ["n": number]
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
      await client.close()
    }
  }

  @Test func largeMessages() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let text = String(repeating: "0123456789", count: 90_000)
      let answer: [String: String] = try await client.call("echo", params: ["text": text])
      #expect(answer["text"] == text)
      await client.close()
    }
  }

  @Test func theServersErrorIsThrown() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let error = await #expect(throws: RPCError.self) {
        try await client.call("refuse", rawParams: nil)
      }
      #expect(error?.code == -32007)
      #expect(error?.reason == "expired_batch")
      #expect(error?.data["batch_id"] == .int(7))
      await client.close()
    }
  }

  @Test func overTCP() async throws {
    try await server.run { rpcServer in
      let address = try await rpcServer.bind(host: "127.0.0.1", port: 0)
      guard case .tcp(let host, let port) = address else {
        Issue.record("not a TCP address")
        return
      }
      let client = try await RPCClient.connect(to: .tcp(host: host, port: port))
      let answer: [String: Int] = try await client.call("echo", params: ["n": 1])
      #expect(answer == ["n": 1])
      await client.close()
    }
  }

  @Test func whereNobodyListens() async {
    let error = await #expect(throws: RPCClientError.self) {
      try await RPCClient.connect(to: server.endpoint)
    }
    #expect(error == .unreachable(server.endpoint, reason: "there is no such socket"))
    await #expect(throws: RPCClientError.self) {
      try await RPCClient.connect(to: .tcp(host: "127.0.0.1", port: 1))
    }
  }

  @Test func aCallPastItsTimeIsCancelledAtTheServer() async throws {
    let (reasons, continuation) = AsyncStream.makeStream(of: CancellationReason?.self)
    var server = server
    server.cancelled = { continuation.yield($0) }
    try await server.run { [server] _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      await #expect(throws: RPCClientError.timedOut) {
        try await client.call("wait", rawParams: nil, timeout: .milliseconds(20))
      }
      for await reason in reasons {
        #expect(reason == .client)
        break
      }
      // The connection is still good.
      let answer: [String: Int] = try await client.call("echo", params: ["n": 1])
      #expect(answer == ["n": 1])
      await client.close()
    }
  }

  @Test func whatTheServerCannotReadIsToldAndTheNextCallConnectsAgain() async throws {
    try await server.run { [server] _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let depth = JSONLimits().maxDepth
      let params =
        Array(String(repeating: "[", count: depth).utf8)
        + Array(String(repeating: "]", count: depth).utf8)
      let error = await #expect(throws: RPCError.self) {
        try await client.call("echo", rawParams: params)
      }
      #expect(error?.reason == "nesting_too_deep")
      let answer: [String: Int] = try await client.call("echo", params: ["n": 1])
      #expect(answer == ["n": 1])
      await client.close()
    }
  }

  @Test func aCancelledCallerLeavesAtOnce() async throws {
    let (reasons, continuation) = AsyncStream.makeStream(of: CancellationReason?.self)
    var server = server
    server.cancelled = { continuation.yield($0) }
    try await server.run { [server] rpcServer in
      let client = try await RPCClient.connect(to: server.endpoint)
      let call = Task { try await client.call("wait", rawParams: nil) }
      while rpcServer.statistics.callsInFlight == 0 { await Task.yield() }
      call.cancel()
      await #expect(throws: CancellationError.self) { try await call.value }
      for await reason in reasons {
        #expect(reason == .client)
        break
      }
      let early = Task { () throws -> Void in
        while !Task.isCancelled { await Task.yield() }
        _ = try await client.call("wait", rawParams: nil)
      }
      early.cancel()
      await #expect(throws: CancellationError.self) { try await early.value }
      await client.close()
    }
  }

  @Test func theReasonForAClosedConnectionReachesTheCalls() async throws {
    try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let connection = try await client.connection()
      let waiting = Task { try await client.call("wait", rawParams: nil) }
      _ = try await client.call("hang_up", rawParams: nil)
      let error = await #expect(throws: RPCError.self) { try await waiting.value }
      // The call was told, or the connection's last word explains it: whichever came first.
      #expect(error?.reason == "enough" || error?.reason == "cancelled")
      while connection.isOpen { await Task.yield() }
      #expect((connection.endReason as? RPCError)?.reason == "enough")
      await client.close()
    }
  }

  @Test func theNextCallConnectsAgain() async throws {
    let client = try await server.run { _ in
      let client = try await RPCClient.connect(to: server.endpoint)
      let _: [String: Int] = try await client.call("system.ping")
      return client
    }
    var lost: RPCClientError?
    repeat {
      // The first one may still find the connection that is just ending.
      lost = await #expect(throws: RPCClientError.self) {
        try await client.call("system.ping", rawParams: nil)
      }
    } while lost == .connectionLost
    guard case .unreachable = lost else {
      Issue.record("\(String(describing: lost))")
      return
    }
    try await server.run { _ in
      // Until the backoff allows the next attempt, the last error is repeated.
      while true {
        do {
          let _: [String: Int] = try await client.call("system.ping")
          break
        } catch RPCClientError.unreachable {
          await Task.yield()
        }
      }
    }
    await client.close()
    await #expect(throws: RPCClientError.closed) {
      try await client.call("system.ping", rawParams: nil)
    }
  }

  @Test func callersWhoWaitForTheSameConnectionShareIt() async throws {
    try await server.run { rpcServer in
      let prepared = Atomic(0)
      var configuration = RPCClient.Configuration()
      configuration.prepare = { connection in
        _ = try await connection.call("system.ping", rawParams: nil)
        prepared.add(1, ordering: .relaxed)
      }
      let client = RPCClient(to: server.endpoint, configuration: configuration)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 {
          group.addTask { _ = try await client.call("system.ping", rawParams: nil) }
        }
        try await group.waitForAll()
      }
      #expect(prepared.load(ordering: .relaxed) == 1)
      #expect(rpcServer.statistics.connections == 1)
      await client.close()
    }
  }

  @Test func anUnusedConnectionIsClosed() async throws {
    try await server.run { rpcServer in
      do {
        let connection = try await RPCConnection.open(to: server.endpoint)
        _ = try await connection.call("system.ping", rawParams: nil)
      }
      while rpcServer.statistics.connections > 0 { await Task.yield() }
    }
  }

  @Test func aServerThatFallsSilentIsGivenUp() async throws {
    // It accepts, reads, and never answers.
    let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(host: "127.0.0.1", port: 0).get()
    guard let port = silent.localAddress?.port else {
      Issue.record("no port")
      return
    }
    var options = ConnectionOptions()
    options.keepalive = .milliseconds(20)
    let connection = try await RPCConnection.open(
      to: .tcp(host: "127.0.0.1", port: port), options: options)
    await #expect(throws: RPCClientError.connectionLost) {
      try await connection.call("system.ping", rawParams: nil)
    }
    try await silent.close()
  }
}
