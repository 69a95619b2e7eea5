import Bcrypt
package import JSONRPC
import Postgres

extension CallProfile {
  /// What comes after it on its connection runs with its outcome.
  static let barrier = CallProfile(isBarrier: true)
}

/// Proves who a caller is, by password.
package struct Login: SessionMethod {
  package typealias Result = Credentials
  package static let name = "auth.login"
  package static let summary = "Logs in by password and binds this connection to the user."
  package static let roles = Roles.anybody
  package static let errors: [Reason] = [.badCredentials, .tooManyAttempts, .busy]
  package static let profile = CallProfile.barrier

  package let username: TypedUsername
  package let password: TypedPassword

  /// What one user from one address sends.
  struct Attempt: Hashable, Sendable {
    let pair: String
    let password: String
  }

  package func run(on session: Session, of clinic: Clinic) async throws -> Credentials {
    let source = session.source
    let account = try await provenAccount(from: source, in: clinic)
    let (credentials, token) = try await clinic.postgres.withTransaction { transaction in
      let opened = try await Logins.open(
        account.user, epoch: account.epoch, source: source, in: transaction, of: clinic)
      let caller = Caller(
        role: account.user.role, userID: account.user.id, name: account.user.username,
        source: source)
      transaction.enqueue(
        AuditEntry.insert([
          AuditEntry(by: caller, method: Self.name, subject: Subject("user", account.user.id))
        ]))
      return opened
    }
    if clinic.staff.member(account.user.id)?.epoch != account.epoch {
      try await clinic.staff.refresh(account.user.id)
    }
    _ = try clinic.logins.bind(session, to: token)
    return credentials
  }

  /// The user, whose password is right. Many who send the same at the same time, as the programs
  /// of a desk do when the machine comes up, are one attempt if it is right and many if it is not.
  private func provenAccount(from source: String, in clinic: Clinic) async throws -> Logins.Account
  {
    let pair = "\(username)@\(source)"
    let attempt = Attempt(pair: pair, password: password.rawValue)
    let outcome = try await clinic.loginAttempts.run(attempt) {
      try await count(pair, in: clinic)
      let account = try await account(of: clinic)
      if account != nil {
        await clinic.throttle.forgive(pair)
        await clinic.throttle.takeBack(username.rawValue)
      }
      return account
    }
    if let account = outcome.value { return account }
    if !outcome.isOwn { try await count(pair, in: clinic) }
    throw ClinicError(.badCredentials)
  }

  private func count(_ pair: String, in clinic: Clinic) async throws {
    try await clinic.throttle.allow(pair, upTo: clinic.settings.loginFailuresPerMinute)
    // Guessing from many addresses slows the user down and locks nobody out.
    if await clinic.throttle.attempt(username.rawValue).count > 20 {
      try await Task.sleep(for: .seconds(1))
    }
  }

  /// The user, if the password is right and the user may come in. A wrong user and a wrong
  /// password take the same time and get the same answer (rule 51).
  private func account(of clinic: Clinic) async throws -> Logins.Account? {
    let account = try await clinic.postgres.query(
      "SELECT \(sql: Logins.Account.columns) FROM users WHERE username = \(username)"
    ).decode(as: Logins.Account.self).first
    guard let account else {
      try await clinic.passwords.checking { try await $0.verifyDummy(password.rawValue) }
      return nil
    }
    let isRight = try await clinic.passwords.isRight(password, for: account.passwordHash)
    return isRight && account.user.enabled ? account : nil
  }
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
  package static let roles = Roles.anybody
  package static let errors: [Reason] = [.tokenInvalid, .tokenExpired, .tokenRevoked]
  package static let profile = CallProfile(isBarrier: true, needsConnection: true)

  package let accessToken: TypedPassword

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

/// Ends the login of this connection, its tokens too.
package struct Logout: SessionMethod {
  package typealias Result = Done
  package static let name = "auth.logout"
  package static let summary = "Ends this connection's login and all of its tokens."
  package static let roles = Roles.anybody
  package static let profile = CallProfile.barrier

  package func run(on session: Session, of clinic: Clinic) async throws -> Done {
    guard let identity = session.identity as? Identity, let token = identity.token else {
      return Done()
    }
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
    clinic.logins.unbind(session, reason: "logged_out")
    await clinic.logins.recheck(.login(token.loginID))
    return Done()
  }
}

/// Tells callers who the daemon takes them for.
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
  package static let roles = Roles.everybody
  package static let profile = CallProfile.barrier

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    guard let caller else { throw ClinicError(.notAuthenticated) }
    return Result(caller, in: clinic.staff)
  }
}

