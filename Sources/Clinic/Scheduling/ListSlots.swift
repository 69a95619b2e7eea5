import JSONRPC
import Postgres

/// Lists slots in order of time, from today on unless told otherwise.
package struct ListSlots: Query {
  package typealias Result = Page<Slot>
  package static let name = "slots.list"
  package static let summary = "Lists slots by doctor, dates and whether they can be booked."
  package static let roles = Roles.loggedInExceptDisplays

  package let doctorID: ID<User>?
  package let from: LocalDate?
  package let to: LocalDate?
  package let available: Bool?
  package let limit: PageLimit?
  package let cursor: TimedCursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Slot> {
    let limit = limit ?? .standard
    var conditions: SQL = "s.date >= coalesce(\(from), current_date)"
    if let to { conditions.append(" AND s.date <= \(to)") }
    if let doctorID { conditions.append(" AND s.doctor_id = \(doctorID)") }
    if let available { conditions.append(" AND (\(sql: Slot.isAvailable)) = \(available)") }
    // What is past is not available, and there is much of it.
    if available == true { conditions.append(" AND s.date >= current_date") }
    if let cursor {
      conditions.append(" AND (s.date, s.start_time, s.id) > \(sql: cursor.place)")
    }
    let slots = try await clinic.postgres.query(
      """
      \(sql: Slot.select(where: conditions)) ORDER BY s.date, s.start_time, s.id \
      LIMIT \(sql: limit.rows)
      """, keepingPlan: true, isLong: true
    ).decode(as: Slot.self)
    return Page(slots.map { $0.shown(to: caller?.role) }, limit: limit) {
      TimedCursor(date: $0.date, time: $0.startTime, id: $0.id.rawValue).rawValue
    }
  }
}
