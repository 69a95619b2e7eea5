import Glibc
import JSONRPC
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import RPCServer

/// Listeners, peers, start and stop.
@Suite(.timeLimit(.minutes(1)))
struct LifeTests {
  @Test func aDrainAnswersWhatRunsAndRefusesWhatComes() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      let idle = try await server.connect()
      #expect(try await idle.call("subscribe", #"{"text":"s"}"#).contains("result"))
      try await client.send(request("wait", #"{"text":"a"}"#, id: "1"))
      await server.application.until("waiting a")
      async let drained: Void = server.server.drain(within: .seconds(30))
      #expect(
        await idle.rest() == [
          #"{"jsonrpc":"2.0","method":"changed","params":{"subscription":"s","#
            + #""result":{"kind":"shutdown"}}}"#
        ])
      #expect(try await client.call("ping", id: "2").contains(#""reason":"stopping""#))
      server.application.open("a")
      #expect(await client.rest().first?.contains(#""id":1,"result":"a""#) == true)
      await drained
      await #expect(throws: (any Error).self) { try await server.connect() }
      await #expect(throws: (any Error).self) { try await server.connect(false) }
    }
  }

  @Test func aDrainDoesNotWaitForEver() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      try await client.send(request("wait", #"{"text":"a"}"#))
      await server.application.until("waiting a")
      await server.server.drain(within: .milliseconds(50))
      #expect(server.application.notes.contains("cancelled a: shutdown"))
      #expect(await client.line()?.contains(#""reason":"shutdown""#) == true)
    }
  }

  @Test func aDrainDoesNotWaitForHandshakes() async throws {
    let patient = { (limits: inout Limits) in limits.handshakeTime = .seconds(600) }
    try await TestServer.run(limits: patient) { server in
      try server.server.use(
        TLSSettings(
          certificates: Array(TLSSettingsTests.certificate.utf8),
          key: Array(TLSSettingsTests.key.utf8)))
      let silent = try await TestClient.connect(to: server.tcp)
      while server.server.statistics.connections == 0 { await Task.yield() }
      await server.server.drain(within: .seconds(600))
      #expect(await silent.bytesUntilEnd() == "")
      try await silent.channel.close()
    }
  }

  @Test func cancellingItsTaskStopsAServer() async throws {
    try await TestServer.run { server in
      let task = Task { await server.server.run() }
      let client = try await server.connect()
      #expect(try await client.call("ping").contains("pong"))
      task.cancel()
      #expect(await client.line() == nil)
      await task.value
    }
  }

  @Test func theKernelSaysWhoConnects() async throws {
    try await TestServer.run { server in
      let client = try await server.connect()
      _ = try await client.call("ping")
      let session = try #require(server.application.sessions.first)
      guard case .unix(let uid, let gid, let groups, let pid) = session.transport else {
        Issue.record("not a Unix socket: \(session.transport)")
        return
      }
      #expect(uid == getuid())
      #expect(gid == getgid())
      #expect(pid == getpid())
      #expect(groups.last != 0)

      _ = try await server.connect(false).call("ping")
      #expect(server.application.sessions.last?.transport == .tcp(address: "127.0.0.1"))
    }
  }

  @Test func aStaleSocketFileIsReplacedAndALiveOneIsNot() async throws {
    try await TestServer.run { server in
      guard case .unix(let path) = server.unix else { return }
      let other = RPCServer(application: ToyApplication(), logger: quiet)
      await #expect(throws: ListenError.pathInUse(path)) { try await other.bind(unixPath: path) }
      #expect(try await server.connect().call("ping").contains("pong"))

      let stale = TestServer.temporaryPath()
      close(try await boundSocket(as: stale))
      #expect(try await other.bind(unixPath: stale) == .unix(path: stale))
      await other.drain(within: .seconds(1))
      await #expect(throws: (any Error).self) { try await files.lstat(path: stale) }
    }
  }

  @Test func anAdoptedSocketOutlivesTheServer() async throws {
    let path = TestServer.temporaryPath()
    let descriptor = try await boundSocket(as: path)
    for _ in 0..<2 {
      let server = RPCServer(
        application: ToyApplication(), limits: TestServer.quickLimits, logger: quiet)
      try await server.adopt(descriptor: dup(descriptor))
      let client = try await TestClient.connect(to: .unix(path: path))
      #expect(try await client.call("ping").contains("pong"))
      async let drained: Void = server.drain(within: .seconds(1))
      #expect(await client.line() == nil)
      await drained
    }
    // Connections wait for whoever adopts it next.
    let early = try await TestClient.connect(to: .unix(path: path))
    early.post(request("ping"))
    let server = RPCServer(
      application: ToyApplication(), limits: TestServer.quickLimits, logger: quiet)
    try await server.adopt(descriptor: dup(descriptor))
    #expect(await early.line()?.contains("pong") == true)
    await server.drain(within: .seconds(1))
    close(descriptor)
    try await files.unlink(path: path)
  }

  @Test func aFileIsMadeWithItsMode() async throws {
    #expect(try await SystemCalls.withFileMode(0o660) { umask(0o117) } == 0o117)
  }

  @Test func anotherKindOfFileIsLeftAlone() async throws {
    let server = RPCServer(application: ToyApplication(), logger: quiet)
    await #expect(throws: (any Error).self) { try await server.bind(unixPath: "/dev/null") }
    await server.drain(within: .seconds(1))
  }

  // MARK: Helpers

  private let files = NonBlockingFileIO(threadPool: .singleton)

  private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// A Unix socket that is bound and listens, as systemd hands one over.
  private func boundSocket(as path: String) async throws -> Int32 {
    let first = TestServer.temporaryPath()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(unixDomainSocketPath: first).get()
    let descriptor = try await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: Int32.self) {
        dup($0)
      }
    }.get()
    // The channel removes its file when it is closed, so that is moved away.
    try await files.rename(path: first, newName: path)
    try await channel.close()
    return try #require(descriptor)
  }
}
