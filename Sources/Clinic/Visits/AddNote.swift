import JSONRPC
package import Postgres

/// Adds a note to one's own visit, or an addendum to any completed visit.
package struct AddNote: Command {
  package typealias Result = ClinicalNote
  package static let name = "visits.add_note"
  package static let summary = "Adds a note to a visit; after its completion an addendum."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.notFound, .noStaffIdentity, .notYourVisit]

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
