import JSONRPC
package import Postgres

/// A consultation: what a doctor found and decided, from its opening to its signature.
package struct Visit: Codable, Sendable {
  package enum Status: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case open = "OPEN"
    case completed = "COMPLETED"
  }

  package let id: ID<Visit>
  package let patientID: ID<Patient>
  package let patientName: String
  package let doctorID: ID<User>
  package let doctorName: String
  /// The token that the visit was opened from, or that of the appointment.
  package let token: TokenName?
  package let appointmentID: ID<Appointment>?
  /// The clinic's day on which it was opened.
  package let date: LocalDate
  package let status: Status
  package let vitals: Vitals?
  /// Which of the vitals are extreme (rule 28).
  package let warnings: [VitalWarning]
  package let chiefComplaint: String?
  package let diagnosis: String?
  package let diagnosisCodes: [String]
  package let treatmentPlan: String?
  package let signedBy: ID<User>?
  package let completedAt: Instant?
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}

extension Visit: RowDecodable {
  /// The columns, of `visits v`, `patients p` and `users d`.
  static let columns: SQL = """
    v.id, v.patient_id, p.name, v.doctor_id, d.full_name, v.token_date, v.token_number, \
    v.appointment_id, v.date, v.status, v.vitals, v.chief_complaint, v.diagnosis, \
    v.diagnosis_codes, v.treatment_plan, v.signed_by, v.completed_at, v.version, v.created_at, \
    v.updated_at
    """

  static let joins: SQL =
    "JOIN patients p ON p.id = v.patient_id JOIN users d ON d.id = v.doctor_id"

  static func select(_ id: ID<Visit>) -> SQL {
    "SELECT \(sql: columns) FROM visits v \(sql: joins) WHERE v.id = \(id)"
  }

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    patientID = try cells.next()
    patientName = try cells.next()
    doctorID = try cells.next()
    doctorName = try cells.next()
    token = try cells.nextToken()
    appointmentID = try cells.next()
    date = try cells.next()
    status = try cells.next()
    let stored: JSONB? = try cells.next()
    vitals = stored.flatMap { Vitals(stored: $0) }
    warnings = vitals?.warnings ?? []
    chiefComplaint = try cells.next()
    diagnosis = try cells.next()
    diagnosisCodes = try cells.next()
    treatmentPlan = try cells.next()
    signedBy = try cells.next()
    completedAt = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
    updatedAt = try cells.next()
  }
}

/// What decides whether a caller may change a visit. Its row is locked.
struct LockedVisit: Sendable, RowDecodable {
  let id: ID<Visit>
  let patientID: ID<Patient>
  let doctorID: ID<User>
  let status: Visit.Status
  let token: TokenName?
  let appointmentID: ID<Appointment>?
  let createdAt: Instant
  let version: RowVersion

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    patientID = try cells.next()
    doctorID = try cells.next()
    status = try cells.next()
    token = try cells.nextToken()
    appointmentID = try cells.next()
    createdAt = try cells.next()
    version = try cells.next()
  }

  static func lock(_ id: ID<Visit>, in transaction: Transaction) async throws -> LockedVisit {
    try await transaction.query(
      """
      SELECT id, patient_id, doctor_id, status, token_date, token_number, appointment_id, \
      created_at, version FROM visits WHERE id = \(id) FOR NO KEY UPDATE
      """
    ).row(orMissing: "visit", id)
  }

  /// Refuses everybody except the visit's doctor.
  func requireOwner(_ caller: Caller) throws(ClinicError) {
    guard try caller.requireUser() == doctorID else { throw ClinicError(.notYourVisit) }
  }

  /// Refuses a completed visit (rule 27), and a visit that was changed meanwhile (rule 29).
  func requireOpen(_ known: RowVersion? = nil) throws(ClinicError) {
    if status == .completed { throw ClinicError(.visitCompleted) }
    try known.require(version)
  }
}

extension Caller {
  /// The doctor for whom a caller opens a visit: a doctor for himself or herself, an administrator
  /// for the named doctor.
  func actingDoctor(_ named: ID<User>?, in staff: StaffDirectory) async throws -> ID<User> {
    let user = try requireUser()
    if role == .doctor {
      guard named ?? user == user else { throw ClinicError(.notYourVisit) }
      return user
    }
    guard let named else { throw ClinicError(.doctorRequired).with("field", "doctor_id") }
    return try await staff.doctor(named).id
  }
}
