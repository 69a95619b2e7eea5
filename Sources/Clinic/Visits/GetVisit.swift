import JSONRPC
import Postgres

/// One visit with its notes and prescriptions, read by one statement.
package struct GetVisit: Query {
  /// The visit's notes and prescriptions; both null for the reception.
  package struct Contents: Codable, Sendable {
    /// The first 200 notes; `visits.list_notes` has all.
    let notes: [ClinicalNote]?
    let prescriptions: [Prescription]?
  }
  package typealias Result = Extended<Visit, Contents>
  package static let name = "visits.get"
  package static let summary = "Gives one visit with its notes and prescriptions."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Visit>
  package var subject: Subject? { Subject("visit", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    guard caller?.role != .reception else {
      return Result(
        try await clinic.postgres.query(Visit.select(id)).row(orMissing: "visit", id),
        Contents(notes: nil, prescriptions: nil))
    }
    let rows = try await clinic.postgres.query(
      """
      SELECT \(sql: Visit.columns), \
      (SELECT json_agg(n) FROM (SELECT \(sql: ClinicalNote.columns) FROM clinical_notes n \
      JOIN users a ON a.id = n.author_id WHERE n.visit_id = v.id ORDER BY n.id LIMIT 200) n), \
      (SELECT json_agg(r) FROM (\(sql: Prescription.select) WHERE r.visit_id = v.id \
      ORDER BY r.id LIMIT 200) r) \
      FROM visits v \(sql: Visit.joins) WHERE v.id = \(id)
      """)
    guard let row = rows.first else { throw ClinicError.notFound("visit", id) }
    var cells = row.cells
    return Result(
      try Visit(cells: &cells),
      Contents(notes: try cells.nextJSON() ?? [], prescriptions: try cells.nextJSON() ?? []))
  }
}
