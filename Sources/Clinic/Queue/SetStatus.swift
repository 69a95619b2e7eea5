import JSONRPC

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
