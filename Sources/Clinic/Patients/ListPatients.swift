import JSONRPC
import Postgres

/// Searches by part of a name, a phone or an id. Accents, case, repeated spaces and punctuation do
/// not matter (rule 3); every word must be found. The number of a merged patient finds the survivor
/// (rule 6).
package struct ListPatients: Query {
  package typealias Result = Page<PatientSummary>
  package static let name = "patients.list"
  package static let summary = "Lists patients, searched by part of a name, a phone or an id."
  package static let roles = Roles.only(.doctor, .reception, .pharmacist)
  package static let isAudited = true

  package let search: SearchTerm?
  package let includeArchived: Bool?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package var subject: Subject? { Subject("patient") }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<PatientSummary> {
    let limit = limit ?? .standard
    let patients = try await clinic.postgres.query(
      """
      SELECT \(sql: PatientSummary.columns) FROM patients WHERE id > \(cursor?.id ?? 0)\
      \(sql: includeArchived == true ? "" : " AND archived_at IS NULL")\(sql: condition) \
      ORDER BY id LIMIT \(limit.rawValue + 1)
      """, isLong: true
    ).decode(as: PatientSummary.self)
    return Page(patients, limit: limit) { $0.id.description }
  }

  private var condition: SQL {
    guard let search, let words = search.condition(phones: true) else { return "" }
    let term = search.rawValue.trimmed
    guard SearchTerm.isPhone(term) else { return " AND \(sql: words)" }
    var condition: SQL = " AND (\(sql: SearchTerm.phone(term))"
    if let id = Int64(term).map(ID<Patient>.init) {
      condition.append(" OR id = \(sql: Patient.survivor(of: id))")
    }
    condition.append(")")
    return condition
  }
}
