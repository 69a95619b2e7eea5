import JSONRPC
import RPCClient

/// Binds new connections to the kept login, and renews that when it has expired.
struct Authenticator: Sendable {
  let endpoint: Endpoint
  /// Whether a login that has expired for good is a failure. If not, the connection stays a
  /// stranger's, or in the role that the kernel's word gives.
  let isRequired: Bool

  func callAsFunction(_ connection: RPCConnection) async throws {
    // Without a home there is no login.
    guard let store = try? LoginStore.ofThisUser(), let login = try store.login(at: endpoint)
    else { return }
    do {
      try await connection.authenticate(login.accessToken)
    } catch let error as RPCError where error.isNotAuthenticated {
      do {
        try await renew(login, in: store, over: connection)
      } catch let error as RPCError where error.isNotAuthenticated {
        guard isRequired else { return }
        throw Failure.failed(
          "the login of \(Printable.text(login.username)) has ended (\(error.reason)); "
            + "run clinicctl login, or clinicctl logout to go on without")
      }
    }
  }

  /// Renews the login. A refresh token works once, so only one process at a time uses it; the next
  /// one finds the new token.
  private func renew(
    _ expired: StoredLogin, in store: LoginStore, over connection: RPCConnection
  ) async throws {
    let lock = try store.lock()
    if let current = try store.login(at: endpoint), current != expired {
      return try await connection.authenticate(current.accessToken)
    }
    let login = try await connection.refresh(expired.refreshToken).login(at: endpoint)
    try store.save(login, under: lock)
    try await connection.authenticate(login.accessToken)
  }
}
