package import JSONRPC
import Postgres

/// The whole queue of a day, already encoded.
package struct EncodedQueue: EncodedJSON, Decodable, Sendable, JSONSchemaRepresentable {
  package let json: RawJSON

  package static var jsonSchema: JSONSchema {
    let schemas = [
      try? SchemaRecorder.schema(of: StaffQueue.self),
      try? SchemaRecorder.schema(of: BoardQueue.self),
    ]
    return .anyOf(schemas.compactMap { $0 })
  }

  init(_ bytes: [UInt8]) {
    json = RawJSON(bytes: bytes)
  }

  package init(from decoder: any Decoder) throws { json = try RawJSON(from: decoder) }
}

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

extension Clinic {
  /// The version of a day, from Redis, or from PostgreSQL while Redis is away. What this instance
  /// has committed itself counts even if Redis does not have it yet.
  func currentVersion(of date: LocalDate) async throws -> Int64 {
    if let version = await liveQueue.version(of: date), version > 0 {
      return max(version, queue.committedVersion(of: date))
    }
    let rows = try await postgres.query(
      "SELECT version FROM queue_days WHERE date = \(date)", retry: true)
    return rows.isEmpty ? 0 : try rows.single()
  }
}
