package import JSONRPC
package import Postgres

/// Signs a visit and locks it for ever (rule 27). Its token and its appointment are completed with
/// it (rule 24).
package struct CompleteVisit: Command, VisitFindings {
  package typealias Result = Visit
  package static let name = "visits.complete"
  package static let summary = "Signs and locks a visit; completes its token and appointment."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [
    .notFound, .noStaffIdentity, .notYourVisit, .visitCompleted, .staleVersion,
  ]
  package static let sharesTransaction = false

  package let id: ID<Visit>
  package let vitals: Patch<VitalsPatch>
  package let chiefComplaint: Patch<LongText>
  package let diagnosis: Patch<LongText>
  package let diagnosisCodes: Patch<DiagnosisCodes>
  package let treatmentPlan: Patch<LongText>
  package let version: RowVersion?

  package var subject: Subject? { Subject("visit", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Visit {
    transaction.enqueue(Appointment.lockDay("SELECT token_date FROM visits WHERE id = \(id)"))
    transaction.enqueue(Patient.lock("SELECT patient_id FROM visits WHERE id = \(id)"))
    let visit = try await LockedVisit.lock(id, in: transaction)
    try visit.requireOwner(caller)
    try visit.requireOpen(version)
    if let token = visit.token {
      try await complete(token, of: visit, in: transaction, of: clinic)
    }
    if let appointment = visit.appointmentID {
      // Its token, if it is completed, has completed it already. Once it was given up its slot may
      // be another's.
      transaction.enqueue(
        """
        UPDATE appointments a SET status = 'COMPLETED', cancel_reason = NULL, \
        version = version + 1, updated_at = now(), changed_by = \(caller.name) \
        WHERE id = \(appointment) AND status <> 'COMPLETED' AND NOT EXISTS (SELECT \
        FROM appointments b WHERE b.slot_id = a.slot_id AND b.id <> a.id \
        AND b.status NOT IN ('CANCELLED', 'NO_SHOW'))
        """)
    }
    let changes =
      try assignments + [
        "status = 'COMPLETED'", "signed_by = \(try caller.requireUser())",
        "completed_at = clock_timestamp()", "version = version + 1", "updated_at = now()",
      ]
    let results = try await transaction.pipeline([
      "UPDATE visits SET \(sql: changes.joined(separator: ", ")) WHERE id = \(id)",
      Visit.select(id),
    ])
    return try results[1].row()
  }

  /// Completes the visit's token, and the appointment with it. A token that somebody else has ended,
  /// put back or called to another doctor meanwhile is left as it is: its consultation is not this
  /// one.
  private func complete(
    _ name: TokenName, of visit: LockedVisit, in transaction: Transaction, of clinic: Clinic
  ) async throws {
    try await clinic.queue.change(name.date, in: transaction) { day, now in
      let token = try day.token(name.number)
      let isCalledBefore = token.calledAt.map { $0 <= visit.createdAt } ?? false
      guard token.status == .withDoctor, token.doctorID == visit.doctorID || isCalledBefore else {
        return nil
      }
      return try day.setStatus(of: name.number, to: .completed, at: now)
    }
  }
}
