import Postgres

/// The rows that a batch of queue commands needs, by the numbers that the calls name.
struct QueueRows: Sendable {
  var patients: [ID<Patient>: PatientAtDesk] = [:]
  /// The appointments that the calls name, and those of today of the visitors.
  var appointments: [ID<Appointment>: AppointmentAtDesk] = [:]
  /// Patients by the hash of the visitor's word, with the scope that the word was given to.
  var visitors: [[UInt8]: (caller: String, patient: PatientAtDesk)] = [:]
}

extension QueueRows {
  /// The patients whom the calls name. Nobody archives or merges them until the batch is written.
  static func select(_ ids: [ID<Patient>]) -> SQL {
    """
    SELECT o.id, p.id, p.name, archived(p.archived_at, p.merged_into), \
    CASE WHEN p.created_at > now() - interval '15 minutes' THEN p.registered_by END \
    FROM patients o JOIN patients p ON p.id = coalesce(o.merged_into, o.id) \
    WHERE o.id = ANY(\(ids)) ORDER BY p.id FOR KEY SHARE OF p
    """
  }

  /// The appointments that the calls name, and those of today of the visitors; the visitors.
  static func select(_ ids: [ID<Appointment>], visitors: [[UInt8]]) -> [SQL] {
    [
      """
      SELECT a.id, a.patient_id, p.name, p.archived_at IS NOT NULL, a.doctor_id, a.status, a.date, \
      (a.date + a.start_time)::timestamptz, day_start(a.date), day_start(a.date + 1) \
      FROM appointments a JOIN patients p ON p.id = a.patient_id \
      WHERE a.id = ANY(\(ids)) OR (a.date = current_date AND a.status = 'SCHEDULED' \
      AND a.patient_id IN (SELECT survivor(patient_id) FROM visitors WHERE token_hash = ANY(\(visitors)))) \
      ORDER BY a.id FOR KEY SHARE OF p FOR NO KEY UPDATE OF a
      """,
      """
      SELECT v.token_hash, v.caller, p.id, p.name, archived(p.archived_at, p.merged_into), NULL::text \
      FROM visitors v JOIN patients o ON o.id = v.patient_id \
      JOIN patients p ON p.id = coalesce(o.merged_into, o.id) \
      WHERE v.token_hash = ANY(\(visitors)) AND v.expires_at > now() FOR KEY SHARE OF p
      """,
    ]
  }

  /// - Parameters:
  ///   - patients: what `select(_:)` gave.
  ///   - more: what each statement of `select(_:visitors:)` gave, if it was asked.
  init(patients: Rows, more: [Rows]) throws {
    for row in patients {
      var cells = row.cells
      self.patients[try cells.next()] = try PatientAtDesk(cells: &cells)
    }
    guard more.count == 2 else { return }
    for appointment in try more[0].decode(as: AppointmentAtDesk.self) {
      appointments[appointment.id] = appointment
    }
    for row in more[1] {
      var cells = row.cells
      let hash: [UInt8] = try cells.next()
      visitors[hash] = (try cells.next(), try PatientAtDesk(cells: &cells))
    }
  }
}

/// What a check-in needs to know of a patient. For a merged patient it is the survivor.
struct PatientAtDesk: Sendable {
  let id: ID<Patient>
  let name: String
  let isArchived: Bool
  /// The scope that registered the patient, if that was within the last 15 minutes.
  let registeredBy: String?
}

extension PatientAtDesk: RowDecodable {
  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    isArchived = try cells.next()
    registeredBy = try cells.next()
  }
}

/// What a check-in needs to know of an appointment, whose row is locked.
struct AppointmentAtDesk: Sendable {
  let id: ID<Appointment>
  let patientID: ID<Patient>
  let patientName: String
  let patientIsArchived: Bool
  let doctorID: ID<User>
  let status: Appointment.Status
  let date: LocalDate
  let startsAt: Instant
  /// The start of its date, by the clinic's clock.
  let dayStartsAt: Instant
  let dayEndsAt: Instant
}

extension AppointmentAtDesk: RowDecodable {
  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    patientID = try cells.next()
    patientName = try cells.next()
    patientIsArchived = try cells.next()
    doctorID = try cells.next()
    status = try cells.next()
    date = try cells.next()
    startsAt = try cells.next()
    dayStartsAt = try cells.next()
    dayEndsAt = try cells.next()
  }
}
