import JSONRPC

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
    try day.recall(token.number, at: context.now)
  }
}
