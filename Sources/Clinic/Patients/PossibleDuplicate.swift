package import Postgres

/// Somebody who may be the same person.
package struct PossibleDuplicate: Codable, Sendable, RowDecodable {
  package let id: ID<Patient>
  package let name: String
  package let phone: String?
  package let dateOfBirth: LocalDate?
  /// 0 to 1: half for the name, 0.3 for the phone, 0.2 for the birth date.
  package let score: Double

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    phone = try cells.next()
    dateOfBirth = try cells.next()
    score = try cells.next()
  }
}
