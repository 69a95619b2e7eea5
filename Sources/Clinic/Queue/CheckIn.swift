import JSONRPC

/// Gives a patient who has come for an appointment a token: today, inside the window round the
/// slot's start, once.
package struct CheckIn: QueueCommand {
  package static let name = "queue.check_in"
  package static let summary = "Puts a patient who came for an appointment into today's queue."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [
    .noSuch, .outsideWindow, .alreadyCheckedIn, .invalidTransition, .patientArchived,
    .alreadyInQueue, .dayClosed,
  ]

  package let appointmentID: ID<Appointment>

  package var appointment: ID<Appointment>? { appointmentID }
  package var subject: Subject? { Subject("appointment", appointmentID) }

  package func apply(
    to day: inout QueueDay, in context: QueueContext
  ) throws(ClinicError) -> QueueChange {
    let appointment = try context.appointment(appointmentID)
    try requireScheduled(appointment, on: day)
    try requireWindow(of: appointment, on: day, in: context)
    if appointment.patientIsArchived { throw ClinicError(.patientArchived) }
    return try day.arrive(
      appointment.patientID, named: appointment.patientName, for: appointment.doctorID,
      priority: .routine, appointment: appointment.id, dueAt: appointment.startsAt,
      at: context.now)
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
    let rules = context.scheduling
    let opens = appointment.startsAt.adding(seconds: -60 * Int64(rules.checkInEarlyMinutes))
    let closes = appointment.startsAt.adding(seconds: 60 * Int64(rules.checkInLateMinutes))
    guard appointment.date == day.date, opens <= context.now, context.now <= closes else {
      throw ClinicError(.outsideWindow).with("opens_at", opens.description)
        .with("closes_at", closes.description)
    }
  }
}
