/// A method that changes one day of the queue. It decides on `QueueDay`, in memory and under the
/// day's lock; `QueueLane` looks up what it needs and writes what it did.
package protocol QueueCommand: Method where Result == TokenView {
  /// The day that it changes; `nil` for today.
  var date: LocalDate? { get }
  /// The patient whose row it needs.
  var patient: ID<Patient>? { get }
  /// The appointment whose row it needs.
  var appointment: ID<Appointment>? { get }
  /// What the audit keeps beside the outcome.
  var auditDetails: String? { get }
  /// Checks what needs no lock. Runs before the call waits for others.
  func check(by caller: Caller, in clinic: StaffDirectory) throws(ClinicError)
  func apply(to day: inout QueueDay, in context: QueueContext) throws(ClinicError) -> QueueChange
}

extension QueueCommand {
  package var date: LocalDate? { nil }
  package var patient: ID<Patient>? { nil }
  package var appointment: ID<Appointment>? { nil }
  package var auditDetails: String? { nil }
  package func check(by caller: Caller, in staff: StaffDirectory) throws(ClinicError) {}
}

/// What a queue command may look at beside its day.
package struct QueueContext: Sendable {
  package let caller: Caller
  package let now: Instant
  let staff: StaffDirectory
  let rows: QueueRows

  func patient(_ id: ID<Patient>) throws(ClinicError) -> PatientAtDesk {
    guard let patient = rows.patients[id] else { throw .notFound("patient", id) }
    if patient.isArchived { throw ClinicError(.patientArchived) }
    return patient
  }

  func appointment(_ id: ID<Appointment>) throws(ClinicError) -> AppointmentAtDesk {
    guard let appointment = rows.appointments[id] else { throw .notFound("appointment", id) }
    return appointment
  }
}

/// The rows that a batch of queue commands needs, by the numbers that the calls name.
struct QueueRows: Sendable {
  var patients: [ID<Patient>: PatientAtDesk] = [:]
  var appointments: [ID<Appointment>: AppointmentAtDesk] = [:]
}

/// What a check-in needs to know of a patient. Merged patients are the survivor.
struct PatientAtDesk: Sendable {
  let id: ID<Patient>
  let name: String
  let isArchived: Bool
  /// Registered by this scope within the last 15 minutes.
  let registeredBy: String?
}

/// What a check-in needs to know of an appointment, whose row is locked.
struct AppointmentAtDesk: Sendable {
  let id: ID<Appointment>
  let patientID: ID<Patient>
  let patientName: String
  let doctorID: ID<User>
  let status: Appointment.Status
  let date: LocalDate
  let startsAt: Instant
  let endsAt: Instant
}
