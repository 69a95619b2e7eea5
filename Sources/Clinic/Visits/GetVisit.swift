import JSONRPC
import Postgres

/// One visit with its notes and prescriptions, read by one statement.
package struct GetVisit: Query {
  /// A visit, its notes and its prescriptions; both null for the reception.
  package struct Result: Codable, Sendable {
    let visit: Visit
    /// The first 200; `visits.list_notes` has all.
    let notes: [ClinicalNote]?
    let prescriptions: [Prescription]?

    private struct Extra: Codable {
      let notes: [ClinicalNote]?
      let prescriptions: [Prescription]?
    }

    package func encode(to encoder: any Encoder) throws {
      try visit.encode(to: encoder)
      try Extra(notes: notes, prescriptions: prescriptions).encode(to: encoder)
    }

    package init(from decoder: any Decoder) throws {
      visit = try Visit(from: decoder)
      let extra = try Extra(from: decoder)
      notes = extra.notes
      prescriptions = extra.prescriptions
    }

    init(visit: Visit, notes: [ClinicalNote]?, prescriptions: [Prescription]?) {
      self.visit = visit
      self.notes = notes
      self.prescriptions = prescriptions
    }
  }

  package static let name = "visits.get"
  package static let summary = "Gives one visit with its notes and prescriptions."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [.noSuch]
  package static let isAudited = true

  package let id: ID<Visit>
  package var subject: Subject? { Subject("visit", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    guard caller?.role != .reception else {
      return Result(
        visit: try await clinic.postgres.query(Visit.select(id)).row(orMissing: "visit", id),
        notes: nil, prescriptions: nil)
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
      visit: try Visit(cells: &cells), notes: try cells.nextJSON() ?? [],
      prescriptions: try cells.nextJSON() ?? [])
  }
}

extension Cells {
  /// A cell of JSON that holds what a result shows.
  mutating func nextJSON<Value: Decodable>(
    as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value? {
    guard let json: JSONB = try next() else { return nil }
    do {
      let limits = JSONLimits(maxBytes: .max)
      let document = try JSONDocument(parsing: json.bytes, limits: limits)
      return try JSONValueDecoder(unknownMembers: .ignore).decode(type, from: document.root)
    } catch {
      throw .decoding
    }
  }
}
