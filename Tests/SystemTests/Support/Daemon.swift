import Glibc
import Host
import JSONRPC
import RPCClient
import TestSupport
import Testing

/// One `clinicd`: a real process with sockets of its own.
final class Daemon: Sendable {
  let process: ChildProcess
  let socket: String

  init(_ number: Int, settings: [String: String], in folder: String) throws {
    // Under a name of its own: whoever ends a clinicd by its name does not mean a test's.
    let program = "\(folder)/clinicd-test"
    if !SmallFile.exists(program) {
      try TemporaryFolder.link(program, to: try testSetting("CLINIC_TEST_BIN") + "/clinicd")
    }
    socket = "\(folder)/rpc\(number).sock"
    var settings = settings
    settings["CLINIC_SOCKET"] = socket
    process = ChildProcess(
      program, environment: settings, in: folder, log: "\(folder)/clinicd\(number).log")
  }

  func start() async throws {
    let before = ready.count
    try process.start()
    try await eventually(within: .seconds(60), "clinicd is ready") {
      if process.hasEnded {
        Issue.record("clinicd has ended:\n\(process.output)")
        throw CancellationError()
      }
      return ready.count > before
    }
  }

  /// Ends it in order, waits, and starts it again.
  func restart() async throws {
    await process.stop(SIGTERM)
    try await start()
  }

  /// The lines in which it said that it was ready.
  private var ready: [Substring] {
    process.output.split(separator: "\n").filter { $0.contains(": ready ") }
  }

  var unix: Endpoint { .unix(path: socket) }

  /// The TCP listener's port was free: the log tells it.
  var tcp: Endpoint {
    get throws {
      .tcp(host: "127.0.0.1", port: try port(after: "127.0.0.1:"))
    }
  }

  /// The web listener's port, likewise.
  var webPort: Int {
    get throws { try port(after: "://127.0.0.1:") }
  }

  private func port(after mark: String) throws -> Int {
    let line = try #require(ready.last)
    let mark = try #require(line.firstRange(of: mark))
    return try #require(Int(line[mark.upperBound...].prefix(while: \.isNumber)))
  }
}
