package import JSONRPC
import Postgres

/// The whole queue of a day, already encoded.
package struct EncodedQueue: Codable, Sendable, JSONSchemaRepresentable {
  let json: RawJSON

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
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
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
  /// The version of a day: Redis knows it, PostgreSQL while Redis is away. What this instance has
  /// committed itself counts even if Redis does not have it yet.
  func currentVersion(of date: LocalDate) async throws -> Int64 {
    if let version = await liveQueue.version(of: date), version > 0 {
      return max(version, queue.committedVersion(of: date))
    }
    let rows = try await postgres.query(
      "SELECT version FROM queue_days WHERE date = \(date)", retry: true)
    return rows.isEmpty ? 0 : try rows.single()
  }
}

/// Counts and times of a day.
package struct QueueSummary: Query {
  package struct Counts: Codable, Sendable {
    var waiting = 0
    var withDoctor = 0
    var skipped = 0
    var completed = 0
    var cancelled = 0
    var noShow = 0
    var autoClosed = 0
    var total = 0
  }
  /// In seconds; null where there is nothing to count.
  package struct Times: Codable, Sendable {
    let count: Int
    let meanSeconds: Int?
    let p50Seconds: Int?
    let p90Seconds: Int?

    init(_ microseconds: [Int64]) {
      let sorted = microseconds.sorted().map { Int($0 / 1_000_000) }
      count = sorted.count
      meanSeconds = sorted.isEmpty ? nil : sorted.reduce(0, +) / sorted.count
      p50Seconds = Self.percentile(50, of: sorted)
      p90Seconds = Self.percentile(90, of: sorted)
    }

    /// The smallest value that `percent` of all values do not exceed.
    private static func percentile(_ percent: Int, of sorted: [Int]) -> Int? {
      sorted.isEmpty ? nil : sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
  }
  package struct Group: Codable, Sendable {
    let doctorID: ID<User>?
    let doctorName: String?
    let counts: Counts
    let waits: Times
    let consultations: Times
  }
  package struct Result: Codable, Sendable {
    let date: LocalDate
    let closed: Bool
    let counts: Counts
    /// From the arrival to the call.
    let waits: Times
    /// From the call to the end.
    let consultations: Times
    let byDoctor: [Group]
  }
  package static let name = "queue.summary"
  package static let summary = "Counts a day's tokens and tells waits and consultations."
  package static let roles = Roles.only(.doctor, .reception)

  package let date: LocalDate?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let date = date ?? clinic.calendar.today
    let version = try await clinic.currentVersion(of: date)
    let day = try await clinic.feed.day(date, atLeast: version).day
    let byDoctor = Dictionary(grouping: day.tokens, by: \.doctorID)
    let groups = byDoctor.keys.sorted { ($0?.rawValue ?? .max) < ($1?.rawValue ?? .max) }
    return Result(
      date: date, closed: day.isClosed, counts: Counts(of: day.tokens), waits: waits(day.tokens),
      consultations: consultations(day.tokens),
      byDoctor: groups.map { doctor in
        let tokens = byDoctor[doctor] ?? []
        return Group(
          doctorID: doctor, doctorName: doctor.flatMap { clinic.staff.member($0)?.fullName },
          counts: Counts(of: tokens), waits: waits(tokens), consultations: consultations(tokens))
      })
  }

  private func waits(_ tokens: [QueueToken]) -> Times {
    Times(
      tokens.compactMap { token in
        token.calledAt.map { $0.microseconds - token.arrivedAt.microseconds }
      })
  }

  private func consultations(_ tokens: [QueueToken]) -> Times {
    Times(tokens.compactMap(ConsultationFigures.length(of:)))
  }
}

extension QueueSummary.Counts {
  init(of tokens: [QueueToken]) {
    for token in tokens {
      switch token.status {
      case .waiting: waiting += 1
      case .withDoctor: withDoctor += 1
      case .skipped: skipped += 1
      case .completed: completed += 1
      case .cancelled: cancelled += 1
      case .noShow: noShow += 1
      }
      if token.autoClosed { autoClosed += 1 }
    }
    total = tokens.count
  }
}
