import JSONRPC
import RPCClient

extension RPCConnection {
  private struct AccessToken: Encodable {
    var accessToken: String
  }
  private struct RefreshToken: Encodable {
    var refreshToken: String
  }
  /// Whatever the result holds.
  private struct Anything: Decodable {}

  /// Binds the connection to the user of a token.
  func authenticate(_ accessToken: String) async throws {
    let _: Anything = try await call(
      "auth.authenticate", params: AccessToken(accessToken: accessToken))
  }

  /// Exchanges a refresh token, which works once.
  func refresh(_ refreshToken: String) async throws -> Credentials {
    try await call("auth.refresh", params: RefreshToken(refreshToken: refreshToken))
  }
}

extension RPCError {
  var isNotAuthenticated: Bool { code == Code.notAuthenticated.rawValue }
}
