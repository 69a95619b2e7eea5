import JSONRPC

/// A day's queue: all of it to staff, the board's view to boards and kiosks.
package struct QueueToday: Query {
  package typealias Result = EncodedQueue
  package static let name = "queue.today"
  package static let summary = "Gives the queue of today or of another day."
  package static let roles = Roles.only(.doctor, .reception, .display, .kiosk)

  package let date: LocalDate?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> EncodedQueue {
    guard let caller else { throw ClinicError(.notAuthenticated) }
    let date = date ?? clinic.calendar.today
    let version = try await clinic.currentVersion(of: date)
    let day = try await clinic.feed.day(date, atLeast: version)
    let view = QueueView(for: caller.role)
    if view == .staff {
      try await clinic.audit.record(
        AuditEntry(by: caller, method: Self.name, subject: Subject("queue", date.description)))
    }
    return EncodedQueue(day.encoded(for: view, in: clinic.staff))
  }
}
