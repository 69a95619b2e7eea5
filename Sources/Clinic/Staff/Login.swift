import Bcrypt
package import JSONRPC
import Postgres
import Synchronization

/// Proves who a caller is, by password.
package struct Login: SessionMethod {
  package typealias Result = Credentials
  package static let name = "auth.login"
  package static let summary = "Logs in by password and binds this connection to the user."
  package static let roles = Roles.withoutLogin
  package static let errors: [Reason] = [.badCredentials, .tooManyAttempts, .busy]
  package static let profile = CallProfile.barrier

  package let username: TypedUsername
  package let password: TypedPassword

  /// What somebody sends from one address, byte by byte: to `String`, texts that look the same are
  /// equal.
  struct Attempt: Hashable, Sendable {
    private let pair: [UInt8]
    private let password: [UInt8]

    init(_ pair: String, _ password: TypedPassword) {
      self.pair = Array(pair.utf8)
      self.password = Array(password.rawValue.utf8)
    }
  }

  package func run(on session: Session, of clinic: Clinic) async throws -> Credentials {
    let source = session.source
    let account = try await provenAccount(on: session, in: clinic)
    let opened = try await clinic.postgres.withTransaction { transaction in
      var opened = try await LoginTable.open(
        account.user, epoch: account.epoch, source: source, in: transaction, of: clinic)
      transaction.audit(
        AuditEntry(
          by: Caller(account.user, from: source), method: Self.name,
          subject: Subject("user", account.user.id)))
      try await opened.readMember(in: transaction, of: clinic)
      return opened
    }
    if let member = opened.member { clinic.staff.take(member) }
    _ = try clinic.sessions.bind(session, to: opened.token)
    rehash(account, in: clinic)
    return opened.credentials
  }

  /// The user, if the password is right. Equal attempts at the same time, which the programs of a
  /// desk make when the machine comes up, count as one attempt if the password is right, and as
  /// many if it is wrong.
  private func provenAccount(
    on session: Session, in clinic: Clinic
  ) async throws -> LoginTable.Account {
    let network = session.network
    let hasher = clinic.hasher(for: session)
    let outcome = try await clinic.loginAttempts.run(Attempt("\(username)@\(network)", password)) {
      // The password would not be compared: so a flood costs Redis and PostgreSQL nothing.
      guard hasher.hasRoom else { throw ClinicError(.busy) }
      // An address may fail with as many users as a clinic behind it has, and not with as many as
      // guessing takes. Those who do not fail are not counted, however many come at once.
      try await clinic.throttle.require(
        .logins(source: network), below: 20 * clinic.settings.loginFailuresPerMinute)
      let account = try await clinic.throttle.attempt(limits(from: network, in: clinic)) { counts in
        try await slowDown(counts)
        return try await self.account(of: clinic, with: hasher)
      }
      if account != nil {
        await clinic.throttle.forgive(.login(username.rawValue, source: network))
        await clinic.throttle.takeBack([.user(username.rawValue)])
      }
      return account
    }
    if let account = outcome.value { return account }
    if !outcome.isOwn {
      try await slowDown(try await clinic.throttle.allow(limits(from: network, in: clinic)))
    }
    await clinic.throttle.note(.logins(source: network))
    throw ClinicError(.badCredentials)
  }

  /// Brings the password's hash to the configured cost: otherwise a wrong password and an unknown
  /// user would take different times (rule 51). Nobody waits for it. It is done for one user at a
  /// time, so that a thread is left for passwords that are waited for; for the others it is done at
  /// a later login.
  private func rehash(_ account: LoginTable.Account, in clinic: Clinic) {
    guard clinic.passwords.needsRehash(account.passwordHash),
      !clinic.isRehashing.exchange(true, ordering: .relaxed)
    else { return }
    let id = account.user.id
    let hasher = clinic.passwords.serving("user:\(id)", isInsider: true)
    Task(executorPreference: clinic.loop) {
      defer { clinic.isRehashing.store(false, ordering: .relaxed) }
      let hash = try await hasher.hash(password.rawValue)
      try await clinic.postgres.withTransaction { transaction in
        transaction.enqueue("SET LOCAL lock_timeout = '1s'")
        transaction.enqueue("SET LOCAL clinic.same_password = 'yes'")
        transaction.enqueue(
          """
          UPDATE users SET password_hash = \(hash) \
          WHERE id = \(id) AND password_hash = \(account.passwordHash)
          """)
      }
    }
  }

  /// The limits of an attempt. A user as such is never refused, only at an address.
  private func limits(
    from network: String, in clinic: Clinic
  ) -> [(target: Throttle.Target, limit: Int)] {
    let limit = clinic.settings.loginFailuresPerMinute
    return [
      (.user(username.rawValue), .max), (.login(username.rawValue, source: network), limit),
    ]
  }

  /// Guessing from many addresses slows the user down and locks nobody out.
  private func slowDown(_ counts: [Int]) async throws {
    if let ofUser = counts.first, ofUser > 20 { try await Task.sleep(for: .seconds(1)) }
  }

  /// The user, if the password is right and the user may come in. A wrong user and a wrong
  /// password take the same time and get the same answer (rule 51).
  private func account(
    of clinic: Clinic, with hasher: BcryptHasher
  ) async throws -> LoginTable.Account? {
    let account = try await clinic.postgres.query(
      LoginTable.Account.select(where: "username = \(username)")
    ).decode(as: LoginTable.Account.self).first
    guard let account else {
      try await hasher.checking { try await $0.verifyDummy(password.rawValue) }
      return nil
    }
    let isRight = try await hasher.isRight(password, for: account.passwordHash)
    return isRight && account.user.enabled ? account : nil
  }
}
