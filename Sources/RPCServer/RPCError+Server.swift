import JSONRPC

/// The errors of the server itself.
extension RPCError {
  static let stopping = RPCError(.notNow, reason: "stopping", message: "The server is stopping.")

  static let needsConnection = RPCError(
    .notAllowed, reason: "needs_connection",
    message: "This binds to a connection: use a socket or a WebSocket.")

  static let cancelledBeforeStart = RPCError(
    .notNow, reason: "cancelled", message: "The call was cancelled before it started.")

  static func tooManyConnections(limit: Int, actual: Int) -> RPCError {
    RPCError(
      .tooMany, reason: "too_many_connections", message: "There are too many connections.",
      ["limit": .int(limit), "actual": .int(actual)])
  }

  static func tooManyUnfinished(limit: Int) -> RPCError {
    RPCError(
      .tooMany, reason: "too_many_unfinished",
      message: "Too many messages are on their way; try again.", ["limit": .int(limit)])
  }

  static func authenticationTimeout(limit: Duration, actual: Duration) -> RPCError {
    RPCError(
      .notAuthenticated, reason: "authentication_timeout",
      message: "The connection was not authenticated in time.",
      [
        "limit": .int(Int(limit.components.seconds)),
        "actual": .int(Int(actual.components.seconds)),
      ])
  }
}
