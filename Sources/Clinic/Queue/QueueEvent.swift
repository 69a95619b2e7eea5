package import JSONRPC
import Postgres

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
    let counts = event.tokens.flatMap { [$0.passedOver, $0.callsToWait ?? 0] }
    guard counts.allSatisfy((0...1_000_000).contains) else {
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

extension QueueEvent {
  /// The kept events of a day, after one version and up to another, in order.
  static func read(
    _ date: LocalDate, after version: Int64, upTo last: Int64, from postgres: PostgresClient
  ) async throws -> [QueueEvent] {
    let rows = try await postgres.query(
      """
      SELECT event::text FROM queue_events WHERE date = \(date) AND version > \(version) \
      AND version <= \(last) ORDER BY version
      """, retry: true)
    return try rows.map { row in
      var cells = row.cells
      return try decode(Array((try cells.next() as String).utf8))
    }
  }

  /// The version of an encoded event, which it begins with.
  static func version(of payload: [UInt8]) -> Int64? {
    let prefix = Array(#"{"version":"#.utf8)
    guard payload.starts(with: prefix) else { return nil }
    let digits = payload.dropFirst(prefix.count).prefix { (0x30...0x39).contains($0) }
    return digits.isEmpty ? nil : Int(digits: digits).map(Int64.init)
  }
}
