package import JSONRPC
package import Postgres

/// A patient's place in one day's queue, as staff see it.
package struct QueueToken: Codable, Sendable, Equatable {
  /// The name that is called out: date and number, `2026-02-17-001`.
  package let token: TokenName
  package let date: LocalDate
  package let number: Int
  package var status: TokenStatus
  package var priority: Priority
  package var patientID: ID<Patient>
  package var patientName: String
  package var doctorID: ID<User>?
  package let arrivedAt: Instant
  package var calledAt: Instant?
  package var endedAt: Instant?
  /// How many times a caller who could have taken this token took a later one.
  package var passedOver: Int
  /// For a recalled token: how many calls it lets pass before it is first.
  package var callsToWait: Int?
  /// Whether the close of the day has ended it, and not a person.
  package var autoClosed: Bool
  /// The appointment that the patient has come for.
  package let appointmentID: ID<Appointment>?
  /// When the slot of that appointment begins.
  package let dueAt: Instant?

  package init(
    date: LocalDate, number: Int, patientID: ID<Patient>, patientName: String,
    doctorID: ID<User>?, priority: Priority, arrivedAt: Instant,
    appointmentID: ID<Appointment>? = nil, dueAt: Instant? = nil
  ) {
    self.token = TokenName(date: date, number: number)
    self.date = date
    self.number = number
    self.status = .waiting
    self.priority = priority
    self.patientID = patientID
    self.patientName = patientName
    self.doctorID = doctorID
    self.arrivedAt = arrivedAt
    self.passedOver = 0
    self.autoClosed = false
    self.appointmentID = appointmentID
    self.dueAt = dueAt
  }

  /// Whether the token is the doctor's own or unassigned. To everybody, if no doctor is named.
  func isOpen(to doctor: ID<User>?) -> Bool {
    doctor == nil || doctorID == nil || doctorID == doctor
  }

  /// Since when the token stands in line: since its arrival, or from its slot's start on, as
  /// configured (rule 26).
  func standsSince(under rules: QueueRules) -> Instant {
    rules.ordersBySlot ? dueAt ?? arrivedAt : arrivedAt
  }
}

extension QueueToken: RowDecodable {
  private static let names = [
    "date", "number", "patient_id", "patient_name", "doctor_id", "priority", "arrived_at",
    "appointment_id", "due_at", "status", "called_at", "ended_at", "passed_over", "calls_to_wait",
    "auto_closed",
  ]

  package static let columns: SQL = "\(raw: names.joined(separator: ", "))"

  /// The columns, under the name that the table has in the statement.
  package static func columns(of alias: String) -> SQL {
    "\(raw: names.map { alias + "." + $0 }.joined(separator: ", "))"
  }

  package init(cells: inout Cells) throws(PostgresError) {
    self.init(
      date: try cells.next(), number: try cells.next(), patientID: try cells.next(),
      patientName: try cells.next(), doctorID: try cells.next(), priority: try cells.next(),
      arrivedAt: try cells.next(), appointmentID: try cells.next(), dueAt: try cells.next())
    status = try cells.next()
    calledAt = try cells.next()
    endedAt = try cells.next()
    passedOver = try cells.next()
    callsToWait = try cells.next()
    autoClosed = try cells.next()
  }
}

extension QueueToken: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("token", token)
    json.member("date", date)
    json.member("number", number)
    json.member("status", status)
    json.member("priority", priority)
    json.member("patient_id", patientID)
    json.member("patient_name", patientName)
    json.member("doctor_id", doctorID)
    json.member("arrived_at", arrivedAt)
    json.member("called_at", calledAt)
    json.member("ended_at", endedAt)
    json.member("passed_over", passedOver)
    json.member("calls_to_wait", callsToWait)
    json.member("auto_closed", autoClosed)
    json.member("appointment_id", appointmentID)
    json.member("due_at", dueAt)
  }
}
