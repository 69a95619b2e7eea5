import JSONRPC
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
  private var now: Instant { max(at, .now) }

  /// The whole day as JSON, in one view of it.
  func encoded(for view: QueueView, in staff: StaffDirectory) -> [UInt8] {
    let now = now
    let wait = day.estimatedWaitMinutes(at: now)
    return views.bytes(for: view, generation: staff.generation, wait: wait) {
      encode(for: view, doctor: nil, in: staff, at: now)
    }
  }

  private func encode(
    for view: QueueView, doctor: ID<User>?, in staff: StaffDirectory, at now: Instant
  ) -> [UInt8] {
    switch view {
    case .staff: StaffQueue(of: day, for: doctor, in: staff, at: now).jsonBytes
    case .board: BoardQueue(of: day, for: doctor, in: staff, at: now).jsonBytes
    }
  }

  /// The members of the whole day's object, without braces.
  func members(for view: QueueView, doctor: ID<User>?, in staff: StaffDirectory) -> [UInt8] {
    let bytes =
      doctor == nil
      ? encoded(for: view, in: staff) : encode(for: view, doctor: doctor, in: staff, at: now)
    return Array(bytes.dropFirst().dropLast())
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
