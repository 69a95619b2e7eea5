package import JSONRPC

/// What boards and kiosks may see of a token. There is no room for a name, a phone, an id or a
/// reason (rule 49).
package struct BoardToken: Codable, Sendable, Equatable {
  package let token: TokenName
  package let room: String?
  package let state: TokenStatus
  package let doctorLabel: String?

  package init(_ token: QueueToken, in staff: StaffDirectory) {
    let doctor = token.doctorID.flatMap { staff.member($0) }
    self.token = token.token
    room = doctor?.room
    state = token.status
    doctorLabel = doctor?.fullName
  }
}

/// Enough to draw a board: who is being served where, who is next, how many wait and how long.
package struct Board: Codable, Sendable, Equatable {
  package let serving: [BoardToken]
  package let next: [BoardToken]
  package let waiting: Int
  /// For somebody who arrives now; null while nothing tells (rule 23).
  package let estimatedWaitMinutes: Int?

  /// How many tokens `next` names.
  static let lookAhead = 5

  init(of day: QueueDay, for doctor: ID<User>?, in staff: StaffDirectory, at now: Instant) {
    serving = day.serving.filter { doctor == nil || $0.doctorID == doctor }
      .map { BoardToken($0, in: staff) }
    next = day.next(Self.lookAhead, for: doctor).map { BoardToken($0, in: staff) }
    waiting = day.waitingCount(for: doctor)
    estimatedWaitMinutes = day.estimatedWaitMinutes(for: doctor, at: now)
  }
}

extension BoardToken: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("token", token)
    json.member("room", room)
    json.member("state", state)
    json.member("doctor_label", doctorLabel)
  }
}

extension Board: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("serving", serving)
    json.member("next", next)
    json.member("waiting", waiting)
    json.member("estimated_wait_minutes", estimatedWaitMinutes)
  }
}

/// The whole queue of a day, as staff see it.
package struct StaffQueue: Codable, Sendable {
  package let date: LocalDate
  package let version: Int64
  package let tokens: [QueueToken]
  package let board: Board

  init(of day: QueueDay, for doctor: ID<User>? = nil, in staff: StaffDirectory, at now: Instant) {
    date = day.date
    version = day.version
    tokens = day.tokens.filter { doctor == nil || $0.doctorID == nil || $0.doctorID == doctor }
    board = Board(of: day, for: doctor, in: staff, at: now)
  }
}

/// The whole queue of a day, as boards and kiosks see it: the live tokens.
package struct BoardQueue: Codable, Sendable {
  package let date: LocalDate
  package let version: Int64
  package let tokens: [BoardToken]
  package let board: Board

  init(of day: QueueDay, for doctor: ID<User>? = nil, in staff: StaffDirectory, at now: Instant) {
    date = day.date
    version = day.version
    tokens = day.tokens.filter {
      $0.status.isLive && (doctor == nil || $0.doctorID == nil || $0.doctorID == doctor)
    }.map { BoardToken($0, in: staff) }
    board = Board(of: day, for: doctor, in: staff, at: now)
  }
}

/// Who looks at the queue.
package enum QueueView: String, Sendable, CaseIterable {
  case staff, board

  package init(for role: Role) {
    self = role.isStaff ? .staff : .board
  }
}

/// A token as its caller may see it: all of it to staff, a `BoardToken` to kiosks.
package enum TokenView: Codable, Sendable, JSONSchemaRepresentable {
  case staff(QueueToken)
  case board(BoardToken)

  package init(_ token: QueueToken, for caller: Caller, in staff: StaffDirectory) {
    self = caller.role.isStaff ? .staff(token) : .board(BoardToken(token, in: staff))
  }

  package static var jsonSchema: JSONSchema {
    let schemas = [
      try? SchemaRecorder.schema(of: QueueToken.self),
      try? SchemaRecorder.schema(of: BoardToken.self),
    ]
    return .anyOf(schemas.compactMap { $0 })
  }

  package init(from decoder: any Decoder) throws {
    if let token = try? QueueToken(from: decoder) {
      self = .staff(token)
    } else {
      self = .board(try BoardToken(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .staff(let token): try token.encode(to: encoder)
    case .board(let token): try token.encode(to: encoder)
    }
  }
}
