import JSONRPC

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
