import JSONRPC
package import Postgres

/// Books a slot for a patient. Of all who try at once one succeeds (rule 7); a patient's own
/// appointments overlap only if the call says so (rule 9).
package struct CreateAppointment: PipelinedCommand {
  package typealias Result = Appointment
  package static let name = "appointments.create"
  package static let summary = "Books a slot for a patient."
  package static let roles = Roles.only(.reception, .doctor)
  package static let errors: [Reason] = [
    .notFound, .slotTaken, .slotBlocked, .appointmentsOverlap, .inPast, .patientArchived,
    .notADoctor,
  ]

  package let patientID: ID<Patient>
  package let slotID: ID<Slot>
  package let reason: Note?
  package let notes: Note?
  package let override: Bool?

  /// For a refusal: the patient for whom the appointment was to be.
  package var subject: Subject? { Subject("patient", patientID) }
  package func subject(of result: Appointment) -> Subject? { Subject("appointment", result.id) }

  private var booking: Booking { Booking(slot: slotID, client: .patient(patientID)) }

  package var locks: [Subject] { [Subject("slot", slotID), Subject("patient", patientID)] }
  package var look: [SQL] { booking.look }

  package func statements(
    after found: [Rows], in clinic: Clinic, by caller: Caller
  ) async throws -> [SQL] {
    let found = try booking.findings(of: found)
    try await found.check(override: override ?? false, staff: clinic.staff)
    return [
      Patient.requireSurvivor(found.patientID, of: patientID),
      """
      WITH a AS (INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, \
      end_time, reason, notes, may_overlap, created_by, changed_by) \
      SELECT \(found.patientID), id, doctor_id, date, start_time, end_time, \(reason), \(notes), \
      \(found.overlaps), \(caller.name), \(caller.name) FROM slots WHERE id = \(slotID) \
      RETURNING *) SELECT \(sql: Appointment.columns) FROM a \(sql: Appointment.joins)
      """,
    ]
  }

  package func result(of rows: [Rows]) throws -> Appointment { try rows[1].row() }
}
