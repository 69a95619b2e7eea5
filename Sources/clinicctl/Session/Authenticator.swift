import JSONRPC
import RPCClient

/// Binds new connections to the login that was kept, and renews that when it has expired.
struct Authenticator: Sendable {
  let endpoint: Endpoint
  /// Whether a login that has expired for good is a failure. Without it the connection stays what
  /// it is: unknown, or known to the kernel.
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

  /// A refresh token works once, so one process at a time uses it; who comes second finds the new
  /// one.
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
