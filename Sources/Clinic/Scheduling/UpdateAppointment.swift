package import JSONRPC
package import Postgres

/// Changes an appointment's texts, or moves it to another slot. A move that is refused leaves the
/// old booking as it was (rule 12). The status has methods of its own.
package struct UpdateAppointment: Command {
  package typealias Result = Appointment
  package static let name = "appointments.update"
  package static let summary = "Changes an appointment, or moves it to another slot."
  package static let roles = Roles.only(.reception, .doctor)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .invalidTransition, .slotTaken, .slotBlocked, .appointmentsOverlap,
    .inPast, .patientArchived, .notADoctor,
  ]

  package let id: ID<Appointment>
  package let slotID: ID<Slot>?
  package let reason: Patch<Note>
  package let notes: Patch<Note>
  package let status: Appointment.Status?
  package let override: Bool?
  package let version: RowVersion?

  package var subject: Subject? { Subject("appointment", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Appointment {
    // The new slot and the patient are locked before the appointment, as when somebody books.
    var found: Booking.Findings?
    if let slotID {
      let booking = Booking(slot: slotID, client: .appointment(id))
      found = try booking.findings(of: await transaction.pipeline(booking.look))
    }
    let before = try await Appointment.locked(id, in: transaction)
    try version.require(before.version)
    if let status, status != before.status { throw before.cannotBecome(status) }
    var fields = reason.change(of: "reason") + notes.change(of: "notes")
    if let slotID, slotID != before.slotID, let found {
      guard before.status == .scheduled else { throw before.cannotBecome(.scheduled) }
      try await found.check(override: override ?? false, staff: clinic.staff)
      fields.append(
        """
        (slot_id, doctor_id, date, start_time, end_time, may_overlap) = (SELECT id, doctor_id, \
        date, start_time, end_time, \(found.overlaps) FROM slots WHERE id = \(slotID))
        """)
    }
    if fields.isEmpty { return before }
    return try await before.changed(fields, by: caller, in: transaction)
  }
}
