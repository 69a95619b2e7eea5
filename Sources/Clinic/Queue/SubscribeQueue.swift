package import JSONRPC
import Postgres

/// Follows the queue: first a snapshot or the missed changes, then every version as
/// `queue.changed`.
package struct SubscribeQueue: SessionMethod {
  package struct Since: Codable, Sendable {
    let date: LocalDate
    let version: Int64
  }
  package enum Overflow: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case coalesce, close
  }
  package struct Result: Codable, Sendable, JSONSchemaRepresentable {
    package static var jsonSchema: JSONSchema {
      .object([
        JSONSchema.Property(name: "subscription", schema: .string(), isRequired: true),
        JSONSchema.Property(name: "date", schema: LocalDate.jsonSchema, isRequired: true),
        JSONSchema.Property(name: "version", schema: .integer(minimum: 0), isRequired: true),
        JSONSchema.Property(name: "snapshot", schema: EncodedQueue.jsonSchema, isRequired: false),
        JSONSchema.Property(name: "replay", schema: .array(of: .any), isRequired: false),
      ])
    }

    let subscription: String
    let date: LocalDate
    let version: Int64
    /// The whole queue; absent when there is a replay.
    let snapshot: EncodedQueue?
    /// The changes after `since`, in order.
    let replay: [RawJSON]?

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(subscription, forKey: .subscription)
      try container.encode(date, forKey: .date)
      try container.encode(version, forKey: .version)
      if let replay {
        try container.encode(replay, forKey: .replay)
      } else {
        try container.encode(snapshot, forKey: .snapshot)
      }
    }
  }
  package static let name = "queue.subscribe"
  package static let summary = "Follows the queue of today or of another day."
  package static let roles = Roles.only(.doctor, .reception, .kiosk, .display)
  package static let errors: [Reason] = [.tooManySubscriptions, .notFound, .notADoctor]
  package static let profile = CallProfile(needsConnection: true)

  package let date: LocalDate?
  package let doctorID: ID<User>?
  package let since: Since?
  package let overflow: Overflow?

  /// How many versions are replayed at most.
  private static let replayLimit: Int64 = 1000

  package func run(on session: Session, of clinic: Clinic) async throws -> Result {
    guard let caller = try await clinic.sessions.caller(of: session) else {
      throw ClinicError(.notAuthenticated)
    }
    if let doctorID { _ = try await clinic.staff.doctor(doctorID) }
    let channel = QueueChannel(date: date, view: QueueView(for: caller.role), doctor: doctorID)
    let id = try subscribe(session, to: channel, on: clinic.hub)
    // What ended the token since it was looked at has found no subscription to end.
    clinic.sessions.recheck(session)
    let day = date ?? clinic.calendar.today
    let version = try await clinic.currentVersion(of: day)
    var followed = try await clinic.feed.follow(day)
    if followed.day.version < version {
      followed = try await clinic.feed.day(day, atLeast: version)
    }
    if channel.view == .staff {
      try await clinic.audit.record(
        AuditEntry(by: caller, method: Self.name, subject: Subject("queue", day.description)))
    }
    let replay = try await replay(to: followed.day, for: channel, in: clinic)
    clinic.hub.start(session, id: id, from: followed.day.version)
    return Result(
      subscription: id, date: day, version: followed.day.version,
      snapshot: replay == nil
        ? EncodedQueue(
          [UInt8(ascii: "{")]
            + followed.members(for: channel.view, doctor: doctorID, in: clinic.staff)
            + [UInt8(ascii: "}")])
        : nil,
      replay: replay)
  }

  private func subscribe(
    _ session: Session, to channel: QueueChannel, on hub: any NotificationHub
  ) throws(ClinicError) -> String {
    for number in 0..<hub.subscriptionsPerSession {
      let id = "queue-\(number + 1)"
      let policy = overflow.flatMap { OverflowPolicy(rawValue: $0.rawValue) } ?? .coalesce
      if hub.subscribe(
        session, id: id, channel: channel.name, method: "queue.changed", overflow: policy)
      {
        return id
      }
    }
    let limit = hub.subscriptionsPerSession
    throw ClinicError(.tooManySubscriptions).with("limit", .int(limit))
      .with("actual", .int(limit + 1))
  }

  /// The changes that the subscriber has missed, if all of them are kept; a subscription to one
  /// doctor's queue starts with a snapshot.
  private func replay(
    to day: QueueDay, for channel: QueueChannel, in clinic: Clinic
  ) async throws -> [RawJSON]? {
    guard let since, since.date == day.date, channel.doctor == nil, since.version >= 0,
      since.version <= day.version, day.version - since.version <= Self.replayLimit
    else { return nil }
    let events = try await QueueEvent.read(
      day.date, after: since.version, upTo: day.version, from: clinic.postgres)
    guard Int64(events.count) == day.version - since.version else { return nil }
    return events.map { event in
      RawJSON(
        bytes: QueueMessage.change(
          event, tokens: event.tokens, on: day.date, for: channel.view, board: event.board,
          staff: clinic.staff))
    }
  }
}
