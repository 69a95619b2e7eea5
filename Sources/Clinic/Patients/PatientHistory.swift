import JSONRPC
import Postgres

/// A patient's visits with their notes and prescriptions, the newest first, from PostgreSQL: also
/// those that are still open.
package struct PatientHistory: Query {
  package typealias Result = Page<JSONOf<VisitRecord>>
  package static let name = "patients.history"
  package static let summary =
    "Lists a patient's visits with notes and prescriptions, newest first."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let patientID: ID<Patient>?
  /// `patientID` under the name that the other methods of patients use.
  package let id: ID<Patient>?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package var subject: Subject? { Subject("patient", patientID ?? id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    guard let patient = patientID ?? id else {
      throw ParamsError(reason: .missing, field: "patient_id", message: "say which patient")
    }
    if let id, id != patient {
      throw ParamsError(
        reason: .invalid, field: "id", message: "the same as patient_id, or nothing")
    }
    let limit = limit ?? .standard
    let survivor = try await patient.survivor(in: clinic)
    let rows = try await clinic.postgres.query(
      """
      SELECT v.id, \(sql: VisitRecord.json) FROM \(sql: VisitRecord.tables) \
      WHERE v.patient_id = \(survivor) AND v.id < \(cursor?.id ?? .max) \
      ORDER BY v.id DESC LIMIT \(sql: limit.rows)
      """, retry: true, keepingPlan: true, isLong: true)
    let visits = try rows.map { row in
      var cells = row.cells
      return (id: try cells.next() as Int64, record: try cells.next() as JSONOf<VisitRecord>)
    }
    return Page(visits, limit: limit, item: \.record) { $0.id.description }
  }
}
