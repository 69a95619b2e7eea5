package import JSONRPC

/// What boards and kiosks may see of a token. It has no member for a name, a phone, an id or a
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
  /// The wait of somebody who arrives now; null while nothing tells it (rule 23).
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
