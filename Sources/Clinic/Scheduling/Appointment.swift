import JSONRPC
import Postgres

/// A patient's place in a doctor's slot.
package struct Appointment: Codable, Sendable, Equatable {
  /// Where an appointment stands. From the check-in on it follows its token (rule 24).
  package enum Status: String, Codable, CaseIterable, Sendable, PostgresEncodable,
    PostgresDecodable, JSONSchemaRepresentable
  {
    case scheduled = "SCHEDULED"
    case checkedIn = "CHECKED_IN"
    case withDoctor = "WITH_DOCTOR"
    case completed = "COMPLETED"
    case cancelled = "CANCELLED"
    case noShow = "NO_SHOW"
  }

  package let id: ID<Appointment>
  package let patientID: ID<Patient>
  package let patientName: String
  package let doctorID: ID<User>
  package let doctorName: String
  package let slotID: ID<Slot>
  package let date: LocalDate
  package let startTime: TimeOfDay
  package let endTime: TimeOfDay
  package let status: Status
  package let reason: String?
  package let notes: String?
  package let cancelReason: String?
  /// The token of its check-in.
  package let token: TokenName?
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}
