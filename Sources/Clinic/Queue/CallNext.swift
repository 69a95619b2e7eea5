import JSONRPC

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
