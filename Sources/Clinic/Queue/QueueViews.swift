package import JSONRPC

/// The whole queue of a day, as staff see it.
package struct StaffQueue: Codable, Sendable {
  package let date: LocalDate
  package let version: Int64
  package let tokens: [QueueToken]
  package let board: Board

  init(of day: QueueDay, for doctor: ID<User>? = nil, in staff: StaffDirectory, at now: Instant) {
    date = day.date
    version = day.version
    tokens = day.tokens.filter { $0.isOpen(to: doctor) }
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
    tokens = day.tokens.filter { $0.status.isLive && $0.isOpen(to: doctor) }
      .map { BoardToken($0, in: staff) }
    board = Board(of: day, for: doctor, in: staff, at: now)
  }
}

/// How a viewer sees the queue.
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
