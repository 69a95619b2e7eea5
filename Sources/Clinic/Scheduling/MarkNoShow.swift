import JSONRPC
package import Postgres

/// Records that nobody came: after the grace period, and never for a patient who has arrived (rule
/// 13).
package struct MarkNoShow: Command {
  package typealias Result = Appointment
  package static let name = "appointments.mark_no_show"
  package static let summary = "Notes that a patient did not come, after the grace period."
  package static let roles = Roles.only(.reception, .doctor)
  package static let errors: [Reason] = [.notFound, .staleVersion, .invalidTransition, .tooEarly]

  package let id: ID<Appointment>
  package let version: RowVersion?

  package var subject: Subject? { Subject("appointment", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Appointment {
    let results = try await transaction.pipeline(
      Appointment.lock(id) + [
        """
        SELECT (date + start_time)::timestamptz \
        + make_interval(mins => \(clinic.settings.scheduling.noShowGrace)), clock_timestamp(), \
        \(sql: Self.hasCome) FROM appointments a WHERE id = \(id)
        """
      ])
    let appointment: Appointment = try results[1].row(orMissing: "appointment", id)
    try version.require(appointment.version)
    guard appointment.status == .scheduled else { throw appointment.cannotBecome(.noShow) }
    guard let row = results[2].first else { throw ClinicError.notFound("appointment", id) }
    var cells = row.cells
    let notBefore: Instant = try cells.next()
    let now: Instant = try cells.next()
    if try cells.next() as Bool { throw appointment.cannotBecome(.noShow) }
    guard now >= notBefore else {
      throw ClinicError(.tooEarly).with("not_before", notBefore.description)
    }
    return try await appointment.changed(["status = 'NO_SHOW'"], by: caller, in: transaction)
  }

  /// Whether the patient of an appointment `a` came that day without its being checked in: by a
  /// number of his or her own, for the doctor or for anybody, or straight to the doctor.
  static let hasCome: SQL = """
    (EXISTS (SELECT FROM queue_tokens t WHERE t.patient_id = a.patient_id AND t.date = a.date \
    AND t.appointment_id IS NULL AND coalesce(t.doctor_id, a.doctor_id) = a.doctor_id \
    AND t.status NOT IN ('CANCELLED', 'NO_SHOW')) \
    OR EXISTS (SELECT FROM visits v WHERE v.patient_id = a.patient_id AND v.date = a.date \
    AND v.appointment_id IS NULL AND v.doctor_id = a.doctor_id))
    """
}

extension SchedulingRules {
  var noShowGrace: Int32 { Int32(clamping: noShowGraceMinutes) }
}
