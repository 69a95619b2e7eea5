package import JSONRPC
import Postgres

extension CallProfile {
  /// Calls after it on the same connection run with its outcome.
  static let barrier = CallProfile(isBarrier: true)
}

/// Binds this connection by an access token obtained before.
package struct Authenticate: SessionMethod {
  package struct Result: Codable, Sendable {
    package let user: WhoAmI.Result
    /// Seconds until the token expires.
    package let expiresIn: Int
  }
  package static let name = "auth.authenticate"
  package static let summary = "Binds this connection to the user of an access token."
  package static let roles = Roles.withoutLogin
  package static let errors: [Reason] = [.tokenInvalid, .tokenExpired, .tokenRevoked]
  package static let profile = CallProfile(isBarrier: true, needsConnection: true)

  package let accessToken: SignedToken

  package func run(on session: Session, of clinic: Clinic) async throws -> Result {
    let token = try AccessToken(
      verifying: accessToken.rawValue, with: clinic.logins.signingKeys, at: LoginBook.now)
    if clinic.staff.member(token.userID)?.epoch != token.epoch {
      try await clinic.staff.refresh(token.userID)
    }
    return try bind(session, to: token, in: clinic)
  }

  // Not inlined: Swift 6.3.1 crashes when it optimises this as a part of `run`.
  @inline(never)
  private func bind(
    _ session: Session, to token: AccessToken, in clinic: Clinic
  ) throws -> Result {
    let caller = try clinic.logins.bind(session, to: token)
    return Result(
      user: WhoAmI.Result(caller, in: clinic.staff),
      expiresIn: Int(token.expiresAt.seconds - LoginBook.now.seconds))
  }
}

/// Ends the login of this connection, with all its tokens.
package struct Logout: SessionMethod {
  package typealias Result = Done
  package static let name = "auth.logout"
  package static let summary = "Ends this connection's login and all of its tokens."
  package static let roles = Roles.withoutLogin
  package static let profile = CallProfile.barrier

  package func run(on session: Session, of clinic: Clinic) async throws -> Done {
    guard let identity = session.identity as? Identity, let token = identity.token else {
      return Done()
    }
    // The news of the end may come before the answer, and would tell boards of another reason.
    try await clinic.logins.renewing(session) {
      try await end(identity, token, in: clinic)
      clinic.logins.unbind(session, reason: "logged_out")
    }
    await clinic.logins.recheck(.login(token.loginID))
    return Done()
  }

  private func end(
    _ identity: Identity, _ token: AccessToken, in clinic: Clinic
  ) async throws {
    try await clinic.postgres.withTransaction { transaction in
      transaction.enqueue(
        """
        UPDATE logins SET revoked_at = now() WHERE id = \(token.loginID) AND revoked_at IS NULL
        """)
      transaction.enqueue(
        AuditEntry.insert([
          AuditEntry(
            by: identity.caller, method: Self.name, subject: Subject("user", token.userID))
        ]))
    }
    clinic.staff.note(ended: token.loginID)
  }
}

/// Tells callers who they are to the daemon.
package struct WhoAmI: Query {
  package struct Result: Codable, Sendable {
    package let role: Role
    package let id: ID<User>?
    package let username: String
    package let fullName: String?
    package let room: String?

    init(_ caller: Caller, in staff: StaffDirectory) {
      let member = caller.userID.flatMap { staff.member($0) }
      role = caller.role
      id = caller.userID
      username = caller.name
      fullName = member?.fullName
      room = member?.room
    }
  }
  package static let name = "auth.whoami"
  package static let summary = "Tells who this connection is taken for."
  package static let roles = Roles.loggedIn
  package static let profile = CallProfile.barrier

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    guard let caller else { throw ClinicError(.notAuthenticated) }
    return Result(caller, in: clinic.staff)
  }
}
