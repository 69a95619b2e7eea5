import JSONRPC
import Postgres

/// Lists invoices, the newest first.
package struct ListInvoices: Query {
  package typealias Result = Page<InvoiceHead>
  package static let name = "billing.list"
  package static let summary = "Lists invoices, the newest first."
  package static let roles = Roles.only(.reception, .pharmacist)
  package static let isAudited = true

  package let patientID: ID<Patient>?
  package let prescriptionID: ID<Prescription>?
  package let status: Invoice.Status?
  package let date: LocalDate?
  /// The first day, and the last.
  package let from: LocalDate?
  package let to: LocalDate?
  package let limit: PageLimit?
  package let cursor: DatedCursor?

  package var subject: Subject? {
    patientID.map { Subject("patient", $0) } ?? prescriptionID.map { Subject("prescription", $0) }
      ?? Subject("invoice")
  }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<InvoiceHead> {
    let limit = limit ?? .standard
    let condition: SQL =
      conditions.isEmpty ? "" : "WHERE \(sql: conditions.joined(separator: " AND "))"
    let invoices = try await clinic.postgres.query(
      """
      SELECT \(sql: InvoiceHead.columns) FROM invoices \(sql: condition) \
      ORDER BY date DESC, id DESC LIMIT \(sql: limit.rows)
      """, keepingPlan: true, isLong: true
    ).decode(as: InvoiceHead.self)
    return Page(invoices, limit: limit) {
      DatedCursor(date: $0.date, id: $0.id.rawValue).rawValue
    }
  }

  private var conditions: [SQL] {
    var conditions: [SQL] = []
    if let patientID { conditions.append("patient_id = survivor(\(patientID))") }
    if let prescriptionID { conditions.append("prescription_id = \(prescriptionID)") }
    if let status { conditions.append("status = \(status)") }
    if let date { conditions.append("date = \(date)") }
    if let from { conditions.append("date >= \(from)") }
    if let to { conditions.append("date <= \(to)") }
    if let cursor { conditions.append("(date, id) < (\(cursor.date), \(cursor.id))") }
    return conditions
  }
}
