import JSONRPC
import Logging
import Postgres
import Testing

@testable import Clinic

/// A doctor, and what a test of visits needs at hand.
struct DoctorAtWork: Sendable {
  let member: TestClinic.Member
  let caller: TestConnection
  var id: JSON { .int(member.id) }
}

extension TestClinic {
  func doctorAtWork(on instance: Int = 0) async throws -> DoctorAtWork {
    let member = try await member(.doctor)
    return DoctorAtWork(member: member, caller: try await connect(member, on: instance))
  }

  /// A patient with allergies.
  func patient(allergies: [String]) async throws -> Int {
    try #require(
      try await postgres.query(
        """
        INSERT INTO patients (name, allergies, registered_by) VALUES \
        ('Asha Iyer', \(allergies), 'test') RETURNING id
        """
      ).column(as: Int.self).first)
  }

  /// A visit of a new patient by a doctor. - Returns: its id.
  func visit(by doctor: DoctorAtWork, of patient: Int? = nil) async throws -> Int {
    let number: Int
    if let patient { number = patient } else { number = try await self.patient() }
    return try await doctor.caller.call("visits.create", ["patient_id": .int(number)])
      .integer("id")
  }

  /// Puts a new patient into the queue. - Returns: the token's name.
  func token(for doctor: DoctorAtWork? = nil) async throws -> JSON {
    let admin = try await admin()
    let token = try await admin.call(
      "queue.walk_in",
      ["patient_id": .int(try await patient()), "doctor_id": doctor?.id ?? .null])
    await admin.close()
    return .string(try token.text("token"))
  }

  func status(of token: JSON) async throws -> String? {
    guard case .string(let name) = token else { return nil }
    return try await texts(
      "SELECT status FROM queue_tokens WHERE number = \(Int(name.suffix(3)) ?? 0)"
    )
    .first
  }

  /// A scheduled appointment with a doctor today. - Returns: its id.
  func appointment(with doctor: DoctorAtWork, of patient: Int? = nil) async throws -> Int {
    let number: Int
    if let patient { number = patient } else { number = try await self.patient() }
    return try #require(
      try await postgres.query(
        """
        WITH s AS (INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT \
        \(doctor.member.id), current_date, '00:00'::time + count(*) * interval '1 minute', \
        '00:01'::time + count(*) * interval '1 minute' FROM slots RETURNING *) \
        INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
        created_by, changed_by) SELECT \(number), id, doctor_id, date, start_time, end_time, \
        'test', 'test' FROM s RETURNING id
        """
      ).column(as: Int.self).first)
  }

  /// The clinic's departments in the test's own process, on the same PostgreSQL, to count what they
  /// ask of it.
  func inProcess(hub: any NotificationHub = NobodyListens()) throws -> Clinic {
    let secret = Array(Self.secretKey.utf8)
    return Clinic(
      settings: Settings(secretKey: secret, auditKey: secret), loop: stores.loop,
      postgres: postgres, redis: redis, mongo: mongo, hub: hub,
      log: Logger(label: "test"))
  }
}

extension JSON {
  var text: String? { if case .string(let text) = self { text } else { nil } }
}

/// A hub without subscribers, which notes why subscriptions were to end.
struct NobodyListens: NotificationHub {
  let reasons = Shared<[String]>([])
  let subscriptionsPerSession = 0

  func subscribe(
    _ session: Session, id: String, channel: String, method: String, overflow: OverflowPolicy
  ) -> Bool { false }
  func start(_ session: Session, id: String, from version: Int64) {}
  func unsubscribe(_ session: Session, id: String) -> Bool { false }
  func publish(_ publication: Publication, to channel: String) {}
  func end(subscriptionsOf session: Session, reason: String) {
    reasons.update { $0.append(reason) }
  }
  func endAll(kind: String) {}
  var channels: [String] { [] }
  var statistics: HubStatistics { HubStatistics() }
}
