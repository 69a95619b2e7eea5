import JSONRPC
import Postgres

/// Lists appointments in order of time; without a date to begin with, the latest first.
package struct ListAppointments: Query {
  package typealias Result = Page<Appointment>
  package static let name = "appointments.list"
  package static let summary = "Lists appointments by patient, doctor, dates and status."
  package static let roles = Roles.only(.reception, .doctor)
  package static let isAudited = true

  package let patientID: ID<Patient>?
  package let doctorID: ID<User>?
  package let date: LocalDate?
  package let from: LocalDate?
  package let to: LocalDate?
  package let status: Appointment.Status?
  package let limit: PageLimit?
  package let cursor: TimedCursor?

  package var subject: Subject? {
    patientID.map { Subject("patient", $0) } ?? Subject("appointment")
  }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Appointment> {
    let limit = limit ?? .standard
    let order: SQL = isForward ? "ASC" : "DESC"
    let appointments = try await clinic.postgres.query(
      """
      \(sql: Appointment.select(where: conditions)) ORDER BY a.date \(sql: order), \
      a.start_time \(sql: order), a.id \(sql: order) LIMIT \(sql: limit.rows)
      """, keepingPlan: true, isLong: true
    ).decode(as: Appointment.self)
    return Page(appointments, limit: limit) {
      TimedCursor(date: $0.date, time: $0.startTime, id: $0.id.rawValue).rawValue
    }
  }

  private var isForward: Bool { date != nil || from != nil }

  private var conditions: SQL {
    var conditions: [SQL] = ["true"]
    if let patientID { conditions.append("a.patient_id = (SELECT survivor(\(patientID)))") }
    if let doctorID { conditions.append("a.doctor_id = \(doctorID)") }
    if let date { conditions.append("a.date = \(date)") }
    if let from { conditions.append("a.date >= \(from)") }
    if let to { conditions.append("a.date <= \(to)") }
    // In the statement's text, so that the index of those under way serves.
    if let status { conditions.append("a.status = '\(raw: status.rawValue)'") }
    if let cursor {
      let side: SQL = isForward ? ">" : "<"
      conditions.append("(a.date, a.start_time, a.id) \(sql: side) \(sql: cursor.place)")
    }
    return conditions.joined(separator: " AND ")
  }
}
