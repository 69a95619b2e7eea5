package import JSONRPC
package import Postgres

/// Changes a patient: what is left out stays, null clears. A birth date ends an estimate and the
/// other way round.
package struct UpdatePatient: Command {
  package typealias Result = Patient
  package static let name = "patients.update"
  package static let summary = "Changes a patient: what is left out stays, null clears."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [.notFound, .staleVersion, .patientArchived, .bornInFuture]
  /// Another name changes the queue, whose day stays locked until the transaction ends.
  package static let sharesTransaction = false

  package let id: ID<Patient>
  package let name: PersonName?
  package let phone: Patch<PhoneNumber>
  package let dateOfBirth: Patch<LocalDate>
  package let estimatedAge: Patch<Years>
  package let sex: Sex?
  package let email: Patch<EmailAddress>
  package let address: Patch<Note>
  package let allergies: Lines?
  package let chronicConditions: Lines?
  package let medicalHistory: Patch<LongText>
  package let emergencyContact: Patch<EmergencyContact>
  package let verified: Bool?
  package let version: RowVersion?

  package var subject: Subject? { Subject("patient", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Patient {
    let born = dateOfBirth.applied(to: nil)
    let estimate = estimatedAge.applied(to: nil)
    try BirthDate.check(born, estimate, in: clinic)
    // Today's queue may show the name, and is locked before patients.
    if name != nil { transaction.enqueue(Appointment.lockDay("SELECT current_date")) }
    let before: Patient = try await transaction.query(
      """
      SELECT \(sql: Patient.columns), archived(archived_at, merged_into) FROM patients \
      WHERE id = \(sql: Patient.survivor(of: id)) FOR NO KEY UPDATE
      """
    ).row(orMissing: "patient", id)
    if before.archivedAt != nil { throw ClinicError(.patientArchived) }
    try version.require(before.version)
    transaction.enqueue(Patient.requireSurvivor(before.id, of: id))
    let patient: Patient = try await transaction.query(
      """
      UPDATE patients SET \(sql: changes.joined(separator: ", ")) WHERE id = \(before.id) \
      RETURNING \(sql: Patient.columns)
      """
    ).row()
    for statement in UnitedRecord.forgetRemoved(from: patient.id) { transaction.enqueue(statement) }
    if patient.name != before.name {
      // Today's queue shows the new name. A check-in that comes later has read it.
      try await clinic.queue.change(nil, in: transaction) { day, _ in
        day.rename(patient.id, to: patient.name)
      }
    }
    return patient
  }

  private var changes: [SQL] {
    var changes: [SQL] = ["updated_at = now()", "version = version + 1"]
    if let name { changes.append("name = \(name)") }
    if let sex { changes.append("sex = \(sex)") }
    if let allergies { changes.append("allergies = \(allergies.texts)") }
    if let chronicConditions {
      changes.append("chronic_conditions = \(chronicConditions.texts)")
    }
    if let verified { changes.append("verified = \(verified)") }
    changes += phone.change(of: "phone") + email.change(of: "email")
    changes += address.change(of: "address") + medicalHistory.change(of: "medical_history")
    changes += emergencyContact.change(of: "emergency_contact")
    return changes + ageChanges
  }

  /// A birth date ends an estimate and the other way round.
  private var ageChanges: [SQL] {
    switch (dateOfBirth, estimatedAge) {
    case (.set(let date), _):
      ["date_of_birth = \(date)", "estimated_age = NULL", "estimated_on = NULL"]
    case (_, .set(let years)):
      ["date_of_birth = NULL", "estimated_age = \(years)", "estimated_on = current_date"]
    case (.clear, .clear):
      ["date_of_birth = NULL", "estimated_age = NULL", "estimated_on = NULL"]
    case (.clear, .unchanged): ["date_of_birth = NULL"]
    case (.unchanged, .clear): ["estimated_age = NULL", "estimated_on = NULL"]
    case (.unchanged, .unchanged): []
    }
  }
}
