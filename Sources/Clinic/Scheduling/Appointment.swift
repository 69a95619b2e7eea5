package import JSONRPC
package import Postgres

/// A patient's place in a doctor's slot.
package struct Appointment: Codable, Sendable, Equatable {
  /// Where an appointment stands. From the check-in on it follows its token (rule 24).
  package enum Status: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case scheduled = "SCHEDULED"
    case checkedIn = "CHECKED_IN"
    case withDoctor = "WITH_DOCTOR"
    case completed = "COMPLETED"
    case cancelled = "CANCELLED"
    case noShow = "NO_SHOW"
  }

  package let id: ID<Appointment>
  package let patientID: ID<Patient>
  package let patientName: String
  package let doctorID: ID<User>
  package let doctorName: String
  package let slotID: ID<Slot>
  package let date: LocalDate
  package let startTime: TimeOfDay
  package let endTime: TimeOfDay
  package let status: Status
  package let reason: String?
  package let notes: String?
  package let cancelReason: String?
  /// The token of its check-in.
  package let token: TokenName?
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}

extension Appointment: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("patient_id", patientID)
    json.member("patient_name", patientName)
    json.member("doctor_id", doctorID)
    json.member("doctor_name", doctorName)
    json.member("slot_id", slotID)
    json.member("date", date)
    json.member("start_time", startTime)
    json.member("end_time", endTime)
    json.member("status", status)
    json.member("reason", reason)
    json.member("notes", notes)
    json.member("cancel_reason", cancelReason)
    json.member("token", token)
    json.member("version", version)
    json.member("created_at", createdAt)
    json.member("updated_at", updatedAt)
  }
}

extension Appointment: RowDecodable {
  /// The columns, from an appointment `a`, its patient `p`, its doctor `u` and its token `t`.
  static let columns: SQL = """
    a.id, a.patient_id, p.name, a.doctor_id, u.full_name, a.slot_id, a.date, a.start_time, \
    a.end_time, a.status, a.reason, a.notes, a.cancel_reason, t.date, t.number, a.version, \
    a.created_at, a.updated_at
    """

  /// The tables that are joined to an appointment `a` for every answer.
  static let joins: SQL = """
    JOIN patients p ON p.id = a.patient_id JOIN users u ON u.id = a.doctor_id \
    LEFT JOIN LATERAL (SELECT date, number FROM queue_tokens WHERE appointment_id = a.id \
    ORDER BY date DESC, number DESC LIMIT 1) t ON true
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    patientID = try cells.next()
    patientName = try cells.next()
    doctorID = try cells.next()
    doctorName = try cells.next()
    slotID = try cells.next()
    date = try cells.next()
    startTime = try cells.next()
    endTime = try cells.next()
    status = try cells.next()
    reason = try cells.next()
    notes = try cells.next()
    cancelReason = try cells.next()
    token = try cells.nextToken()
    version = try cells.next()
    createdAt = try cells.next()
    updatedAt = try cells.next()
  }

  static func select(where condition: SQL) -> SQL {
    "SELECT \(sql: columns) FROM appointments a \(sql: joins) WHERE \(sql: condition)"
  }

  /// Locks a day of the queue, if there is one, before the appointment whose token may move with
  /// it: the queue locks in that order.
  ///
  /// - Parameter date: a subquery that gives the day.
  static func lockDay(_ date: SQL) -> SQL {
    "SELECT FROM queue_days WHERE date = (\(sql: date)) FOR NO KEY UPDATE"
  }

  /// Locks the appointment that a command is going to change, and reads it. A single statement for
  /// both would not find the appointment while a merge or a move gives it to somebody else.
  static func lock(_ id: ID<Appointment>) -> [SQL] {
    [
      "SELECT FROM appointments WHERE id = \(id) FOR NO KEY UPDATE",
      select(where: "a.id = \(id)"),
    ]
  }

  static func locked(
    _ id: ID<Appointment>, in transaction: Transaction
  ) async throws -> Appointment {
    try await transaction.pipeline(lock(id))[1].row(orMissing: "appointment", id)
  }

  /// Changes the appointment, which is locked.
  ///
  /// - Returns: the appointment after the change.
  func changed(
    _ fields: [SQL], by caller: Caller, in transaction: Transaction
  ) async throws -> Appointment {
    let fields =
      fields + ["changed_by = \(caller.name)", "version = version + 1", "updated_at = now()"]
    return try await transaction.pipeline([
      "UPDATE appointments SET \(sql: fields.joined(separator: ", ")) WHERE id = \(id)",
      Self.select(where: "a.id = \(id)"),
    ])[1].row()
  }

  /// The refusal of a change of status that the appointment cannot make.
  func cannotBecome(_ next: Status) -> ClinicError {
    ClinicError(.invalidTransition).with("from", status.rawValue).with("to", next.rawValue)
  }
}
