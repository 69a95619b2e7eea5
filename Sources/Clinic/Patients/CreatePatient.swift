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

/// Somebody who may be the same person.
package struct PossibleDuplicate: Codable, Sendable, RowDecodable {
  package let id: ID<Patient>
  package let name: String
  package let phone: String?
  package let dateOfBirth: LocalDate?
  /// 0 to 1: half for the name, 0.3 for the phone, 0.2 for the birth date.
  package let score: Double

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    phone = try cells.next()
    dateOfBirth = try cells.next()
    score = try cells.next()
  }
}

/// The rules for a birth date, beyond being a date.
enum BirthDate {
  static func check(_ date: LocalDate?, _ estimate: Years?, in clinic: Clinic) throws {
    guard let date else { return }
    if estimate != nil {
      throw ParamsError(
        reason: .invalid, field: "estimated_age",
        message: "either a birth date or an estimated age")
    }
    if date > clinic.calendar.today {
      throw ClinicError(.bornInFuture).with("field", "date_of_birth")
    }
    if date < LocalDate(year: 1850, month: 1, day: 1) ?? date {
      throw ParamsError(
        reason: .outOfRange, field: "date_of_birth", message: "1850 or later")
    }
  }
}
