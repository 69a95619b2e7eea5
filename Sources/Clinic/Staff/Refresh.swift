package import JSONRPC
import Postgres

/// Exchanges a refresh token for new tokens. A refresh token works once; using it twice ends the
/// whole login. Exception, for lost replies: while its successor is unused it may be used again, by
/// anyone within 30 seconds of its first use, by a paired device at any time before it expires.
package struct Refresh: SessionMethod {
  package typealias Result = Credentials
  package static let name = "auth.refresh"
  package static let summary = "Exchanges a refresh token for new tokens; each works once."
  package static let roles = Roles.withoutLogin
  package static let errors: [Reason] = [.tokenInvalid, .tokenExpired, .tokenRevoked]
  package static let profile = CallProfile.barrier

  package let refreshToken: OpaqueToken

  private enum Outcome: Sendable {
    case renewed(OpenedLogin)
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
      await clinic.sessions.recheck(.login(login))
      throw ClinicError(.tokenRevoked)
    case .renewed(let opened):
      if let member = opened.member { clinic.staff.take(member) }
      if session.clinicIdentity?.caller.userID == opened.token.userID {
        _ = try clinic.sessions.bind(session, to: opened.token)
      }
      return opened.credentials
    }
  }

  private func exchange(
    from source: String, in transaction: Transaction, of clinic: Clinic
  ) async throws -> Outcome {
    let hash = Secret.hash(refreshToken.rawValue)
    let login: SQL = "(SELECT login_id FROM refresh_tokens WHERE token_hash = \(hash))"
    // Nobody stands at a device to log it in again when an answer was lost with its network.
    let isDevice: SQL = """
      EXISTS (SELECT FROM logins l JOIN devices d ON d.user_id = l.user_id WHERE l.id = t.login_id)
      """
    let results = try await transaction.pipeline([
      // Whoever ends the login or changes the user comes before this or after it, and so does
      // another exchange of the login's tokens: those are read under these locks.
      """
      SELECT l.id, l.revoked_at IS NOT NULL OR l.epoch <> u.epoch FROM logins l \
      JOIN users u ON u.id = l.user_id WHERE l.id = \(sql: login) \
      FOR SHARE OF u FOR NO KEY UPDATE OF l
      """,
      """
      SELECT t.id, t.expires_at <= now(), t.used_at IS NOT NULL, \
      (t.used_at > now() - interval '30 seconds' OR \(sql: isDevice)) AND s.used_at IS NULL, \
      t.successor_id \
      FROM refresh_tokens t LEFT JOIN refresh_tokens s ON s.id = t.successor_id \
      WHERE t.token_hash = \(hash)
      """,
      LoginTable.Account.select(
        where: "id = (SELECT user_id FROM logins WHERE id = \(sql: login))"),
    ])
    guard let row = results[0].first, let found = results[1].first,
      let account = try results[2].decode(as: LoginTable.Account.self).first
    else { return .refused(.tokenInvalid) }
    var ofLogin = row.cells
    let loginID: Int64 = try ofLogin.next()
    let isRevoked: Bool = try ofLogin.next()
    var cells = found.cells
    let id: Int64 = try cells.next()
    let isExpired: Bool = try cells.next()
    let isUsed: Bool = try cells.next()
    let mayRepeat: Bool? = try cells.next()
    let successor: Int64? = try cells.next()
    if isRevoked || !account.user.enabled { return .refused(.tokenRevoked) }
    if isExpired { return .refused(.tokenExpired) }
    let caller = Caller(account.user, from: source)
    let subject = Subject("user", account.user.id)
    if isUsed {
      guard mayRepeat == true, let successor else {
        transaction.enqueue("UPDATE logins SET revoked_at = now() WHERE id = \(loginID)")
        transaction.audit(
          AuditEntry(
            by: caller, method: Self.name, subject: subject,
            outcome: Reason.tokenRevoked.rawValue, details: #"{"reused":true}"#))
        return .reused(login: loginID)
      }
      transaction.enqueue("UPDATE refresh_tokens SET used_at = now() WHERE id = \(successor)")
    }
    let (secret, next) = try await LoginTable.issueRefreshToken(
      for: loginID, in: transaction, of: clinic)
    transaction.enqueue(
      """
      UPDATE refresh_tokens SET used_at = coalesce(used_at, now()), successor_id = \(next) \
      WHERE id = \(id)
      """)
    transaction.audit(AuditEntry(by: caller, method: Self.name, subject: subject))
    var opened = LoginTable.opened(
      for: account.user, login: loginID, epoch: account.epoch, refresh: secret, of: clinic)
    try await opened.readMember(in: transaction, of: clinic)
    return .renewed(opened)
  }
}
