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
