package import JSONRPC
package import Postgres

/// A patient, as staff see one.
package struct Patient: Codable, Sendable {
  package let id: ID<Patient>
  package let name: String
  package let phone: String?
  /// The exact birth date; `nil` when nobody knows it.
  package let dateOfBirth: LocalDate?
  /// The present age in years of a patient whose birth date nobody knows (rule 2).
  package let estimatedAge: Int?
  package let sex: Sex
  package let email: String?
  package let address: String?
  package let allergies: [String]
  package let chronicConditions: [String]
  package let medicalHistory: String?
  package let emergencyContact: EmergencyContact?
  /// False for a patient who registered at a kiosk and whom nobody has checked yet.
  package let verified: Bool
  package let archivedAt: Instant?
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}

extension Patient {
  /// The patient whom a number means today: for a merged patient, the survivor (rule 6).
  static func survivor(of id: ID<Patient>) -> SQL {
    "(SELECT coalesce(o.merged_into, o.id) FROM patients o WHERE o.id = \(id))"
  }

  /// Locks the patient of a row before the row: merges and renames lock in that order. A command
  /// that waited for a merge has locked the patient of before the merge; if it then needs the
  /// present patient, under the row's lock, it asks for that lock with NOWAIT and begins again if
  /// somebody has it.
  ///
  /// - Parameter owner: a subquery that gives the patient.
  static func lock(_ owner: SQL, _ strength: SQL = "FOR KEY SHARE") -> SQL {
    "SELECT FROM patients WHERE id = (\(sql: owner)) \(sql: strength)"
  }

  /// Fails with a retryable error if the number now means another patient than the locked one.
  static func requireSurvivor(_ locked: ID<Patient>, of id: ID<Patient>) -> SQL {
    "SELECT require_survivor(\(id), \(locked))"
  }
}

extension ID<Patient> {
  /// The patient whom the number means today: for a merged patient, the survivor (rule 6).
  ///
  /// - Throws: `not_found` when there is no such patient.
  func survivor(in clinic: Clinic) async throws -> ID<Patient> {
    let rows = try await clinic.postgres.query(
      "SELECT coalesce(merged_into, id) FROM patients WHERE id = \(self)", retry: true)
    guard let survivor = try rows.column(as: ID<Patient>.self).first else {
      throw ClinicError.notFound("patient", self)
    }
    return survivor
  }
}

extension Patient: RowDecodable {
  package static let columns = columns(of: "patients")

  static func columns(of p: String) -> SQL {
    """
    \(raw: p).id, \(raw: p).name, \(raw: p).phone, \(raw: p).date_of_birth, \
    \(raw: p).estimated_age \
    + extract(year FROM age(current_date, \(raw: p).estimated_on))::integer, \(raw: p).sex, \
    \(raw: p).email, \(raw: p).address, \(raw: p).allergies, \(raw: p).chronic_conditions, \
    \(raw: p).medical_history, \(raw: p).emergency_contact, \(raw: p).verified, \
    \(raw: p).archived_at, \(raw: p).version, \(raw: p).created_at, \(raw: p).updated_at
    """
  }

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    phone = try cells.next()
    dateOfBirth = try cells.next()
    estimatedAge = try cells.next()
    sex = try cells.next()
    email = try cells.next()
    address = try cells.next()
    allergies = try cells.next()
    chronicConditions = try cells.next()
    medicalHistory = try cells.next()
    let contact: JSONB? = try cells.next()
    emergencyContact = contact.flatMap { EmergencyContact(stored: $0) }
    verified = try cells.next()
    archivedAt = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
    updatedAt = try cells.next()
  }
}

extension Patient: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("name", name)
    json.member("phone", phone)
    json.member("date_of_birth", dateOfBirth)
    json.member("estimated_age", estimatedAge)
    json.member("sex", sex)
    json.member("email", email)
    json.member("address", address)
    json.member("allergies", allergies)
    json.member("chronic_conditions", chronicConditions)
    json.member("medical_history", medicalHistory)
    json.member("emergency_contact", emergencyContact)
    json.member("verified", verified)
    json.member("archived_at", archivedAt)
    json.member("version", version)
    json.member("created_at", createdAt)
    json.member("updated_at", updatedAt)
  }
}
