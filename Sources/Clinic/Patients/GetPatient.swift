import JSONRPC
import Postgres

/// Gives one patient; for the number of a merged patient, the survivor (rule 6).
package struct GetPatient: SelfAuditedQuery {
  package typealias Result = Patient
  package static let name = "patients.get"
  package static let summary = "Gives one patient."
  package static let roles = Roles.only(.doctor, .reception, .pharmacist)
  package static let errors: [Reason] = [.notFound]

  package let id: ID<Patient>
  package var subject: Subject? { Subject("patient", id) }

  package func run(in clinic: Clinic, entry: AuditEntry) async throws -> Patient {
    guard let patient = try await clinic.patients.patient(of: entry) else {
      throw ClinicError.notFound("patient", id)
    }
    return patient
  }
}
