import JSONRPC
package import Postgres

/// Opens a visit from a token, an appointment or a patient. A token that waits goes to the doctor
/// in the same step.
package struct CreateVisit: Command {
  package typealias Result = Visit
  package static let name = "visits.create"
  package static let summary = "Opens a visit from a token, an appointment or a patient."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [
    .notFound, .noStaffIdentity, .notYourVisit, .doctorRequired, .notADoctor, .patientArchived,
    .visitExists, .visitOpen, .invalidTransition, .alreadyServing, .dayClosed,
  ]
  package static let sharesTransaction = false

  package let token: TokenName?
  package let appointmentID: ID<Appointment>?
  package let patientID: ID<Patient>?
  package let chiefComplaint: LongText?
  package let vitals: VitalsPatch?
  package let doctorID: ID<User>?

  /// Of a refusal: what the visit was to come from.
  package var subject: Subject? {
    if let token { return Subject("token", token.description) }
    return appointmentID.map { Subject("appointment", $0) } ?? Subject("patient", patientID)
  }
  package func subject(of result: Visit) -> Subject? { Subject("visit", result.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Visit {
    let named = [token != nil, appointmentID != nil, patientID != nil].count(where: \.self)
    guard named == 1 else {
      throw ParamsError(
        reason: named == 0 ? .missing : .invalid, field: "token",
        message: "exactly one of token, appointment_id and patient_id")
    }
    let doctor = try await caller.actingDoctor(doctorID, in: clinic.staff)
    try await refuseRepeat(by: doctor, in: transaction)
    let origin = try await origin(for: doctor, in: transaction, of: clinic, by: caller)
    let patient = try await lockPatient(origin.patient, in: transaction)
    try await refuseSecond(origin, of: patient, by: doctor, in: transaction)
    // The clock's time: a token that was just called was called before.
    let id: ID<Visit> = try await transaction.query(
      """
      INSERT INTO visits (patient_id, doctor_id, appointment_id, token_date, token_number, \
      chief_complaint, vitals, created_at, updated_at) VALUES (\(patient), \(doctor), \
      \(origin.appointment), \(origin.token?.date), \(origin.token?.number), \(chiefComplaint), \
      nullif(jsonb_strip_nulls(\(try vitals?.stored)), '{}'), clock_timestamp(), \
      clock_timestamp()) RETURNING id
      """
    ).single()
    return try await transaction.query(Visit.select(id)).row()
  }

  // MARK: - Where it comes from

  /// What a visit comes from.
  private struct Origin {
    var patient: ID<Patient>
    var token: TokenName?
    var appointment: ID<Appointment>?
  }

  private func origin(
    for doctor: ID<User>, in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Origin {
    if let patientID {
      return try await takeToken(of: patientID, to: doctor, in: transaction, of: clinic)
        ?? Origin(patient: patientID)
    }
    if let token { return try await take(token, to: doctor, in: transaction, of: clinic) }
    guard let appointmentID else { throw StoreFailure.noRow }
    for _ in 1...3 {
      if let token = try await liveToken(of: appointmentID, in: transaction) {
        return try await take(token, to: doctor, in: transaction, of: clinic)
      }
      do {
        return try await transaction.savepoint {
          try await takeUnchecked(appointmentID, in: transaction, by: caller)
        }
      } catch is CheckedInMeanwhile {}
    }
    throw ClinicError(.busy)
  }

  /// A token has come between the look for one and the appointment's lock. The day of the queue is
  /// locked before appointments, so that lock is given up again.
  private struct CheckedInMeanwhile: Error {}

  private func liveToken(
    of appointment: ID<Appointment>, in transaction: Transaction
  ) async throws -> TokenName? {
    let tokens = try await transaction.query(
      """
      SELECT date, number FROM queue_tokens WHERE appointment_id = \(appointment) \
      AND status NOT IN ('CANCELLED', 'NO_SHOW')
      """)
    guard let row = tokens.first else { return nil }
    var cells = row.cells
    return try cells.nextToken()
  }

  /// Sends a token to the doctor, if it is not there already.
  private func take(
    _ name: TokenName, to doctor: ID<User>, in transaction: Transaction, of clinic: Clinic
  ) async throws -> Origin {
    let taken = LockedValue<QueueToken?>(nil)
    try await clinic.queue.change(name.date, in: transaction) { day, now in
      let token = try day.token(name.number)
      taken.value = token
      guard token.status == .withDoctor else {
        return try day.setStatus(of: name.number, to: .withDoctor, with: doctor, at: now)
      }
      if token.doctorID != doctor { throw ClinicError(.notYourVisit) }
      return nil
    }
    guard let token = taken.value else { throw ClinicError.notFound("token", name.description) }
    return Origin(patient: token.patientID, token: name, appointment: token.appointmentID)
  }

  /// Today's token of a patient, if it is with the doctor or may go there, and has no visit yet.
  private func takeToken(
    of patient: ID<Patient>, to doctor: ID<User>, in transaction: Transaction, of clinic: Clinic
  ) async throws -> Origin? {
    let found = try await transaction.query(
      """
      SELECT t.date, t.number FROM queue_tokens t \
      WHERE t.patient_id = \(sql: Patient.survivor(of: patient)) AND t.date = current_date \
      AND t.status IN ('WAITING', 'WITH_DOCTOR') AND NOT EXISTS (SELECT FROM visits v \
      WHERE v.token_date = t.date AND v.token_number = t.number)
      """)
    guard let row = found.first else { return nil }
    var cells = row.cells
    guard let name = try cells.nextToken() else { return nil }
    let taken = LockedValue<QueueToken?>(nil)
    try await clinic.queue.change(name.date, in: transaction) { day, now in
      let token = try day.token(name.number)
      switch token.status {
      case .withDoctor where token.doctorID == doctor:
        taken.value = token
        return nil
      case .waiting where token.doctorID == doctor || token.doctorID == nil:
        // Who has another patient with them sees this one beside the queue.
        guard
          let change = try? day.setStatus(of: name.number, to: .withDoctor, with: doctor, at: now)
        else { return nil }
        taken.value = token
        return change
      default: return nil
      }
    }
    guard let token = taken.value else { return nil }
    // A merge that was undone while the call waited for the day leaves the survivor's token to the
    // survivor.
    transaction.enqueue(Patient.requireSurvivor(token.patientID, of: patient))
    return Origin(patient: token.patientID, token: name, appointment: token.appointmentID)
  }

  /// An appointment whose patient went straight to the doctor.
  private func takeUnchecked(
    _ id: ID<Appointment>, in transaction: Transaction, by caller: Caller
  ) async throws -> Origin {
    // As strongly as the visit will need it, and as a move of the appointment does.
    transaction.enqueue(
      Patient.lock(
        "SELECT patient_id FROM appointments WHERE id = \(id)", "FOR NO KEY UPDATE"))
    let rows = try await transaction.query(
      "SELECT patient_id, status FROM appointments WHERE id = \(id) FOR NO KEY UPDATE")
    guard let row = rows.first else { throw ClinicError.notFound("appointment", id) }
    var cells = row.cells
    let patient: ID<Patient> = try cells.next()
    let status: Appointment.Status = try cells.next()
    if try await liveToken(of: id, in: transaction) != nil { throw CheckedInMeanwhile() }
    switch status {
    case .scheduled:
      transaction.enqueue(
        """
        UPDATE appointments SET status = 'WITH_DOCTOR', version = version + 1, \
        updated_at = now(), changed_by = \(caller.name) WHERE id = \(id)
        """)
    case .withDoctor: break
    case .checkedIn, .completed, .cancelled, .noShow:
      throw ClinicError(.invalidTransition).with("from", status.rawValue)
        .with("to", Appointment.Status.withDoctor.rawValue)
    }
    return Origin(patient: patient, appointment: id)
  }

  // MARK: - What stands against it

  /// A repeat is told of the visit that there is, also when its token or its appointment is over by
  /// now. Of another doctor's open visit the token tells.
  private func refuseRepeat(by doctor: ID<User>, in transaction: Transaction) async throws {
    guard patientID == nil else { return }
    let visits = try await transaction.query(
      """
      SELECT id FROM visits WHERE ((token_date = \(token?.date) \
      AND token_number = \(token?.number)) OR appointment_id = \(appointmentID)) \
      AND (doctor_id = \(doctor) OR status = 'COMPLETED') LIMIT 1
      """)
    if let id = try visits.column(as: ID<Visit>.self).first {
      throw ClinicError(.visitExists).with("id", id)
    }
  }

  /// The patient whom the number means. Archiving and other visits of the patient wait for the row.
  private func lockPatient(
    _ id: ID<Patient>, in transaction: Transaction
  ) async throws -> ID<Patient> {
    let rows = try await transaction.query(
      """
      SELECT id, archived(archived_at, merged_into) FROM patients WHERE id = survivor(\(id)) \
      FOR NO KEY UPDATE
      """)
    guard let row = rows.first else { throw ClinicError.notFound("patient", id) }
    var cells = row.cells
    let patient: ID<Patient> = try cells.next()
    let isArchived: Bool = try cells.next()
    if isArchived { throw ClinicError(.patientArchived) }
    transaction.enqueue(Patient.requireSurvivor(patient, of: id))
    return patient
  }

  /// A token and an appointment have one visit, a patient has one open visit with a doctor. Indexes
  /// hold that; here the refusal names the visit.
  private func refuseSecond(
    _ origin: Origin, of patient: ID<Patient>, by doctor: ID<User>, in transaction: Transaction
  ) async throws {
    let rows = try await transaction.pipeline([
      """
      SELECT id FROM visits WHERE (token_date = \(origin.token?.date) \
      AND token_number = \(origin.token?.number)) OR appointment_id = \(origin.appointment) LIMIT 1
      """,
      """
      SELECT id FROM visits \
      WHERE patient_id = \(patient) AND doctor_id = \(doctor) AND status = 'OPEN'
      """,
    ])
    for (rows, reason) in zip(rows, [Reason.visitExists, .visitOpen]) {
      if let id = try rows.column(as: ID<Visit>.self).first {
        throw ClinicError(reason).with("id", id)
      }
    }
  }
}
