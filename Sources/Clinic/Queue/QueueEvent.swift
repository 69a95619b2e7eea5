package import JSONRPC

/// One version of a day's queue, as it is stored, published in Redis and replayed: what changed,
/// and the board after it.
package struct QueueEvent: Codable, Sendable {
  package let version: Int64
  package let at: Instant
  /// The tokens that moved; the first one is what the event is about.
  package let tokens: [QueueToken]
  package let passedOver: [Int]
  package let waitedOut: [Int]
  package let isClosed: Bool
  package let board: Board

  init(_ change: QueueChange, in day: QueueDay, at now: Instant, staff: StaffDirectory) {
    version = change.version
    at = now
    tokens = change.tokens
    passedOver = change.passedOver
    waitedOut = change.waitedOut
    isClosed = day.isClosed
    board = Board(of: day, for: nil, in: staff, at: now)
  }

  package var change: QueueChange {
    QueueChange(version: version, tokens: tokens, passedOver: passedOver, waitedOut: waitedOut)
  }

  /// - Throws: also for figures that no queue can have; somebody may have written them into a store
  ///   by hand.
  package static func decode(_ bytes: [UInt8]) throws -> QueueEvent {
    let event = try JSONValueDecoder(unknownMembers: .ignore)
      .decode(QueueEvent.self, from: JSONDocument(parsing: bytes).root)
    guard event.tokens.allSatisfy({ (0...1_000_000).contains($0.passedOver) }) else {
      throw InvalidValue(reason: .outOfRange, message: "a token that was passed over so often")
    }
    return event
  }
}

extension QueueEvent: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("version", Int(version))
    json.member("at", at)
    json.member("tokens", tokens)
    json.member("passed_over", passedOver)
    json.member("waited_out", waitedOut)
    json.member("is_closed", isClosed)
    json.member("board", board)
  }
}

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
