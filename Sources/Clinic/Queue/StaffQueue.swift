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

extension StaffQueue: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("date", date)
    json.member("version", Int(version))
    json.member("tokens", tokens)
    json.member("board", board)
  }
}
