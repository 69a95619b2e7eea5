import JSONRPC
package import Postgres

/// Cancels an appointment: its slot is free again, the row and the reason stay (rule 12). If the
/// patient has checked in and is not with the doctor yet, the token is cancelled too.
package struct CancelAppointment: Command {
  package typealias Result = Appointment
  package static let name = "appointments.cancel"
  package static let summary = "Cancels an appointment and frees its slot."
  package static let roles = Roles.only(.reception, .doctor)
  package static let errors: [Reason] = [.notFound, .staleVersion, .invalidTransition, .dayClosed]
  // It may change the queue.
  package static let sharesTransaction = false

  package let id: ID<Appointment>
  package let reason: Note?
  package let version: RowVersion?

  package var subject: Subject? { Subject("appointment", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Appointment {
    transaction.enqueue(
      Appointment.lockDay("SELECT date FROM appointments WHERE id = \(id)"))
    let appointment = try await Appointment.locked(id, in: transaction)
    try version.require(appointment.version)
    return try await appointment.cancel(for: reason, by: caller, in: transaction, of: clinic)
  }
}

extension Appointment {
  /// Cancels the appointment, which is locked after its day, and its token.
  ///
  /// - Throws: `invalid_transition` when the appointment cannot be cancelled any more.
  func cancel(
    for reason: Note?, by caller: Caller, in transaction: Transaction, of clinic: Clinic
  ) async throws -> Appointment {
    guard status == .scheduled || status == .checkedIn else { throw cannotBecome(.cancelled) }
    let cancelled = try await changed(
      ["status = 'CANCELLED'", "cancel_reason = \(reason)"], by: caller, in: transaction)
    // Before a day's first check-in there was no day to lock: what was read while that committed
    // may lack the token.
    if status == .checkedIn, let token = cancelled.token {
      try await clinic.queue.change(token.date, in: transaction) { day, now in
        try day.setStatus(of: token.number, to: .cancelled, at: now)
      }
    }
    return cancelled
  }
}
