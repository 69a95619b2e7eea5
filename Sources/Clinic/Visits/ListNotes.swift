import JSONRPC
import Postgres

/// The notes of a visit, in the order in which they were written.
package struct ListNotes: Query {
  package typealias Result = Page<ClinicalNote>
  package static let name = "visits.list_notes"
  package static let summary = "Lists the notes of a visit, the oldest first."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let visitID: ID<Visit>
  package let limit: PageLimit?
  package let cursor: Cursor?

  package var subject: Subject? { Subject("visit", visitID) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<ClinicalNote> {
    let limit = limit ?? .standard
    let notes = try await clinic.postgres.query(
      """
      SELECT \(sql: ClinicalNote.columns) FROM clinical_notes n JOIN users a ON a.id = n.author_id \
      WHERE n.visit_id = \(visitID) AND n.id > \(cursor?.id ?? 0) \
      ORDER BY n.id LIMIT \(sql: limit.rows)
      """, keepingPlan: true
    ).decode(as: ClinicalNote.self)
    if notes.isEmpty {
      let visits = try await clinic.postgres.query("SELECT FROM visits WHERE id = \(visitID)")
      if visits.isEmpty { throw ClinicError.notFound("visit", visitID) }
    }
    return Page(notes, limit: limit) { $0.id.description }
  }
}
