package import JSONRPC

/// The whole queue of a day, in one view of its tokens.
package struct WholeQueue<Token: Codable & JSONWritable & Sendable>: Codable, Sendable {
  package let date: LocalDate
  package let version: Int64
  package let tokens: [Token]
  package let board: Board

  private init(
    _ tokens: [Token], of day: QueueDay, for doctor: ID<User>?, in staff: StaffDirectory,
    at now: Instant
  ) {
    date = day.date
    version = day.version
    self.tokens = tokens
    board = Board(of: day, for: doctor, in: staff, at: now)
  }
}

/// As staff see it.
package typealias StaffQueue = WholeQueue<QueueToken>

extension StaffQueue {
  init(of day: QueueDay, for doctor: ID<User>? = nil, in staff: StaffDirectory, at now: Instant) {
    self.init(
      day.tokens.filter { $0.isOpen(to: doctor) }, of: day, for: doctor, in: staff, at: now)
  }
}

/// As boards and kiosks see it: the live tokens.
package typealias BoardQueue = WholeQueue<BoardToken>

extension BoardQueue {
  init(of day: QueueDay, for doctor: ID<User>? = nil, in staff: StaffDirectory, at now: Instant) {
    let live = day.tokens.filter { $0.status.isLive && $0.isOpen(to: doctor) }
    self.init(
      live.map { BoardToken($0, in: staff) }, of: day, for: doctor, in: staff, at: now)
  }
}

extension WholeQueue: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("date", date)
    json.member("version", Int(version))
    json.member("tokens", tokens)
    json.member("board", board)
  }
}
