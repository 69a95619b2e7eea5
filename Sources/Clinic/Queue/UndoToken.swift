import JSONRPC

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
