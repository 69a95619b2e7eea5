import JSONRPC
package import Postgres

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
  package typealias Result = Page<Doctor>
  package static let name = "doctors.list"
  package static let summary = "Lists the active doctors: name, speciality, room, serving now."
  package static let roles = Roles.loggedInExceptDisplays

  package let limit: PageLimit?
  package let cursor: Cursor?

  /// All of them, unless fewer are asked for.
  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Doctor> {
    let limit = limit ?? PageLimit(rawValue: PageLimit.bounds.upperBound)
    let doctors = try await clinic.postgres.query(
      """
      SELECT id, full_name, speciality, room, EXISTS (SELECT FROM queue_tokens t \
      WHERE t.date = current_date AND t.doctor_id = users.id AND t.status = 'WITH_DOCTOR') \
      FROM users WHERE role = 'DOCTOR' AND enabled AND (\(cursor?.id)::bigint IS NULL \
      OR (full_name, id) > (SELECT full_name, id FROM users WHERE id = \(cursor?.id))) \
      ORDER BY full_name, id LIMIT \(sql: limit.rows)
      """
    ).decode(as: Doctor.self)
    return Page(doctors, limit: limit) { $0.id.description }
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
