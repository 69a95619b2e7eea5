import JSONRPC
package import Postgres

/// An opaque word that stands, for five minutes, for the person whom a kiosk has identified.
package struct VisitorToken: SecretText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...200 }

  /// The hash under which the word is kept.
  var hash: [UInt8] { Secret.hash(rawValue) }
}

/// Finds the person at a kiosk by phone and birth date. A miss has the same shape and takes the
/// same time as a person without an appointment, and attempts are throttled (rule 50).
package struct IdentifyVisitor: Command {
  package struct Appointment: Codable, Sendable {
    package let startTime: TimeOfDay
    package let doctorLabel: String
    package let room: String?
  }
  package struct Result: Codable, Sendable {
    package let visitor: String
    /// How many seconds the visitor's word is valid.
    package let expiresIn: Int
    /// Today's appointments that are not checked in yet.
    package let appointments: [Appointment]
  }
  package static let name = "kiosk.identify"
  package static let summary = "Finds a visitor by phone and birth date, and today's appointments."
  package static let roles = Roles.only(.kiosk)
  package static let errors: [Reason] = [.tooManyAttempts]
  package static let takesKey = false
  // It asks Redis, which nobody else should wait for.
  package static let sharesTransaction = false

  package let phone: PhoneNumber
  package let dateOfBirth: LocalDate

  package var subject: Subject? { Subject("visitor") }

  private static let seconds: Int32 = 300
  /// Attempts of one kiosk in a minute, and with one phone.
  private static let perKiosk = 30
  private static let perPhone = 5

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    try await clinic.throttle.allow(.kiosk(caller.scope), upTo: Self.perKiosk)
    try await clinic.throttle.allow(.visitor(phone.end), upTo: Self.perPhone)
    let visitor = VisitorToken(rawValue: Secret.make())
    // Two people of one phone and one birth date, such as twins, are for the reception; unless there
    // was one and anybody may have made the others at a kiosk.
    let results = try await transaction.pipeline([
      """
      INSERT INTO visitors (token_hash, patient_id, caller, expires_at) \
      SELECT \(visitor.hash), CASE WHEN count(*) = 1 THEN min(id) \
      WHEN count(*) FILTER (WHERE verified) = 1 AND min(created_at) FILTER (WHERE verified) \
      < min(created_at) FILTER (WHERE NOT verified) THEN min(id) FILTER (WHERE verified) END, \
      \(caller.scope), \
      now() + make_interval(secs => \(Self.seconds)) FROM patients \
      WHERE date_of_birth = \(dateOfBirth) AND archived_at IS NULL \
      AND \(sql: PhoneNumber.ends(in: phone.end))
      """,
      """
      SELECT a.start_time, u.full_name, u.room FROM visitors v \
      JOIN appointments a ON a.patient_id = v.patient_id AND a.date = current_date \
      AND a.status = 'SCHEDULED' JOIN users u ON u.id = a.doctor_id \
      WHERE v.token_hash = \(visitor.hash) ORDER BY a.start_time LIMIT 10
      """,
    ])
    return Result(
      visitor: visitor.rawValue, expiresIn: Int(Self.seconds),
      appointments: try results[1].decode(as: Appointment.self))
  }
}

extension IdentifyVisitor.Appointment: RowDecodable {
  package init(cells: inout Cells) throws(PostgresError) {
    startTime = try cells.next()
    doctorLabel = try cells.next()
    room = try cells.next()
  }
}
