import JSONRPC
package import Postgres

/// Archives a patient: every row stays, and stays readable (rule 5).
package struct DeletePatient: Command {
  package typealias Result = Patient
  package static let name = "patients.delete"
  package static let summary = "Archives a patient for whom nothing is under way."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .patientInQueue, .visitOpen, .unpaidInvoice, .appointmentBooked,
  ]

  package let id: ID<Patient>
  package let version: RowVersion?

  package var subject: Subject? { Subject("patient", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Patient {
    // A check-in, a booking, a visit and an invoice of the patient lock the row too, so one of the
    // two comes first.
    let before: Patient = try await transaction.query(
      """
      SELECT \(sql: Patient.columns), archived(archived_at, merged_into) FROM patients \
      WHERE id = \(sql: Patient.survivor(of: id)) FOR UPDATE
      """
    ).row(orMissing: "patient", id)
    try version.require(before.version)
    if before.archivedAt != nil { return before }
    transaction.enqueue(Patient.requireSurvivor(before.id, of: id))
    try await refuseWhileBusy(before.id, in: transaction)
    return try await transaction.query(
      """
      UPDATE patients SET archived_at = now(), updated_at = now(), version = version + 1 \
      WHERE id = \(before.id) RETURNING \(sql: Patient.columns)
      """
    ).row()
  }

  /// Whether something is under way for a patient, who then cannot be archived.
  static func isUnderWay(_ id: ID<Patient>) -> SQL {
    let found = [tokens, visits, invoices, appointments].map { find -> SQL in
      "EXISTS (\(sql: find(id)))"
    }
    return "(\(sql: found.joined(separator: " OR ")))"
  }

  private static func tokens(of id: ID<Patient>) -> SQL {
    """
    SELECT FROM queue_tokens WHERE patient_id = \(id) AND date = current_date \
    AND status IN ('WAITING', 'WITH_DOCTOR', 'SKIPPED')
    """
  }

  private static func visits(of id: ID<Patient>) -> SQL {
    "SELECT id FROM visits WHERE patient_id = \(id) AND status = 'OPEN' ORDER BY id LIMIT 1"
  }

  private static func invoices(of id: ID<Patient>) -> SQL {
    "SELECT FROM invoices WHERE patient_id = \(id) AND status = 'PENDING' LIMIT 1"
  }

  private static func appointments(of id: ID<Patient>) -> SQL {
    """
    SELECT id FROM appointments WHERE patient_id = \(id) \
    AND status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') ORDER BY date, start_time, id LIMIT 100
    """
  }

  private func refuseWhileBusy(
    _ id: ID<Patient>, in transaction: Transaction
  ) async throws {
    let found = try await transaction.pipeline([
      Self.tokens(of: id), Self.visits(of: id), Self.invoices(of: id), Self.appointments(of: id),
    ])
    guard found[0].isEmpty else { throw ClinicError(.patientInQueue) }
    if let visit = try found[1].column(as: ID<Visit>.self).first {
      throw ClinicError(.visitOpen).with("id", visit)
    }
    guard found[2].isEmpty else { throw ClinicError(.unpaidInvoice) }
    let appointments: [ID<Appointment>] = try found[3].column()
    guard appointments.isEmpty else {
      throw ClinicError(.appointmentBooked).with(
        "appointment_ids", .raw(try JSONValueEncoder().encode(appointments)))
    }
  }
}
