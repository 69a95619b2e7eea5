package import JSONRPC
import Postgres

/// Gives an approved device its tokens and binds this connection to it. Before the approval it
/// reports that it is still pending; called again because the answer was lost, it ends the first
/// tokens and gives others.
package struct ClaimDevice: SessionMethod {
  package struct Result: Codable, Sendable {
    /// PENDING until somebody has approved the code, then CLAIMED.
    package let status: Device.Status
    package let accessToken: String?
    package let refreshToken: String?
    package let tokenType: String?
    package let expiresIn: Int?
    package let user: User?

    init(_ status: Device.Status, _ credentials: Credentials? = nil) {
      self.status = status
      accessToken = credentials?.accessToken
      refreshToken = credentials?.refreshToken
      tokenType = credentials?.tokenType
      expiresIn = credentials?.expiresIn
      user = credentials?.user
    }
  }
  package static let name = "devices.claim"
  package static let summary = "Gives a device whose code was approved the tokens of its role."
  package static let roles = Roles.withoutLogin
  package static let errors: [Reason] = [.tokenInvalid, .tokenExpired, .tokenRevoked]
  package static let profile = CallProfile.barrier

  package let secret: OpaqueToken

  package func run(on session: Session, of clinic: Clinic) async throws -> Result {
    let opened = try await clinic.postgres.withTransaction { transaction -> OpenedLogin? in
      var opened = try await open(from: session.source, in: transaction, of: clinic)
      if let token = opened?.token {
        opened?.member = try await clinic.staff.read(token.userID, in: transaction)
      }
      return opened
    }
    guard let opened else { return Result(.pending) }
    if let member = opened.member { clinic.staff.take(member) }
    _ = try clinic.sessions.bind(session, to: opened.token)
    return Result(.claimed, opened.credentials)
  }

  private func open(
    from source: String, in transaction: Transaction, of clinic: Clinic
  ) async throws -> OpenedLogin? {
    let rows = try await transaction.query(
      """
      SELECT id, status, user_id, expires_at <= now(), \
      coalesce(claimed_at > now() - interval '10 minutes', false) \
      FROM devices WHERE secret_hash = \(Secret.hash(secret.rawValue)) FOR UPDATE
      """)
    guard let row = rows.first else { throw ClinicError(.tokenInvalid) }
    var cells = row.cells
    let id: ID<Device> = try cells.next()
    let status: Device.Status = try cells.next()
    let userID: ID<User>? = try cells.next()
    let isExpired: Bool = try cells.next()
    let wasJustClaimed: Bool = try cells.next()
    switch status {
    case .pending where isExpired: throw ClinicError(.tokenExpired)
    case .pending: return nil
    case .claimed where wasJustClaimed: break
    case .claimed, .revoked: throw ClinicError(.tokenRevoked)
    case .approved: break
    }
    let account = try await transaction.query(
      LoginTable.Account.select(where: "id = \(userID)")
    ).decode(as: LoginTable.Account.self).first
    guard let account, account.user.enabled else { throw ClinicError(.tokenRevoked) }
    transaction.enqueue(
      "UPDATE logins SET revoked_at = now() WHERE user_id = \(userID) AND revoked_at IS NULL")
    transaction.enqueue(
      """
      UPDATE devices SET status = 'CLAIMED', claimed_at = coalesce(claimed_at, now()) \
      WHERE id = \(id)
      """)
    transaction.audit(
      AuditEntry(
        by: Caller(account.user, from: source), method: Self.name, subject: Subject("device", id)))
    return try await LoginTable.open(
      account.user, epoch: account.epoch, source: source, in: transaction, of: clinic)
  }
}
