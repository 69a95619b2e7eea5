import JSONRPC
import Postgres

/// A time at which a doctor can see somebody, by the clinic's wall clock. Its end is exclusive
/// (rule 8).
package struct Slot: Codable, Sendable, Equatable {
  package let id: ID<Slot>
  package let doctorID: ID<User>
  package let date: LocalDate
  package let startTime: TimeOfDay
  package let endTime: TimeOfDay
  package let isBlocked: Bool
  package let blockReason: String?
  /// The appointment that has it now.
  package let appointmentID: ID<Appointment>?
  package let version: RowVersion
}
