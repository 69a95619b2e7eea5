package import JSONRPC
package import Postgres

/// A visit in a list.
package struct VisitSummary: Codable, Sendable, RowDecodable {
  package let id: ID<Visit>
  package let patientID: ID<Patient>
  package let patientName: String
  package let doctorID: ID<User>
  package let doctorName: String
  package let date: LocalDate
  package let status: Visit.Status
  /// The first 200 characters of the complaint.
  package let chiefComplaint: String?
  package let diagnosisCodes: [String]
  package let completedAt: Instant?
  package let version: RowVersion
  package let createdAt: Instant

  /// The columns, from `visits v`, `patients p` and `users d`.
  static let columns: SQL = """
    v.id, v.patient_id, p.name, v.doctor_id, d.full_name, v.date, v.status, \
    left(v.chief_complaint, 200), v.diagnosis_codes, v.completed_at, v.version, v.created_at
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    patientID = try cells.next()
    patientName = try cells.next()
    doctorID = try cells.next()
    doctorName = try cells.next()
    date = try cells.next()
    status = try cells.next()
    chiefComplaint = try cells.next()
    diagnosisCodes = try cells.next()
    completedAt = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
  }
}

extension VisitSummary: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("patient_id", patientID)
    json.member("patient_name", patientName)
    json.member("doctor_id", doctorID)
    json.member("doctor_name", doctorName)
    json.member("date", date)
    json.member("status", status)
    json.member("chief_complaint", chiefComplaint)
    json.member("diagnosis_codes", diagnosisCodes)
    json.member("completed_at", completedAt)
    json.member("version", version)
    json.member("created_at", createdAt)
  }
}

/// Visits, the newest first.
package struct ListVisits: Query {
  package typealias Result = Page<VisitSummary>
  package static let name = "visits.list"
  package static let summary = "Lists visits by patient, doctor, day and status, the newest first."
  package static let roles = Roles.only(.doctor)
  package static let isAudited = true

  package let patientID: ID<Patient>?
  package let doctorID: ID<User>?
  package let date: LocalDate?
  package let from: LocalDate?
  package let to: LocalDate?
  package let status: Visit.Status?
  package let limit: PageLimit?
  package let cursor: DatedCursor?

  package var subject: Subject? {
    patientID.map { Subject("patient", $0) } ?? Subject("visit")
  }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<VisitSummary> {
    let limit = limit ?? .standard
    let visits = try await clinic.postgres.query(
      """
      SELECT \(sql: VisitSummary.columns) FROM visits v \(sql: Visit.joins) \
      WHERE \(sql: conditions.joined(separator: " AND ")) \
      ORDER BY v.date DESC, v.id DESC LIMIT \(sql: limit.rows)
      """, keepingPlan: true, isLong: true
    ).decode(as: VisitSummary.self)
    return Page(visits, limit: limit) { DatedCursor(date: $0.date, id: $0.id.rawValue).rawValue }
  }

  private var conditions: [SQL] {
    var conditions: [SQL] = []
    if let patientID { conditions.append("v.patient_id = survivor(\(patientID))") }
    if let doctorID { conditions.append("v.doctor_id = \(doctorID)") }
    if let date { conditions.append("v.date = \(date)") }
    if let from { conditions.append("v.date >= \(from)") }
    if let to { conditions.append("v.date <= \(to)") }
    // In the statement's text, so that the index of open visits serves.
    if let status { conditions.append("v.status = '\(raw: status.rawValue)'") }
    if let cursor { conditions.append("(v.date, v.id) < (\(cursor.date), \(cursor.id))") }
    return conditions.isEmpty ? ["true"] : conditions
  }
}
