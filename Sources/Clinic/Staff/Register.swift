import Bcrypt
import JSONRPC
package import Postgres

/// Makes a user.
package struct Register: Command {
  package typealias Result = User
  package static let name = "auth.register"
  package static let summary = "Creates a user."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.usernameTaken, .emailTaken, .busy]
  package static let takesKey = false

  package let username: Username
  package let password: NewPassword
  package let fullName: PersonName
  package let role: Role
  package let email: EmailAddress?
  package let speciality: Line?
  package let room: Room?

  /// The password's hash, computed before the transaction, which others would wait for.
  private var hash: String?

  private enum CodingKeys: CodingKey {
    case username, password, fullName, role, email, speciality, room
  }

  package func subject(of result: User) -> Subject? { Subject("user", result.id) }

  package mutating func prepare(in clinic: Clinic, by caller: Caller) async throws {
    hash = try await clinic.hasher(for: caller).checking { try await $0.hash(password.rawValue) }
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> User {
    try await transaction.query(
      """
      INSERT INTO users (username, email, password_hash, full_name, role, speciality, room) VALUES \
      (\(username), \(email), \(hash), \(fullName), \(role), \(speciality), \(room)) \
      RETURNING \(sql: User.columns)
      """
    ).row()
  }

  package func committed(_ result: User, in clinic: Clinic) async {
    try? await clinic.staff.refresh(result.id)
  }
}
