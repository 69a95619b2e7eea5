import JSONRPC

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