/// Changes one's own password. Every other login of the user ends; this connection goes on with
/// the tokens of the result.
package struct ChangePassword: SessionMethod {
  package typealias Result = Credentials
  package static let name = "auth.change_password"
  package static let summary = "Changes the caller's own password and ends all other logins."
  package static let roles = Roles.everybodyButDisplays
  package static let errors: [Reason] = [
    .badCredentials, .samePassword, .noStaffIdentity, .tooManyAttempts, .tokenRevoked, .busy,
  ]
  package static let profile = CallProfile.barrier

  package let currentPassword: TypedPassword
  package let newPassword: NewPassword

  package func run(on session: Session, of clinic: Clinic) async throws -> Credentials {
    guard let identity = session.identity as? Identity else {
      throw ClinicError(.notAuthenticated)
    }
    let id = try identity.caller.requireUser()
    let pair = "password:\(id)"
    try await clinic.throttle.allow(pair, upTo: clinic.settings.loginFailuresPerMinute)
    let account = try await clinic.postgres.query(
      "SELECT \(sql: Logins.Account.columns) FROM users WHERE id = \(id)"
    ).decode(as: Logins.Account.self).first
    guard let account,
      try await clinic.passwords.isRight(currentPassword, for: account.passwordHash)
    else { throw ClinicError(.badCredentials) }
    await clinic.throttle.forgive(pair)
    guard currentPassword.rawValue != newPassword.rawValue else {
      throw ClinicError(.samePassword)
    }
    let hash = try await clinic.passwords.checking { try await $0.hash(newPassword.rawValue) }
    let credentials = try await clinic.logins.renewing(session) {
      let (credentials, token) = try await change(
        to: hash, of: account, by: identity.caller, from: session.source, in: clinic)
      try await clinic.staff.refresh(id)
      _ = try clinic.logins.bind(session, to: token)
      return credentials
    }
    await clinic.logins.recheck(.user(id))
    return credentials
  }

  private func change(
    to hash: String, of account: Logins.Account, by caller: Caller, from source: String,
    in clinic: Clinic
  ) async throws -> (Credentials, AccessToken) {
    let id = account.user.id
    return try await clinic.postgres.withTransaction { transaction in
      let rows = try await transaction.query(
        """
        UPDATE users SET password_hash = \(hash), version = version + 1 WHERE id = \(id) \
        AND epoch = \(account.epoch) RETURNING epoch
        """)
      guard !rows.isEmpty else { throw ClinicError(.tokenRevoked) }
      let opened = try await Logins.open(
        account.user, epoch: try rows.single(), source: source, in: transaction, of: clinic)
      transaction.enqueue(
        AuditEntry.insert([
          AuditEntry(by: caller, method: Self.name, subject: Subject("user", id))
        ]))
      return opened
    }
  }
}

extension BcryptHasher {
  /// Runs work of the hasher; its queue being full is `busy` to a caller. A password that is too
  /// long for any hash is a wrong one.
  func checking<T>(_ work: (BcryptHasher) async throws -> T) async throws -> T {
    do {
      return try await work(self)
    } catch BcryptError.busy {
      throw ClinicError(.busy)
    } catch BcryptError.passwordTooLong, BcryptError.passwordHasNull {
      throw ClinicError(.badCredentials)
    }
  }

  func isRight(_ password: TypedPassword, for hash: String) async throws -> Bool {
    try await checking { try await $0.verify(password.rawValue, against: hash) }
  }
}
