import JSONRPC
import Logging
import Synchronization

@testable import RPCServer

/// A server of the toy application on a Unix socket and a TCP port.
struct TestServer {
  let application: ToyApplication
  let server: RPCServer
  let unix: ListenerAddress
  let tcp: ListenerAddress
  let web: ListenerAddress

  var hub: any NotificationHub { server.hub }

  /// Limits that make no test wait long.
  static var quickLimits: Limits {
    var limits = Limits()
    limits.lingerTime = .milliseconds(300)
    limits.cancellationGrace = .milliseconds(300)
    return limits
  }

  /// Runs `body` with a server that is drained afterwards.
  static func run(
    eventLoops: Int = 2, limits change: (inout Limits) -> Void = { _ in },
    web: WebConfiguration = WebConfiguration(),
    _ body: (TestServer) async throws -> Void
  ) async throws {
    var limits = quickLimits
    change(&limits)
    let application = ToyApplication()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = RPCServer(
      application: application, limits: limits, web: web, logger: logger,
      eventLoops: eventLoops)
    application.use(server.hub)
    let unix = try await server.bind(unixPath: temporaryPath())
    let tcp = try await server.bind(host: "127.0.0.1", port: 0)
    let webAddress = try await server.bind(host: "127.0.0.1", port: 0, speaking: .web)
    let result: Result<Void, any Error>
    do {
      try await body(
        TestServer(
          application: application, server: server, unix: unix, tcp: tcp, web: webAddress))
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await server.drain(within: .milliseconds(100))
    try result.get()
  }

  func connect(_ isUnix: Bool = true, reads: Bool = true) async throws -> TestClient {
    try await TestClient.connect(to: isUnix ? unix : tcp, reads: reads)
  }

  static func temporaryPath() -> String {
    "/tmp/rpcserver-\(UInt64.random(in: 0...UInt64.max)).sock"
  }

  func publish(_ version: Int64, size: Int = 0) {
    let padding = String(repeating: "x", count: size)
    hub.publish(
      Publication(
        version: version,
        body: Array(#"{"kind":"change","version":\#(version),"padding":"\#(padding)"}"#.utf8),
        snapshot: { Array(#""version":\#(version)"#.utf8) }),
      to: "c")
  }
}

/// Both kinds of sockets, for tests that hold for either.
let bothTransports = [true, false]
