import JSONRPC

/// Gives a patient without an appointment a token.
package struct WalkIn: QueueCommand {
  package static let name = "queue.walk_in"
  package static let summary = "Puts a patient without an appointment into today's queue."
  package static let roles = Roles.only(.reception, .kiosk)
  package static let errors: [Reason] = [
    .notFound, .patientArchived, .alreadyInQueue, .notADoctor, .priorityForStaff, .notYourPatient,
    .visitorUnknown, .dayClosed,
  ]

  /// The patient; a kiosk names a visitor instead, or the patient that it has just registered.
  package let patientID: ID<Patient>?
  package let doctorID: ID<User>?
  package let priority: Priority?
  package let visitor: VisitorToken?

  package var patient: ID<Patient>? { patientID }
  package var subject: Subject? { Subject("patient", patientID) }

  package func check(by caller: Caller, in staff: StaffDirectory) async throws {
    guard (patientID == nil) != (visitor == nil) else {
      throw ParamsError(
        reason: patientID == nil ? .missing : .invalid, field: "patient_id",
        message: "either a patient or a visitor")
    }
    if priority != nil, !caller.role.isStaff { throw ClinicError(.priorityForStaff) }
    if let doctorID { _ = try await staff.doctor(doctorID) }
  }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    let patient = try patient(in: context)
    return try day.arrive(
      patient.id, named: patient.name, for: doctorID, priority: priority ?? .routine,
      at: context.now)
  }

  private func patient(in context: QueueContext) throws(ClinicError) -> PatientAtDesk {
    if let visitor { return try context.patient(visitor) }
    guard let patientID else { throw ClinicError(.visitorUnknown) }
    // A kiosk learns nothing of patients that it has not just registered itself.
    if context.caller.role == .kiosk {
      guard let patient = context.rows.patients[patientID],
        patient.registeredBy == context.caller.scope, !patient.isArchived
      else { throw ClinicError(.notYourPatient) }
    }
    return try context.patient(patientID)
  }
}

/// Sends the next patient to a doctor. Repeated with its key it gives the same token (rule 17).
package struct CallNext: QueueCommand {
  package static let name = "queue.call_next"
  package static let summary = "Calls the next waiting patient for a doctor."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [
    .queueEmpty, .alreadyServing, .notADoctor, .notYourQueue, .dayClosed, .notFound,
    .doctorRequired,
  ]

  package let doctorID: ID<User>?

  package var subject: Subject? { Subject("queue") }

  package func check(by caller: Caller, in staff: StaffDirectory) async throws {
    if caller.role == .doctor, let doctorID, doctorID != caller.userID {
      throw ClinicError(.notYourQueue)
    }
    guard let doctor = doctorID ?? caller.doctor else {
      throw ClinicError(.doctorRequired).with("field", "doctor_id")
    }
    _ = try await staff.doctor(doctor)
  }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    guard let doctor = doctorID ?? context.caller.doctor else {
      throw ClinicError(.doctorRequired).with("field", "doctor_id")
    }
    return try day.callNext(for: doctor, at: context.now)
  }
}

/// Moves a token along one of the listed transitions (rule 19).
package struct SetStatus: QueueCommand {
  package static let name = "queue.set_status"
  package static let summary = "Moves a token to another status."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [
    .notFound, .invalidTransition, .alreadyServing, .doctorRequired, .notADoctor, .dayClosed,
  ]

  package let token: TokenName
  package let status: TokenStatus
  package let doctorID: ID<User>?

  package var date: LocalDate? { token.date }
  package var subject: Subject? { Subject("token", token.description) }
  package var auditDetails: String? { #"{"status":"\#(status.rawValue)"}"# }

  package func check(by caller: Caller, in staff: StaffDirectory) async throws {
    if let doctorID { _ = try await staff.doctor(doctorID) }
  }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    try day.setStatus(
      of: token.number, to: status, with: doctorID, by: context.caller.doctor,
      mayServe: context.mayServe, at: context.now)
  }
}

/// Brings a token back from a final state, for a reason that the audit keeps.
package struct UndoToken: QueueCommand {
  package static let name = "queue.undo"
  package static let summary = "Brings a token back from a final state."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [
    .notFound, .invalidTransition, .alreadyServing, .alreadyInQueue, .slotTaken,
    .appointmentsOverlap, .patientArchived, .dayClosed,
  ]

  package let token: TokenName
  package let reason: Line

  package var date: LocalDate? { token.date }
  package var subject: Subject? { Subject("token", token.description) }
  package var auditDetails: String? {
    (try? JSONValueEncoder().encode(["reason": reason.rawValue]))
      .map { String(decoding: $0, as: UTF8.self) }
  }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    try day.undo(token.number, mayServe: context.mayServe)
  }
}

/// Brings a skipped token back to the line; it keeps its arrival (rule 20).
package struct RecallToken: QueueCommand {
  package static let name = "queue.recall"
  package static let summary = "Brings a skipped token back to the line."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [.notFound, .invalidTransition, .dayClosed]

  package let token: TokenName

  package var date: LocalDate? { token.date }
  package var subject: Subject? { Subject("token", token.description) }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    let status = try day.token(token.number).status
    guard status == .skipped else {
      throw ClinicError(.invalidTransition).with("from", status.rawValue).with("to", "WAITING")
    }
    return try day.setStatus(of: token.number, to: .waiting, at: context.now)
  }
}

/// Hands a token to another doctor (rule 22).
package struct TransferToken: QueueCommand {
  package static let name = "queue.transfer"
  package static let summary = "Hands a token to another doctor; it waits there by its arrival."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [
    .notFound, .invalidTransition, .sameDoctor, .notADoctor, .dayClosed,
  ]

  package let token: TokenName
  package let doctorID: ID<User>

  package var date: LocalDate? { token.date }
  package var subject: Subject? { Subject("token", token.description) }
  package var auditDetails: String? { #"{"doctor_id":\#(doctorID)}"# }

  package func check(by caller: Caller, in staff: StaffDirectory) async throws {
    _ = try await staff.doctor(doctorID)
  }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    try day.transfer(token.number, to: doctorID)
  }
}

/// Changes how soon a patient must be seen.
package struct SetPriority: QueueCommand {
  package static let name = "queue.set_priority"
  package static let summary = "Changes the priority of a live token."
  package static let roles = Roles.only(.doctor, .reception)
  package static let errors: [Reason] = [.notFound, .invalidTransition, .dayClosed]

  package let token: TokenName
  package let priority: Priority

  package var date: LocalDate? { token.date }
  package var subject: Subject? { Subject("token", token.description) }
  package var auditDetails: String? { #"{"priority":"\#(priority.rawValue)"}"# }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    try day.setPriority(of: token.number, to: priority)
  }
}

extension Caller {
  /// The caller's own id, if the caller is a doctor.
  var doctor: ID<User>? { role == .doctor ? userID : nil }
}
