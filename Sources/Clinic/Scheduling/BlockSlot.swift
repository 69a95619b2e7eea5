import JSONRPC
package import Postgres

/// Takes a slot out of what can be booked. Blocking a booked slot is refused, or its appointment is
/// cancelled with it if the call says so (rule 12).
package struct BlockSlot: Command {
  package struct Cancelled: Codable, Sendable {
    /// The appointment that was cancelled with the slot.
    let cancelledAppointmentID: ID<Appointment>?
  }
  package typealias Result = Extended<Slot, Cancelled>
  package static let name = "slots.block"
  package static let summary =
    "Blocks a slot; a booked one is refused, or its appointment cancelled if the call says so."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .slotBooked, .notYourSlots, .invalidTransition,
  ]
  // It may change the queue.
  package static let sharesTransaction = false

  package let id: ID<Slot>
  package let reason: Line?
  package let cancelAppointments: Bool?
  package let version: RowVersion?

  package var subject: Subject? { Subject("slot", id) }
  package func auditDetails(of result: Result) -> String? {
    result.cancelledAppointmentID.map { #"{"cancelled_appointment_id":\#($0)}"# }
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    if cancelAppointments == true {
      transaction.enqueue(Appointment.lockDay("SELECT date FROM slots WHERE id = \(id)"))
    }
    var slot = try await Slot.locked(id, in: transaction)
    try caller.requireOwnSlots(of: slot.doctorID)
    try version.require(slot.version)
    var cancelled: ID<Appointment>?
    if let booked = try await booking(in: transaction) {
      guard cancelAppointments == true else {
        throw ClinicError(.slotBooked).with("appointment_id", booked.id)
      }
      let reason = reason.map { Note(rawValue: $0.rawValue) }
      cancelled = try await booked.cancel(for: reason, by: caller, in: transaction, of: clinic).id
    }
    if !slot.isBlocked || reason.map({ $0.rawValue != slot.blockReason }) == true {
      slot = try await slot.changed(
        "is_blocked = true, block_reason = coalesce(\(reason), block_reason)", in: transaction)
    } else if cancelled != nil {
      slot = try await transaction.query(Slot.select(where: "s.id = \(id)")).row()
    }
    return Result(slot, Cancelled(cancelledAppointmentID: cancelled))
  }

  /// The appointment that has the slot, locked. It is read after the slot was locked, so that
  /// nobody else can take the slot.
  private func booking(in transaction: Transaction) async throws -> Appointment? {
    let condition: SQL = "a.slot_id = \(id) AND a.status NOT IN ('CANCELLED', 'NO_SHOW')"
    return try await transaction.pipeline([
      "SELECT FROM appointments a WHERE \(sql: condition) FOR NO KEY UPDATE",
      Appointment.select(where: condition),
    ])[1].decode(as: Appointment.self).first
  }
}
