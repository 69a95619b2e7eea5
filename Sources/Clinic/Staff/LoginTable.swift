import Bcrypt
import JSONRPC
import Postgres

/// What a login gives.
package struct Credentials: Codable, Sendable {
  package let accessToken: String
  package let refreshToken: String
  package let tokenType: String
  /// Seconds until the access token expires.
  package let expiresIn: Int
  package let user: User
}

/// A login that was opened, or whose tokens were renewed: what its caller gets, and what the
/// connection is bound to.
struct OpenedLogin: Sendable {
  let credentials: Credentials
  let token: AccessToken
  /// The user, as read in the login's transaction, if this instance is to take that reading.
  var member: StaffDirectory.Member?

  /// Reads the user if this instance has not heard yet of what the login was opened with.
  mutating func readMember(in transaction: Transaction, of clinic: Clinic) async throws {
    guard clinic.staff.member(token.userID)?.epoch != token.epoch else { return }
    member = try await clinic.staff.read(token.userID, in: transaction)
  }
}

/// Logins and their refresh tokens, in PostgreSQL.
enum LoginTable {
  /// Opens a login for a user whose password was right.
  static func open(
    _ user: User, epoch: Int64, source: String, in transaction: Transaction, of clinic: Clinic
  ) async throws -> OpenedLogin {
    let rows = try await transaction.query(
      """
      INSERT INTO logins (user_id, epoch, source) VALUES (\(user.id), \(epoch), \(source)) \
      RETURNING id
      """)
    let login: Int64 = try rows.single()
    let (secret, _) = try await issueRefreshToken(for: login, in: transaction, of: clinic)
    return opened(for: user, login: login, epoch: epoch, refresh: secret, of: clinic)
  }

  static func issueRefreshToken(
    for login: Int64, in transaction: Transaction, of clinic: Clinic
  ) async throws -> (secret: String, id: Int64) {
    let secret = Secret.make()
    let rows = try await transaction.query(
      """
      INSERT INTO refresh_tokens (login_id, token_hash, expires_at) VALUES (\(login), \
      \(Secret.hash(secret)), now() + make_interval(days => \(Int32(clinic.settings.refreshTokenDays)))) \
      RETURNING id
      """)
    return (secret, try rows.single())
  }

  static func opened(
    for user: User, login: Int64, epoch: Int64, refresh: String, of clinic: Clinic
  ) -> OpenedLogin {
    let now = Instant.now
    let token = AccessToken(
      userID: user.id, loginID: login, epoch: epoch, issuedAt: now,
      expiresAt: now.adding(seconds: clinic.settings.accessTokenSeconds))
    let credentials = Credentials(
      accessToken: token.signed(with: clinic.sessions.signingKeys), refreshToken: refresh,
      tokenType: "Bearer", expiresIn: Int(clinic.settings.accessTokenSeconds), user: user)
    return OpenedLogin(credentials: credentials, token: token)
  }

  /// A user, with what a login needs to know.
  struct Account: RowDecodable {
    let passwordHash: String
    let epoch: Int64
    let user: User

    private static let columns: SQL = "password_hash, epoch, \(sql: User.columns)"

    static func select(where condition: SQL) -> SQL {
      "SELECT \(sql: columns) FROM users WHERE \(sql: condition)"
    }

    init(cells: inout Cells) throws(PostgresError) {
      passwordHash = try cells.next()
      epoch = try cells.next()
      user = try User(cells: &cells)
    }
  }
}

extension Clinic {
  /// The hash of a password, for whoever makes users without a running clinic.
  package static func passwordHash(of password: String, cost: Int) async throws -> String {
    try await BcryptHasher(cost: cost).hash(password)
  }
}
