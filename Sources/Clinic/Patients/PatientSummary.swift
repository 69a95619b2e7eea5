package import JSONRPC
package import Postgres

/// A patient in a list: enough to tell people apart.
package struct PatientSummary: Codable, Sendable, RowDecodable {
  package let id: ID<Patient>
  package let name: String
  package let phone: String?
  package let dateOfBirth: LocalDate?
  package let estimatedAge: Int?
  package let sex: Sex
  package let verified: Bool
  package let archivedAt: Instant?
  package let version: RowVersion

  package static let columns: SQL = """
    id, name, phone, date_of_birth, \
    estimated_age + extract(year FROM age(current_date, estimated_on))::integer, \
    sex, verified, archived_at, version
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    phone = try cells.next()
    dateOfBirth = try cells.next()
    estimatedAge = try cells.next()
    sex = try cells.next()
    verified = try cells.next()
    archivedAt = try cells.next()
    version = try cells.next()
  }
}

extension PatientSummary: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("name", name)
    json.member("phone", phone)
    json.member("date_of_birth", dateOfBirth)
    json.member("estimated_age", estimatedAge)
    json.member("sex", sex)
    json.member("verified", verified)
    json.member("archived_at", archivedAt)
    json.member("version", version)
  }
}
