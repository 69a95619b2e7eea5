import Bcrypt
import JSONRPC
package import Postgres

/// Gives a user another password and ends all of the user's logins.
package struct ResetPassword: Command {
  package typealias Result = Done
  package static let name = "users.reset_password"
  package static let summary = "Sets a user's password and ends all of the user's logins."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.notFound, .staleVersion, .busy]

  package let id: ID<User>
  package let newPassword: NewPassword
  package let version: RowVersion?

  /// Computed before the transaction: others would wait for it.
  private var hash: String?

  private enum CodingKeys: CodingKey { case id, newPassword, version }

  package var subject: Subject? { Subject("user", id) }

  package mutating func prepare(in clinic: Clinic, by caller: Caller) async throws {
    hash = try await clinic.hasher(for: caller).checking { try await $0.hash(newPassword.rawValue) }
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Done {
    let rows = try await transaction.query(
      """
      UPDATE users SET password_hash = \(hash), version = version + 1 WHERE id = \(id) \
      AND (\(version)::bigint IS NULL OR version = \(version)) RETURNING id
      """)
    if rows.isEmpty {
      let stored: User = try await transaction.query(
        "SELECT \(sql: User.columns) FROM users WHERE id = \(id)"
      ).row(orMissing: "user", id)
      throw ClinicError.stale(stored.version)
    }
    return Done()
  }

  package func committed(_ result: Done, in clinic: Clinic) async {
    try? await clinic.staff.refresh(id)
    await clinic.sessions.recheck(.user(id))
  }
}
