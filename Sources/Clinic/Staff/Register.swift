import Bcrypt
import JSONRPC
package import Postgres

/// Makes a user.
package struct Register: Command {
  package typealias Result = User
  package static let name = "auth.register"
  package static let summary = "Creates a user."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.usernameTaken, .emailTaken]
  package static let takesKey = false
  package static let sharesTransaction = false

  package let username: Username
  package let password: NewPassword
  package let fullName: PersonName
  package let role: Role
  package let email: EmailAddress?
  package let speciality: Line?
  package let room: Room?

  package func subject(of result: User) -> Subject? { Subject("user", result.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> User {
    let hash = try await clinic.passwords.checking { try await $0.hash(password.rawValue) }
    return try await transaction.query(
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
