/// A method that changes one day of the queue. It decides on `QueueDay`, in memory and under the
/// day's lock; `QueueLane` looks up what it needs and writes what it did.
package protocol QueueCommand: Method where Result == TokenView {
  /// The day that it changes; `nil` for today.
  var date: LocalDate? { get }
  /// The patient whose row it needs.
  var patient: ID<Patient>? { get }
  /// The appointment whose row it needs.
  var appointment: ID<Appointment>? { get }
  /// The visitor whom a kiosk has identified, if the call is about one.
  var visitor: VisitorToken? { get }
  /// What the audit keeps beside the outcome.
  var auditDetails: String? { get }
  /// Checks what needs no lock. Runs before the call waits for others.
  func check(by caller: Caller, in staff: StaffDirectory) async throws
  func apply(to day: inout QueueDay, in context: QueueContext) throws(ClinicError) -> QueueChange
}

extension QueueCommand {
  package var date: LocalDate? { nil }
  package var patient: ID<Patient>? { nil }
  package var appointment: ID<Appointment>? { nil }
  package var visitor: VisitorToken? { nil }
  package var auditDetails: String? { nil }
  package func check(by caller: Caller, in staff: StaffDirectory) async throws {}
}

/// What a queue command may look at beside its day.
package struct QueueContext: Sendable {
  package let caller: Caller
  package let now: Instant
  let staff: StaffDirectory
  let rows: QueueRows
  let scheduling: SchedulingRules

  /// Whether the user is an active doctor. A user of whom nothing is known here was just made by
  /// another instance.
  func mayServe(_ doctor: ID<User>) -> Bool { staff.member(doctor)?.isActiveDoctor ?? true }

  func patient(_ id: ID<Patient>) throws(ClinicError) -> PatientAtDesk {
    guard let patient = rows.patients[id] else { throw .notFound("patient", id) }
    if patient.isArchived { throw ClinicError(.patientArchived) }
    return patient
  }

  /// The patient behind a visitor's word, which is valid only at this kiosk and for a while (rule
  /// 50).
  func patient(_ visitor: VisitorToken) throws(ClinicError) -> PatientAtDesk {
    guard let (caller, patient) = rows.visitors[visitor.hash], caller == self.caller.scope,
      !patient.isArchived
    else { throw ClinicError(.visitorUnknown) }
    return patient
  }

  func appointment(_ id: ID<Appointment>) throws(ClinicError) -> AppointmentAtDesk {
    guard let appointment = rows.appointments[id] else { throw .notFound("appointment", id) }
    return appointment
  }
}
