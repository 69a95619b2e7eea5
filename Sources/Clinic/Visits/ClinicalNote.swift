import JSONRPC
package import Postgres

/// Something that a doctor wrote down at a visit. A note is never changed; one written after the
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

  /// The columns of a note, from `clinical_notes n` and `users a`.
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
