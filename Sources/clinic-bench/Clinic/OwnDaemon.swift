import Foundation
import NIOCore
import RPCClient

/// Another clinicd on the same stores, for what must be measured from its start.
struct OwnDaemon: Sendable {
  let program: Program
  let socket: String
  /// The time from before it was started until it had answered a call.
  let nanoseconds: UInt32

  static func start(in setting: Setting) async throws -> OwnDaemon {
    let scratch = setting.scratch
    let number = scratch.next()
    let state = scratch.path("state-\(number)")
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let socket = scratch.path("rpc-\(number)")
    let begin = NIODeadline.now()
    let program = try await Program.start(
      setting.program("clinicd"), [],
      environment: [
        "CLINIC_SOCKET": socket, "CLINIC_TCP_ADDRESS": "none", "CLINIC_WEB_ADDRESS": "none",
        "CLINIC_STATE_DIRECTORY": state,
      ], scratch: scratch)
    do {
      let connection = try await connect(to: socket, of: program)
      _ = try await connection.call("system.ping", rawParams: nil)
      let time = NIODeadline.now() - begin
      await connection.close()
      return OwnDaemon(
        program: program, socket: socket, nanoseconds: UInt32(clamping: time.nanoseconds))
    } catch {
      await program.stop()
      throw error
    }
  }

  /// Connects to the daemon, which listens once everything else is ready.
  private static func connect(
    to socket: String, of program: Program
  ) async throws -> RPCConnection {
    for _ in 0..<20_000 where program.isRunning {
      if FileManager.default.fileExists(atPath: socket),
        let connection = try? await RPCConnection.open(to: .unix(path: socket))
      {
        return connection
      }
      try await Task.sleep(for: .microseconds(500))
    }
    throw Failure("clinicd does not get ready: \(program.said)")
  }

  func stop() async { await program.stop() }
}
