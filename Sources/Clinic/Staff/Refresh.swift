package import JSONRPC
import Postgres

/// Exchanges a refresh token for new tokens. A refresh token works once; using it twice ends the
/// whole login, but for a device that lost the answer: the last one may be used again within 30
/// seconds, while its successor is unused.
package struct Refresh: SessionMethod {
  package typealias Result = Credentials
  package static let name = "auth.refresh"
  package static let summary = "Exchanges a refresh token for new tokens; each works once."
  package static let roles = Roles.anybody
  package static let errors: [Reason] = [.tokenInvalid, .tokenExpired, .tokenRevoked]
  package static let profile = CallProfile.barrier

  package let refreshToken: RefreshToken

  private enum Outcome: Sendable {
    case renewed(Credentials, AccessToken)
    case refused(Reason)
    case reused(login: Int64)
  }

  package func run(on session: Session, of clinic: Clinic) async throws -> Credentials {
    let outcome = try await clinic.postgres.withTransaction { transaction in
      try await exchange(from: session.source, in: transaction, of: clinic)
    }
    switch outcome {
    case .refused(let reason): throw ClinicError(reason)
    case .reused(let login):
      clinic.staff.note(ended: login)
      await clinic.logins.recheck(.login(login))
      throw ClinicError(.tokenRevoked)
    case .renewed(let credentials, let token):
      if (session.identity as? Identity)?.caller.userID == token.userID {
        _ = try clinic.logins.bind(session, to: token)
      }
      return credentials
    }
  }

  private func exchange(
    from source: String, in transaction: Transaction, of clinic: Clinic
  ) async throws -> Outcome {
    let rows = try await transaction.query(
      """
      SELECT t.id, t.login_id, t.expires_at <= now(), t.used_at IS NOT NULL, \
      t.used_at > now() - interval '30 seconds' AND s.used_at IS NULL, t.successor_id, \
      l.revoked_at IS NOT NULL OR l.epoch <> u.epoch, u.id \
      FROM refresh_tokens t JOIN logins l ON l.id = t.login_id JOIN users u ON u.id = l.user_id \
      LEFT JOIN refresh_tokens s ON s.id = t.successor_id \
      WHERE t.token_hash = \(Secret.hash(refreshToken.rawValue)) FOR UPDATE OF t, l
      """)
    guard let row = rows.first else { return .refused(.tokenInvalid) }
    var cells = row.cells
    let id: Int64 = try cells.next()
    let login: Int64 = try cells.next()
    let isExpired: Bool = try cells.next()
    let isUsed: Bool = try cells.next()
    let mayRepeat: Bool? = try cells.next()
    let successor: Int64? = try cells.next()
    let isRevoked: Bool = try cells.next()
    let userID: ID<User> = try cells.next()
    if isRevoked { return .refused(.tokenRevoked) }
    if isExpired { return .refused(.tokenExpired) }
    let account = try await transaction.query(
      "SELECT \(sql: Logins.Account.columns) FROM users WHERE id = \(userID)"
    ).decode(as: Logins.Account.self).first
    guard let account, account.user.enabled else { return .refused(.tokenRevoked) }
    let caller = Caller(
      role: account.user.role, userID: userID, name: account.user.username, source: source)
    let subject = Subject("user", userID)
    if isUsed {
      guard mayRepeat == true, let successor else {
        transaction.enqueue("UPDATE logins SET revoked_at = now() WHERE id = \(login)")
        transaction.enqueue(
          AuditEntry.insert([
            AuditEntry(
              by: caller, method: Self.name, subject: subject,
              outcome: Reason.tokenRevoked.rawValue, details: #"{"reused":true}"#)
          ]))
        return .reused(login: login)
      }
      transaction.enqueue("UPDATE refresh_tokens SET used_at = now() WHERE id = \(successor)")
    }
    let (secret, next) = try await Logins.issueRefreshToken(
      for: login, in: transaction, of: clinic)
    transaction.enqueue(
      """
      UPDATE refresh_tokens SET used_at = coalesce(used_at, now()), successor_id = \(next) \
      WHERE id = \(id)
      """)
    transaction.enqueue(
      AuditEntry.insert([AuditEntry(by: caller, method: Self.name, subject: subject)]))
    let (credentials, token) = Logins.credentials(
      for: account.user, login: login, epoch: account.epoch, refresh: secret, of: clinic)
    return .renewed(credentials, token)
  }
}
