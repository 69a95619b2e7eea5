package import JSONRPC
import Postgres

/// Ends the login of this connection, with all its tokens.
package struct Logout: SessionMethod {
  package typealias Result = Done
  package static let name = "auth.logout"
  package static let summary = "Ends this connection's login and all of its tokens."
  package static let roles = Roles.withoutLogin
  package static let errors: [Reason] = [.tokenInvalid, .tokenExpired]
  package static let profile = CallProfile.barrier

  package func run(on session: Session, of clinic: Clinic) async throws -> Done {
    guard let identity = session.clinicIdentity, let token = identity.token else {
      try await requireNoToken(session, in: clinic)
      return Done()
    }
    // The news of the end may come before the answer, and would tell boards of another reason.
    try await clinic.sessions.renewing(session) {
      try await end(identity, token, in: clinic)
      clinic.sessions.unbind(session, reason: "logged_out")
    }
    await clinic.sessions.recheck(.login(token.loginID))
    return Done()
  }

  /// A request's token that is not valid any more cannot end its login; one whose login has ended
  /// need not.
  private func requireNoToken(_ session: Session, in clinic: Clinic) async throws {
    guard case .request(.some) = session.kind else { return }
    do {
      _ = try await clinic.sessions.caller(of: session)
    } catch let error as ClinicError where error.reason == .tokenRevoked {}
  }

  private func end(
    _ identity: Identity, _ token: AccessToken, in clinic: Clinic
  ) async throws {
    try await clinic.postgres.withTransaction { transaction in
      transaction.enqueue(
        """
        UPDATE logins SET revoked_at = now() WHERE id = \(token.loginID) AND revoked_at IS NULL
        """)
      transaction.audit(
        AuditEntry(by: identity.caller, method: Self.name, subject: Subject("user", token.userID)))
    }
    clinic.staff.note(ended: token.loginID)
  }
}
