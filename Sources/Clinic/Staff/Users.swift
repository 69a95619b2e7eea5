import Bcrypt
package import JSONRPC
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

/// Where a doctor sees patients, as boards show it.
package struct Room: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...40 }
  package static func checked(_ text: String) throws -> String { try text.trimmed.oneLine() }
}

package struct ListUsers: Query {
  package typealias Result = Page<User>
  package static let name = "users.list"
  package static let summary = "Lists users by id."
  package static let roles = Roles.only(.admin)

  package let role: Role?
  package let enabled: Bool?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<User> {
    let limit = limit ?? .standard
    let users = try await clinic.postgres.query(
      """
      SELECT \(sql: User.columns) FROM users WHERE id > \(cursor?.id ?? 0) \
      AND (\(role)::text IS NULL OR role = \(role)) \
      AND (\(enabled)::boolean IS NULL OR enabled = \(enabled)) \
      ORDER BY id LIMIT \(sql: limit.rows)
      """
    ).decode(as: User.self)
    return Page(users, limit: limit) { $0.id.description }
  }
}

package struct GetUser: Query {
  package typealias Result = User
  package static let name = "users.get"
  package static let summary = "Gives one user."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.noSuch]

  package let id: ID<User>
  package var subject: Subject? { Subject("user", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> User {
    try await clinic.postgres.query("SELECT \(sql: User.columns) FROM users WHERE id = \(id)")
      .row(orMissing: "user", id)
  }
}

/// Changes a user. Disabling one, or giving another role, ends that user's tokens, rights and
/// subscriptions at once (rule 46).
package struct UpdateUser: Command {
  package typealias Result = User
  package static let name = "users.update"
  package static let summary = "Changes a user; another role or being disabled acts at once."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.noSuch, .staleVersion, .emailTaken, .lastAdmin]

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
    if let version, version != before.version { throw ClinicError.stale(before.version) }
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
    await clinic.logins.recheck(.user(id))
  }
}

/// Gives a user another password and ends all of the user's logins.
package struct ResetPassword: Command {
  package typealias Result = Done
  package static let name = "users.reset_password"
  package static let summary = "Sets a user's password and ends all of the user's logins."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.noSuch, .staleVersion]
  package static let takesKey = false
  package static let sharesTransaction = false

  package let id: ID<User>
  package let newPassword: NewPassword
  package let version: RowVersion?

  package var subject: Subject? { Subject("user", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Done {
    let hash = try await clinic.passwords.checking { try await $0.hash(newPassword.rawValue) }
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
    await clinic.logins.recheck(.user(id))
  }
}

/// The doctors who work here.
package struct ListDoctors: Query {
  package struct Doctor: Codable, Sendable {
    package let id: ID<User>
    package let name: String
    package let speciality: String?
    package let room: String?
    /// Whether a patient is with the doctor now.
    package let servingNow: Bool
  }
  package struct Result: Codable, Sendable {
    package let items: [Doctor]
    package let nextCursor: String?
  }
  package static let name = "doctors.list"
  package static let summary = "Lists the active doctors: name, speciality, room, serving now."
  package static let roles = Roles.everybodyButDisplays

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let rows = try await clinic.postgres.query(
      """
      SELECT id, full_name, speciality, room, EXISTS (SELECT FROM queue_tokens t \
      WHERE t.date = current_date AND t.doctor_id = users.id AND t.status = 'WITH_DOCTOR') \
      FROM users WHERE role = 'DOCTOR' AND enabled ORDER BY full_name, id
      """)
    return Result(items: try rows.decode(as: Doctor.self), nextCursor: nil)
  }
}

extension ListDoctors.Doctor: RowDecodable {
  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    speciality = try cells.next()
    room = try cells.next()
    servingNow = try cells.next()
  }
}

extension Rows {
  /// The one row of a statement that always gives one.
  func row<T: RowDecodable>() throws -> T {
    guard let row = try decode(as: T.self).first else { throw StoreFailure.noRow }
    return row
  }

  /// The one row of a look-up by id, or `not_found`.
  func row<T: RowDecodable, E>(orMissing resource: String, _ id: ID<E>) throws -> T {
    guard let row = try decode(as: T.self).first else { throw ClinicError.notFound(resource, id) }
    return row
  }
}

extension ClinicError {
  static func stale(_ version: RowVersion) -> ClinicError {
    ClinicError(.staleVersion).with("version", .int(Int(version.rawValue)))
  }
}
