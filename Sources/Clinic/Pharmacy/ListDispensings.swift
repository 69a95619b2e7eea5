import JSONRPC
import Postgres

/// Lists dispensings with their items, the newest first.
package struct ListDispensings: Query {
  package typealias Result = Page<Dispensing>
  package static let name = "dispensing.list"
  package static let summary = "Lists dispensings with their items, the newest first."
  package static let roles = Roles.only(.pharmacist)
  package static let isAudited = true

  package let prescriptionID: ID<Prescription>?
  package let patientID: ID<Patient>?
  package let date: LocalDate?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package var subject: Subject? {
    patientID.map { Subject("patient", $0) } ?? prescriptionID.map { Subject("prescription", $0) }
      ?? Subject("dispensing")
  }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Dispensing> {
    let limit = limit ?? .standard
    var conditions: SQL = "id < \(cursor?.id ?? .max)"
    if let prescriptionID { conditions.append(" AND prescription_id = \(prescriptionID)") }
    if let patientID { conditions.append(" AND patient_id = survivor(\(patientID))") }
    if let date { conditions.append(" AND date = \(date)") }
    let page: SQL = """
      SELECT * FROM dispensings WHERE \(sql: conditions) ORDER BY id DESC \
      LIMIT \(sql: limit.rows)
      """
    let rows = try await clinic.postgres.query(
      "\(sql: Dispensing.select(from: page)) ORDER BY d.id DESC, t.id", keepingPlan: true,
      isLong: true)
    return Page(try Dispensing.list(rows), limit: limit) { $0.id.description }
  }
}
