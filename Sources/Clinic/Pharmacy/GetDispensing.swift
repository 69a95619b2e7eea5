import JSONRPC
import Postgres

/// Gives one dispensing with its items.
package struct GetDispensing: Query {
  package typealias Result = Dispensing
  package static let name = "dispensing.get"
  package static let summary = "Gives one dispensing with its items."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Dispensing>
  package var subject: Subject? { Subject("dispensing", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Dispensing {
    let one: SQL = "SELECT * FROM dispensings WHERE id = \(id)"
    let rows = try await clinic.postgres.query(
      "\(sql: Dispensing.select(from: one)) ORDER BY t.id")
    guard let dispensing = try Dispensing.list(rows).first else {
      throw ClinicError.notFound("dispensing", id)
    }
    return dispensing
  }
}
