/// A method that changes one day of the queue. It decides on `QueueDay`, in memory and under the
/// day's lock; `QueueLane` looks up what it needs and writes what it did.
package protocol QueueCommand: Method where Result == TokenView {
  /// The day that it changes; `nil` for today.
  var date: LocalDate? { get }
  /// The patient whose row it needs.
  var patient: ID<Patient>? { get }
  /// What the audit keeps beside the outcome.
  var auditDetails: String? { get }
  /// Checks what needs no lock. Runs before the call waits for others.
  func check(by caller: Caller, in clinic: StaffDirectory) throws(ClinicError)
  func apply(to day: inout QueueDay, in context: QueueContext) throws(ClinicError) -> QueueChange
}

extension QueueCommand {
  package var date: LocalDate? { nil }
  package var patient: ID<Patient>? { nil }
  package var auditDetails: String? { nil }
  package func check(by caller: Caller, in staff: StaffDirectory) throws(ClinicError) {}
}

/// What a queue command may look at beside its day.
package struct QueueContext: Sendable {
  package let caller: Caller
  package let now: Instant
  let staff: StaffDirectory
  let patients: [ID<Patient>: PatientAtDesk]

  func patient(_ id: ID<Patient>) throws(ClinicError) -> PatientAtDesk {
    guard let patient = patients[id] else { throw .notFound("patient", id) }
    if patient.isArchived { throw ClinicError(.patientArchived) }
    return patient
  }
}

/// What a check-in needs to know of a patient.
struct PatientAtDesk: Sendable {
  let id: ID<Patient>
  let name: String
  let isArchived: Bool
  /// Registered by this scope within the last 15 minutes.
  let registeredBy: String?
}
