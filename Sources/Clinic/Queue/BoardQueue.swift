package import JSONRPC

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

extension BoardQueue: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("date", date)
    json.member("version", Int(version))
    json.member("tokens", tokens)
    json.member("board", board)
  }
}
