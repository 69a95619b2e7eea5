import JSONRPC

/// Tells that the daemon answers.
package struct Ping: Query {
  package struct Result: Codable, Sendable {
    let pong: Bool
  }
  package static let name = "system.ping"
  package static let summary = "Tells that the daemon answers."
  package static let roles = Roles.withoutLogin

  static let reply = Array(#"{"pong":true}"#.utf8)

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    Result(pong: true)
  }
}
