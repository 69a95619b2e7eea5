import JSONRPC

/// What subscribers are sent for a version: the `result` of `queue.changed`.
enum QueueMessage {
  /// A change that concerns the subscriber.
  ///
  /// - Parameter tokens: those of the event's tokens that are the subscriber's, or were until now.
  static func change(
    _ event: QueueEvent, tokens: [QueueToken], on date: LocalDate, for view: QueueView,
    board: Board, staff: StaffDirectory
  ) -> [UInt8] {
    var json = JSONWriter(capacity: 1024)
    begin(&json, date: date, version: event.version)
    switch view {
    case .staff: json.member("tokens", tokens)
    case .board: json.member("tokens", tokens.map { BoardToken($0, in: staff) })
    }
    json.member("board", board)
    json.endObject()
    return json.finish()
  }

  /// A version that the subscriber's filter leaves out: only its number is sent.
  static func nothing(version: Int64) -> [UInt8] {
    Array(#"{"kind":"change","version":\#(version)}"#.utf8)
  }

  /// The whole queue, for a reason.
  static func snapshot(_ members: [UInt8], reason: String) -> [UInt8] {
    Array(#"{"kind":"snapshot","reason":"\#(reason)","#.utf8) + members + [UInt8(ascii: "}")]
  }

  private static func begin(_ json: inout JSONWriter, date: LocalDate, version: Int64) {
    json.beginObject()
    json.member("kind", "change")
    json.member("date", date.description)
    json.member("version", Int(version))
  }
}
