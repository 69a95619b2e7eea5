import JSONRPC
import Postgres

/// One appointment with everything that happened to it.
package struct GetAppointment: Query {
  package struct Event: Codable, Sendable, Equatable {
    package let at: Instant
    package let status: Appointment.Status
    package let slotID: ID<Slot>
    /// A user's name; `queue` for a change that came with the token, `clinicd` for the close of the
    /// day.
    package let changedBy: String
    /// The reason of a cancellation.
    package let reason: String?
  }
  package struct History: Codable, Sendable {
    /// Every status and slot that the appointment had, the first one first.
    let history: [Event]
  }
  package typealias Result = Extended<Appointment, History>
  package static let name = "appointments.get"
  package static let summary = "Gives one appointment with its history."
  package static let roles = Roles.only(.reception, .doctor)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let id: ID<Appointment>

  package var subject: Subject? { Subject("appointment", id) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    // One row an event, so that both are of one moment.
    let rows = try await clinic.postgres.query(
      """
      SELECT \(sql: Appointment.columns), e.at, e.status, e.slot_id, e.changed_by, e.reason \
      FROM appointments a \(sql: Appointment.joins) \
      JOIN appointment_events e ON e.appointment_id = a.id WHERE a.id = \(id) ORDER BY e.id
      """)
    let whole = try rows.decode(as: WithEvent.self)
    guard let first = whole.first else { throw ClinicError.notFound("appointment", id) }
    return Result(first.appointment, History(history: whole.map(\.event)))
  }

  private struct WithEvent: RowDecodable {
    let appointment: Appointment
    let event: Event

    init(cells: inout Cells) throws(PostgresError) {
      appointment = try Appointment(cells: &cells)
      event = Event(
        at: try cells.next(), status: try cells.next(), slotID: try cells.next(),
        changedBy: try cells.next(), reason: try cells.next())
    }
  }
}
