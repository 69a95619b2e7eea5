import JSONRPC
import Logging
import RPCClient
import RPCServer
import Synchronization

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
