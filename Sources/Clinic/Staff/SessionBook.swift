package import JSONRPC
import Postgres
import Synchronization

/// Who is behind each connection, and until when.
package final class SessionBook: Sendable {
  private let settings: Settings
  private let staff: StaffDirectory
  private let postgres: PostgresClient
  private let hub: any NotificationHub
  private let keys: Mutex<SigningKeys>
  /// The open connections. A connection that was closed before a call has bound it is not among
  /// them.
  private let connections = Mutex<[UInt64: Session]>([:])
  /// The connections whose token is just being exchanged.
  private let renewing = Mutex<Set<UInt64>>([])

  init(
    settings: Settings, staff: StaffDirectory, postgres: PostgresClient, hub: any NotificationHub
  ) {
    self.settings = settings
    self.staff = staff
    self.postgres = postgres
    self.hub = hub
    keys = Mutex(SigningKeys(algorithm: settings.signatureAlgorithm, current: settings.secretKey))
  }

  package var signingKeys: SigningKeys {
    get { keys.withLock { $0 } }
    set { keys.withLock { $0 = newValue } }
  }

  // MARK: - Connections

  /// Notes a new connection, and what it may do without a login.
  package func opened(_ session: Session) {
    session.identity = givenIdentity(of: session)
    if session.identity != nil { session.isAuthenticated = true }
    if session.kind == .connection { connections.withLock { $0[session.id] = session } }
  }

  package func closed(_ session: Session) {
    _ = connections.withLock { $0.removeValue(forKey: session.id) }
  }

  /// What the kernel's word, or a certificate, gives without a login.
  private func givenIdentity(of session: Session) -> Identity? {
    let role: Role?
    let name: String
    switch session.transport {
    case .unix(let uid, let gid, let groups, _):
      role =
        settings.rolesByUID[uid]
        ?? ([gid] + groups).lazy.compactMap { self.settings.rolesByGID[$0] }.first
      name = "uid:\(uid)"
    case .tls(_, let subject):
      role = settings.rolesByCertificate[subject]
      name = "certificate:\(subject)"
    case .tcp: return nil
    }
    guard let role else { return nil }
    return Identity(
      caller: Caller(role: role, userID: nil, name: name, source: session.source), token: nil)
  }

  /// Binds a connection to a token's user. Binding the same user extends the connection and keeps
  /// its subscriptions. Another user ends them, and so does the end of the rights that they were
  /// made with, of which this instance may not have heard yet. Nothing binds to a stand-alone HTTP
  /// request.
  package func bind(_ session: Session, to token: AccessToken) throws(ClinicError) -> Caller {
    let caller = try caller(with: token, on: session)
    guard session.kind == .connection else { return caller }
    if let before = session.clinicIdentity {
      if before.caller.userID != caller.userID {
        hub.end(subscriptionsOf: session, reason: "other_user")
      } else if before.caller.role != caller.role
        || before.token?.epoch != token.epoch && !isRenewing(session)
      {
        hub.end(subscriptionsOf: session, reason: Reason.tokenRevoked.rawValue)
      }
    }
    session.identity = Identity(caller: caller, token: token)
    session.isAuthenticated = true
    return caller
  }

  /// Takes away what a login gave; what the kernel's word gives stays.
  package func unbind(_ session: Session, reason: String) {
    hub.end(subscriptionsOf: session, reason: reason)
    session.identity = givenIdentity(of: session)
    session.isAuthenticated = session.identity != nil
  }

  // MARK: - Calls

  /// Who calls, as of now: a token that has ended ends the connection's rights with it.
  package func caller(of session: Session) async throws -> Caller? {
    if case .request(let bearer?) = session.kind {
      return try await caller(bearing: bearer, on: session)
    }
    guard let identity = session.clinicIdentity else { return nil }
    guard let token = identity.token else { return identity.caller }
    guard token.isLive(at: .now) else { throw ClinicError(.tokenExpired) }
    if !staff.isTrusted { try await confirm(token) }
    _ = try verify(token)
    return identity.caller
  }

  /// Reads an access token that has not expired.
  func token(_ text: String) throws(ClinicError) -> AccessToken {
    try AccessToken(
      verifying: text, with: signingKeys, living: settings.accessTokenSeconds, at: .now)
  }

  /// Who sends a stand-alone HTTP request, by the access token that came with it.
  private func caller(bearing bearer: String, on session: Session) async throws -> Caller {
    let token = try token(bearer)
    if !staff.isTrusted {
      try await confirm(token)
    } else if staff.member(token.userID)?.epoch != token.epoch {
      try await staff.refresh(token.userID)
    }
    let caller = try caller(with: token, on: session)
    session.identity = Identity(caller: caller, token: token)
    session.isAuthenticated = true
    return caller
  }

  private func caller(
    with token: AccessToken, on session: Session
  ) throws(ClinicError) -> Caller {
    let member = try verify(token)
    return Caller(
      role: member.role, userID: member.id, name: member.username, source: session.source)
  }

  /// The user of a token, if the token still holds.
  private func verify(_ token: AccessToken) throws(ClinicError) -> StaffDirectory.Member {
    guard let member = staff.member(token.userID), member.isEnabled, member.epoch == token.epoch,
      !staff.isEnded(login: token.loginID)
    else { throw ClinicError(.tokenRevoked) }
    return member
  }

  /// Asks PostgreSQL about the token, while the directory cannot be relied on.
  private func confirm(_ token: AccessToken) async throws {
    let rows = try await postgres.query(
      """
      SELECT 1 FROM users JOIN logins ON logins.user_id = users.id \
      WHERE users.id = \(token.userID) AND users.enabled AND users.epoch = \(token.epoch) \
      AND logins.id = \(token.loginID) AND logins.epoch = users.epoch AND revoked_at IS NULL
      """)
    if rows.isEmpty { throw ClinicError(.tokenRevoked) }
    try await staff.refresh(token.userID)
  }

  /// Runs a step that ends a connection's token and gives it another one. Whether the rights have
  /// ended is checked afterwards: news of the end may come before the new token is bound.
  func renewing<Value>(
    _ session: Session, _ body: () async throws -> Value
  ) async throws -> Value {
    renewing.withLock { _ = $0.insert(session.id) }
    defer {
      renewing.withLock { _ = $0.remove(session.id) }
      recheck(session)
    }
    return try await body()
  }

  // MARK: - Ends

  /// Ends the rights of the connections that a change affects.
  func recheck(_ change: StaffDirectory.Change) async {
    for session in connections.withLock({ Array($0.values) }) {
      guard let token = session.clinicIdentity?.token else { continue }
      switch change {
      case .user(let id) where id != token.userID: continue
      case .login(let id) where id != token.loginID: continue
      default: recheck(session)
      }
    }
  }

  /// Ends subscriptions whose token has expired, and all of them while it is unknown whether their
  /// users may still see anything.
  func run() async {
    while !Task.isCancelled {
      for session in connections.withLock({ Array($0.values) }) { recheck(session) }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Ends the subscriptions of a connection whose token has ended.
  func recheck(_ session: Session) {
    guard let token = session.clinicIdentity?.token else { return }
    if !token.isLive(at: .now) {
      hub.end(subscriptionsOf: session, reason: Reason.tokenExpired.rawValue)
    } else if (try? verify(token)) == nil, !isRenewed(session, token) {
      hub.end(subscriptionsOf: session, reason: Reason.tokenRevoked.rawValue)
    }
  }

  /// Whether a token that has ended is being exchanged, or has been exchanged meanwhile.
  private func isRenewed(_ session: Session, _ token: AccessToken) -> Bool {
    isRenewing(session) || session.clinicIdentity?.token != token
  }

  private func isRenewing(_ session: Session) -> Bool {
    renewing.withLock { $0.contains(session.id) }
  }
}
