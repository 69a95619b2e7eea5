import JSONRPC

/// Gives a patient who has come for an appointment a token: today, within the window around the
/// slot's start, once. A kiosk names the visitor whom it has identified, and no appointment.
package struct CheckIn: QueueCommand {
  package static let name = "queue.check_in"
  package static let summary = "Puts a patient who came for an appointment into today's queue."
  package static let roles = Roles.only(.reception, .kiosk)
  package static let errors: [Reason] = [
    .notFound, .outsideCheckInWindow, .alreadyCheckedIn, .invalidTransition, .patientArchived,
    .alreadyInQueue, .visitorUnknown, .notYourPatient, .dayClosed,
  ]

  package let appointmentID: ID<Appointment>?
  package let visitor: VisitorToken?

  package var appointment: ID<Appointment>? { appointmentID }
  package var subject: Subject? { Subject("appointment", appointmentID) }

  package func check(by caller: Caller, in staff: StaffDirectory) async throws {
    guard (appointmentID == nil) != (visitor == nil) else {
      throw ParamsError(
        reason: appointmentID == nil ? .missing : .invalid, field: "appointment_id",
        message: "either an appointment or a visitor")
    }
    if caller.role == .kiosk, visitor == nil { throw ClinicError(.notYourPatient) }
  }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    let appointment = try appointment(in: context)
    try requireScheduled(appointment, on: day)
    try requireWindow(of: appointment, on: day, in: context)
    if appointment.patientIsArchived { throw ClinicError(.patientArchived) }
    return try day.arrive(
      appointment.patientID, named: appointment.patientName, for: appointment.doctorID,
      priority: .routine, appointment: appointment.id, dueAt: appointment.startsAt,
      at: context.now)
  }

  /// The named appointment, or the visitor's: the next one of today that can be checked in,
  /// otherwise the next one. A visitor without an appointment is refused like somebody whom nobody
  /// knows (rule 50).
  private func appointment(in context: QueueContext) throws(ClinicError) -> AppointmentAtDesk {
    if let appointmentID { return try context.appointment(appointmentID) }
    guard let visitor else { throw ClinicError(.visitorUnknown) }
    let patient = try context.patient(visitor)
    let mine = context.rows.appointments.values
      .filter { $0.patientID == patient.id && $0.status == .scheduled }
      .sorted { $0.startsAt < $1.startsAt }
    guard
      let next = mine.first(where: { window(of: $0, in: context).contains(context.now) })
        ?? mine.first
    else { throw ClinicError(.visitorUnknown) }
    return next
  }

  /// The window around the slot's start, within its day: the token belongs to the day of the
  /// appointment.
  private func window(
    of appointment: AppointmentAtDesk, in context: QueueContext
  ) -> ClosedRange<Instant> {
    let (rules, start) = (context.scheduling, appointment.startsAt)
    let opens = start.adding(seconds: -60 * Int64(rules.checkInEarlyMinutes))
    let closes = start.adding(seconds: 60 * Int64(rules.checkInLateMinutes))
    return max(opens, appointment.dayStartsAt)...min(closes, appointment.dayEndsAt)
  }

  private func requireScheduled(
    _ appointment: AppointmentAtDesk, on day: QueueDay
  ) throws(ClinicError) {
    // The row is as it was before this batch; the day knows what came in it.
    let token =
      day.liveToken(of: appointment.patientID).flatMap {
        $0.appointmentID == appointment.id ? $0 : nil
      } ?? day.tokens.last { $0.appointmentID == appointment.id && $0.status == .completed }
    if let token {
      throw ClinicError(.alreadyCheckedIn).with("token", token.token.description)
    }
    switch appointment.status {
    case .scheduled: break
    case .checkedIn, .withDoctor, .completed: throw ClinicError(.alreadyCheckedIn)
    case .cancelled, .noShow:
      throw ClinicError(.invalidTransition).with("from", appointment.status.rawValue)
        .with("to", Appointment.Status.checkedIn.rawValue)
    }
  }

  private func requireWindow(
    of appointment: AppointmentAtDesk, on day: QueueDay, in context: QueueContext
  ) throws(ClinicError) {
    let window = window(of: appointment, in: context)
    guard appointment.date == day.date, window.contains(context.now) else {
      throw ClinicError(.outsideCheckInWindow).with("opens_at", window.lowerBound.description)
        .with("closes_at", window.upperBound.description)
    }
  }
}
