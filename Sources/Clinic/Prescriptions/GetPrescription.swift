import JSONRPC
import Postgres

/// Gives one prescription with its items.
package struct GetPrescription: Query {
  package typealias Result = Prescription
  package static let name = "prescriptions.get"
  package static let summary = "Gives one prescription with its items."
  package static let roles = Roles.only(.doctor, .pharmacist)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Prescription>
  package var subject: Subject? { Subject("prescription", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Prescription {
    try Prescription.read(try await clinic.postgres.query(Prescription.select(id)), id)
  }
}
