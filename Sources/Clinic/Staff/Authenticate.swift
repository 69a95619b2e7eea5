package import JSONRPC
import Postgres

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
    let token = try clinic.sessions.token(accessToken.rawValue)
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
    let caller = try clinic.sessions.bind(session, to: token)
    return Result(
      user: WhoAmI.Result(caller, in: clinic.staff),
      expiresIn: Int(token.expiresAt.seconds - Instant.now.seconds))
  }
}
