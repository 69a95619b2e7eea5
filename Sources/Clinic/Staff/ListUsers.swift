import JSONRPC
import Postgres

/// Lists the users, devices among them.
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
