import Bcrypt
package import JSONRPC
import Postgres

/// Changes one's own password. Every other login of the user ends; this connection goes on with
/// the tokens of the result.
package struct ChangePassword: SessionMethod {
  package typealias Result = Credentials
  package static let name = "auth.change_password"
  package static let summary = "Changes the caller's own password and ends all other logins."
  package static let roles = Roles.loggedInExceptDisplays
  package static let errors: [Reason] = [
    .badCredentials, .samePassword, .noStaffIdentity, .tooManyAttempts, .tokenRevoked, .busy,
  ]
  package static let profile = CallProfile.barrier

  package let currentPassword: TypedPassword
  package let newPassword: NewPassword

  package func run(on session: Session, of clinic: Clinic) async throws -> Credentials {
    guard let identity = session.clinicIdentity else {
      throw ClinicError(.notAuthenticated)
    }
    let id = try identity.caller.requireUser()
    let hasher = clinic.hasher(for: identity.caller)
    let account = try await clinic.throttle.attempt([
      (.passwordChange(id), clinic.settings.loginFailuresPerMinute)
    ]) { _ in
      let account = try await clinic.postgres.query(
        LoginTable.Account.select(where: "id = \(id)")
      ).decode(as: LoginTable.Account.self).first
      guard let account, try await hasher.isRight(currentPassword, for: account.passwordHash)
      else { throw ClinicError(.badCredentials) }
      return account
    }
    await clinic.throttle.forgive(.passwordChange(id))
    guard currentPassword.rawValue != newPassword.rawValue else {
      throw ClinicError(.samePassword)
    }
    let hash = try await hasher.checking { try await $0.hash(newPassword.rawValue) }
    let credentials = try await clinic.sessions.renewing(session) {
      let opened = try await change(
        to: hash, of: account, by: identity.caller, from: session.source, in: clinic)
      if let member = opened.member { clinic.staff.take(member) }
      _ = try clinic.sessions.bind(session, to: opened.token)
      return opened.credentials
    }
    await clinic.sessions.recheck(.user(id))
    return credentials
  }

  private func change(
    to hash: String, of account: LoginTable.Account, by caller: Caller, from source: String,
    in clinic: Clinic
  ) async throws -> OpenedLogin {
    let id = account.user.id
    return try await clinic.postgres.withTransaction { transaction in
      let rows = try await transaction.query(
        """
        UPDATE users SET password_hash = \(hash), version = version + 1 WHERE id = \(id) \
        AND epoch = \(account.epoch) RETURNING \(sql: StaffDirectory.columns)
        """)
      guard let member = try rows.decode(as: StaffDirectory.Member.self).first else {
        throw ClinicError(.tokenRevoked)
      }
      var opened = try await LoginTable.open(
        account.user, epoch: member.epoch, source: source, in: transaction, of: clinic)
      opened.member = member
      transaction.audit(AuditEntry(by: caller, method: Self.name, subject: Subject("user", id)))
      return opened
    }
  }
}
