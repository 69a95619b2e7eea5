import JSONRPC
package import Postgres

/// Registers a patient. Near-duplicates come back with a score (rule 4); nothing merges by itself.
/// A patient registered at a kiosk is unverified, and a kiosk learns of no other patient.
package struct CreatePatient: PipelinedCommand {
  package struct Duplicates: Codable, Sendable {
    let possibleDuplicates: [PossibleDuplicate]
  }
  package typealias Result = Extended<Patient, Duplicates>
  package static let name = "patients.create"
  package static let summary = "Registers a patient and names possible duplicates."
  package static let roles = Roles.only(.reception, .doctor, .kiosk)
  package static let errors: [Reason] = [.bornInFuture]

  package let name: PersonName
  package let phone: PhoneNumber?
  package let dateOfBirth: LocalDate?
  package let estimatedAge: Years?
  package let sex: Sex?
  package let email: EmailAddress?
  package let address: Note?
  package let allergies: Lines?
  package let chronicConditions: Lines?
  package let medicalHistory: LongText?
  package let emergencyContact: EmergencyContact?

  package var subject: Subject? { Subject("patient") }
  /// When two desks register the same person at once, the second is told of the first one's record.
  package var guards: [String] {
    [name.rawValue] + (phone.map { [$0.end] } ?? [])
  }
  package func subject(of result: Result) -> Subject? { Subject("patient", result.id) }

  package func statements(
    after found: [Rows], in clinic: Clinic, by caller: Caller
  ) throws -> [SQL] {
    try BirthDate.check(dateOfBirth, estimatedAge, in: clinic)
    let isKiosk = caller.role == .kiosk
    let insertion: SQL = """
      INSERT INTO patients (name, phone, date_of_birth, estimated_age, estimated_on, sex, email, \
      address, allergies, chronic_conditions, medical_history, emergency_contact, verified, \
      registered_by) VALUES (\(name), \(phone), \(dateOfBirth), \(estimatedAge), \
      CASE WHEN \(estimatedAge)::integer IS NOT NULL THEN current_date END, \
      \(sex ?? .unknown), \(email), \(address), \(allergies?.texts ?? []), \
      \(chronicConditions?.texts ?? []), \(medicalHistory), \(emergencyContact), \
      \(!isKiosk), \(caller.scope)) RETURNING \(sql: Patient.columns)
      """
    return isKiosk ? [insertion] : [possibleDuplicates, insertion]
  }

  package func result(of rows: [Rows]) throws -> Result {
    Result(
      try rows[rows.count - 1].row(),
      Duplicates(possibleDuplicates: rows.count == 1 ? [] : try rows[0].decode()))
  }

  /// Patients with the same phone, the same birth date or the same name, scored by all three.
  private var possibleDuplicates: SQL {
    let samePhone = PhoneNumber.ends(in: phone?.end)
    return """
      SELECT id, name, phone, date_of_birth, score FROM (\
      SELECT id, name, phone, date_of_birth, \
      round((0.5 * similarity(name_key, folded(\(name))) \
      + CASE WHEN \(sql: samePhone) THEN 0.3 ELSE 0 END \
      + CASE WHEN date_of_birth = \(dateOfBirth) THEN 0.2 ELSE 0 END)::numeric, 2)::float8 AS score \
      FROM patients WHERE archived_at IS NULL AND (\(sql: samePhone) \
      OR date_of_birth = \(dateOfBirth) OR name_key = folded(\(name)))) candidates \
      WHERE score >= 0.5 ORDER BY score DESC, id LIMIT 5
      """
  }
}
