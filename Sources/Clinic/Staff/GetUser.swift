import JSONRPC
import Postgres

/// Gives one user.
package struct GetUser: Query {
  package typealias Result = User
  package static let name = "users.get"
  package static let summary = "Gives one user."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.notFound]

  package let id: ID<User>
  package var subject: Subject? { Subject("user", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> User {
    try await clinic.postgres.query("SELECT \(sql: User.columns) FROM users WHERE id = \(id)")
      .row(orMissing: "user", id)
  }
}
