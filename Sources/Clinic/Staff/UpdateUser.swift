package import JSONRPC
package import Postgres

/// Changes a user. Disabling one, or giving another role, ends that user's tokens, rights and
/// subscriptions at once (rule 46).
package struct UpdateUser: Command {
  package typealias Result = User
  package static let name = "users.update"
  package static let summary = "Changes a user; another role or being disabled acts at once."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.notFound, .staleVersion, .emailTaken, .lastAdmin]

  package let id: ID<User>
  package let fullName: PersonName?
  package let email: Patch<EmailAddress>
  package let role: Role?
  package let enabled: Bool?
  package let speciality: Patch<Line>
  package let room: Patch<Room>
  package let version: RowVersion?

  package var subject: Subject? { Subject("user", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> User {
    // Two administrators who disable each other meet on the rows of all administrators.
    let admins = try await transaction.query(
      "SELECT id FROM users WHERE role = 'ADMIN' AND enabled ORDER BY id FOR UPDATE")
    let before = try await transaction.query(
      "SELECT \(sql: User.columns) FROM users WHERE id = \(id) FOR UPDATE"
    ).decode(as: User.self).first
    guard let before else { throw ClinicError.notFound("user", id) }
    try version.require(before.version)
    let stays = (role ?? before.role) == .admin && (enabled ?? before.enabled)
    if before.role == .admin, before.enabled, !stays, admins.count == 1 {
      throw ClinicError(.lastAdmin)
    }
    return try await transaction.query(
      """
      UPDATE users SET full_name = \(fullName?.rawValue ?? before.fullName), \
      email = \(email.applied(to: before.email.map(EmailAddress.init(rawValue:)))), \
      role = \(role ?? before.role), enabled = \(enabled ?? before.enabled), \
      speciality = \(speciality.applied(to: before.speciality.map(Line.init(rawValue:)))), \
      room = \(room.applied(to: before.room.map(Room.init(rawValue:)))), version = version + 1 \
      WHERE id = \(id) RETURNING \(sql: User.columns)
      """
    ).row()
  }

  package func committed(_ result: User, in clinic: Clinic) async {
    try? await clinic.staff.refresh(id)
    await clinic.sessions.recheck(.user(id))
  }
}
