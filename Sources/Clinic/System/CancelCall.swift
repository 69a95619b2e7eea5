package import JSONRPC

/// `rpc.cancel` as discovery tells of it. The server answers it itself, because it knows the calls of
/// a connection.
package struct CancelCall: Method {
  package struct Result: Codable, Sendable {
    /// Whether there was such a call, running or waiting.
    let cancelled: Bool
  }
  package static let name = "rpc.cancel"
  package static let summary = "Cancels the calls of this connection that have an id."
  package static let roles = Roles.withoutLogin
  package static let profile = CallProfile(needsConnection: true)

  package let id: RequestID
}
