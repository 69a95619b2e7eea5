import JSONRPC
package import Postgres

/// Something that a doctor wrote down at a visit. It is never changed; one that came after the
/// visit's completion is an addendum (rule 27).
package struct ClinicalNote: Codable, Sendable, RowDecodable {
  package enum Category: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case symptom = "SYMPTOM"
    case observation = "OBSERVATION"
    case diagnosis = "DIAGNOSIS"
    case treatment = "TREATMENT"
  }

  package let id: ID<ClinicalNote>
  package let visitID: ID<Visit>
  package let category: Category
  package let text: String
  package let isAddendum: Bool
  package let authorID: ID<User>
  package let authorName: String
  package let createdAt: Instant

  /// Of `clinical_notes n` and `users a`.
  static let columns: SQL = """
    n.id, n.visit_id, n.category, n.text, n.is_addendum, n.author_id, a.full_name AS author_name, \
    n.created_at
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    visitID = try cells.next()
    category = try cells.next()
    text = try cells.next()
    isAddendum = try cells.next()
    authorID = try cells.next()
    authorName = try cells.next()
    createdAt = try cells.next()
  }
}

/// Adds a note to one's own visit, or an addendum to any that is completed.
package struct AddNote: Command {
  package typealias Result = ClinicalNote
  package static let name = "visits.add_note"
  package static let summary = "Adds a note to a visit; after its completion an addendum."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.noSuch, .noStaffIdentity, .notYourVisit]

  package let visitID: ID<Visit>
  package let category: ClinicalNote.Category
  package let text: LongText

  package var subject: Subject? { Subject("visit", visitID) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> ClinicalNote {
    let author = try caller.requireUser()
    let visit = try await LockedVisit.lock(visitID, in: transaction)
    if visit.status == .open { try visit.requireOwner(caller) }
    return try await transaction.query(
      """
      WITH n AS (INSERT INTO clinical_notes (visit_id, author_id, category, text, is_addendum) \
      VALUES (\(visitID), \(author), \(category), \(text), false) RETURNING *) \
      SELECT \(sql: ClinicalNote.columns) FROM n JOIN users a ON a.id = n.author_id
      """
    ).row()
  }
}

/// The notes of a visit, in the order in which they were written.
package struct ListNotes: Query {
  package typealias Result = Page<ClinicalNote>
  package static let name = "visits.list_notes"
  package static let summary = "Lists the notes of a visit, the oldest first."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.noSuch]
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
