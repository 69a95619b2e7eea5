import JSONRPC
package import Postgres
import StoreLoop
import Synchronization

/// A day of the queue with its encoded views, each made once per version, and again when the estimated
/// wait ends because nothing has moved for long.
struct FollowedDay: Sendable {
  private(set) var day: QueueDay
  /// When the last change was made.
  private var at: Instant
  private var views = EncodedViews()

  init(_ day: QueueDay) {
    self.day = day
    at =
      day.tokens.map { max($0.endedAt ?? $0.arrivedAt, $0.calledAt ?? $0.arrivedAt) }.max()
      ?? Instant(microseconds: 0)
  }

  mutating func advance(_ event: QueueEvent) {
    day.follow(event.change)
    day.isClosed = event.isClosed
    at = event.at
    views = EncodedViews()
  }

  /// Waits are estimated as of now, and not before the last change, whose time another clock told.
  private var now: Instant { max(at, Instant(microseconds: WallClock.microseconds())) }

  /// The whole day as JSON, in one view of it.
  func encoded(for view: QueueView, in staff: StaffDirectory) -> [UInt8] {
    let now = now
    let wait = day.estimatedWaitMinutes(at: now)
    return views.bytes(for: view, generation: staff.generation, wait: wait) {
      let encoder = JSONValueEncoder()
      switch view {
      case .staff: return (try? encoder.encode(StaffQueue(of: day, in: staff, at: now))) ?? []
      case .board: return (try? encoder.encode(BoardQueue(of: day, in: staff, at: now))) ?? []
      }
    }
  }

  /// The members of the whole day's object, without braces.
  func members(for view: QueueView, doctor: ID<User>?, in staff: StaffDirectory) -> [UInt8] {
    guard let doctor else { return Array(encoded(for: view, in: staff).dropFirst().dropLast()) }
    let encoder = JSONValueEncoder()
    let bytes: [UInt8]? =
      switch view {
      case .staff: try? encoder.encode(StaffQueue(of: day, for: doctor, in: staff, at: now))
      case .board: try? encoder.encode(BoardQueue(of: day, for: doctor, in: staff, at: now))
      }
    return Array((bytes ?? []).dropFirst().dropLast())
  }
}

/// The bytes of a version, encoded when somebody asks, once for each view while nothing else that they
/// show changes.
private final class EncodedViews: Sendable {
  private struct Entry {
    let generation: Int
    let wait: Int?
    let bytes: [UInt8]
  }
  private let entries = Mutex<[QueueView: Entry]>([:])

  func bytes(
    for view: QueueView, generation: Int, wait: Int?, make: () -> [UInt8]
  ) -> [UInt8] {
    if let entry = entries.withLock({ $0[view] }), entry.generation == generation,
      entry.wait == wait
    {
      return entry.bytes
    }
    let bytes = make()
    entries.withLock { $0[view] = Entry(generation: generation, wait: wait, bytes: bytes) }
    return bytes
  }
}

extension QueueDay {
  /// A day as PostgreSQL holds it; an empty one if nobody has opened it.
  package static func read(
    _ date: LocalDate, rules: QueueRules, from postgres: PostgresClient
  ) async throws -> QueueDay {
    // One statement, so that version and tokens are of one moment.
    let rows = try await postgres.query(
      """
      SELECT d.version, d.closed_at IS NOT NULL, t.number IS NOT NULL, \
      \(sql: QueueToken.columns(of: "t")) FROM queue_days d \
      LEFT JOIN queue_tokens t ON t.date = d.date WHERE d.date = \(date)
      """, retry: true)
    var day = QueueDay(date: date, rules: rules)
    var tokens: [QueueToken] = []
    var version: Int64 = 0
    for row in rows {
      var cells = row.cells
      version = try cells.next()
      day.isClosed = try cells.next()
      if try cells.next() as Bool { tokens.append(try QueueToken(cells: &cells)) }
    }
    day.load(tokens, version: version)
    return day
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
