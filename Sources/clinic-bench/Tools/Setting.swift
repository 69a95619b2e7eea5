import Foundation
import JSONRPC
import NIOCore
import RPCClient

/// The running daemon, its stores, and how long to measure.
struct Setting: Sendable {
  let socket: String
  let daemon: ProcessFigures
  let client: RPCClient
  let postgres: Postgres
  let mongo: String
  let redis: (socket: String, password: String)
  let scratch: Scratch
  /// Where the daemon's and this program's files are.
  let programs: String
  /// A file with the passwords of the demo clinic's users.
  private let credentials: String
  let isQuick: Bool
  /// How long each measurement takes at least.
  let seconds: Double

  var warmUp: Double { isQuick ? 0.3 : 1 }

  init(pid: Int32?, seconds: Double, isQuick: Bool, scratch: Scratch) async throws {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String) throws -> String {
      guard let value = environment[name], !value.isEmpty else {
        throw Failure("\(name) is not set; run this by `make bench`")
      }
      return value
    }
    self.scratch = scratch
    self.seconds = seconds
    self.isQuick = isQuick
    socket = try value("CLINIC_SOCKET")
    postgres = try Postgres(
      url: try value("DATABASE_URL"), timeZone: environment["CLINIC_TIME_ZONE"] ?? "UTC",
      scratch: scratch)
    guard let parts = URLComponents(string: try value("REDIS_URL")), !parts.path.isEmpty else {
      throw Failure("REDIS_URL is not that of a Unix socket")
    }
    redis = (parts.path, parts.password ?? "")
    credentials = try value("CLINIC_HOME") + "/credentials.json"
    mongo = try value("MONGO_URL")
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    programs = URL(fileURLWithPath: own).deletingLastPathComponent().path
    if let pid {
      daemon = ProcessFigures(pid: pid)
    } else {
      daemon = try await ProcessFigures.listener(on: socket)
    }
    client = try await RPCClient.connect(to: .unix(path: socket))
  }

  /// A message that makes a connection that of one of the demo clinic's users: `display`,
  /// `reception`, `pharmacist`.
  func login(as user: String) async throws -> ByteBuffer {
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: credentials)))
    guard let known = try JSONDocument(parsing: bytes).root[user] else {
      throw Failure("\(credentials) has no user `\(user)`")
    }
    var params = JSONWriter()
    params.value(known)
    let connection = try await RPCConnection.open(to: .unix(path: socket))
    let login = try await connection.call("auth.login", rawParams: params.finish())
    await connection.close()
    guard let token = login["access_token"]?.string else { throw Failure("no login as \(user)") }
    return Request.line("auth.authenticate", #"{"access_token":"\#(token)"}"#)
  }

  /// Another instance of a program of ours.
  func program(_ name: String) -> String { programs + "/" + name }
}
