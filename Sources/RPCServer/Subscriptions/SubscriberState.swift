import JSONRPC
import NIOCore

/// What one subscription owes its client: publications in, notifications out. Knows no socket.
struct SubscriberState {
  /// What to send.
  enum Notification {
    case publication(Publication)
    /// The whole state in place of the `missed` versions after the last one that was sent.
    case snapshot(Publication, missed: Int64)
  }

  enum Outcome {
    /// Nothing to do now.
    case kept
    case send(Notification)
    /// The reader is too slow for its policy: the subscription is over.
    case tooSlow
  }

  private let overflow: OverflowPolicy
  /// The reply that tells the client of the subscription was not written yet.
  private(set) var isHeld: Bool
  private var hasStarted = false
  /// The version that the client has, once it has read all that was sent.
  private var sent: Int64?
  private var pending = CircularBuffer<Publication>(initialCapacity: 0)
  private(set) var pendingBytes = 0
  /// The newest publication, kept when pending ones had to be dropped.
  private var overflowed: Publication?
  private var dropped: Int64 = 0

  init(overflow: OverflowPolicy, isHeld: Bool) {
    self.overflow = overflow
    self.isHeld = isHeld
  }

  /// Whether something waits to be sent.
  var hasPending: Bool { overflowed != nil || !pending.isEmpty }

  private var maySend: Bool { hasStarted && !isHeld }

  // MARK: Input

  /// - Parameters:
  ///   - isWritable: the connection takes a notification now.
  ///   - room: how many bytes of publications may be kept in addition.
  mutating func publish(_ publication: Publication, isWritable: Bool, room: Int) -> Outcome {
    if maySend, isWritable, !hasPending {
      return notification(for: publication).map(Outcome.send) ?? .kept
    }
    if publication.isSnapshot {
      // It stands for all before it, so there is no gap to tell of.
      forgetPending()
      keep(publication)
      return .kept
    }
    if hasStarted, pending.isEmpty, overflowed == nil, let sent, publication.version <= sent {
      return .kept
    }
    if overflowed != nil {
      overflowed = publication
      dropped += 1
      return .kept
    }
    if publication.body.count <= room {
      keep(publication)
      return .kept
    }
    // Before its client knows of it, a subscription cannot be read too slowly.
    if overflow == .close, maySend { return .tooSlow }
    dropped = Int64(pending.count) + 1
    // Versions that count from a dropped snapshot cannot be compared with what was sent before it.
    if pending.contains(where: \.isSnapshot) { sent = nil }
    pending.removeAll()
    pendingBytes = 0
    overflowed = publication
    return .kept
  }

  /// The client has seen `version`.
  mutating func start(from version: Int64) {
    guard !hasStarted else { return }
    hasStarted = true
    sent = version
    if let newest = overflowed {
      if newest.version <= version { forgetPending() }
      return
    }
    // A snapshot among what was kept resets the versions: which side of it was read is not known,
    // so it is sent too.
    if pending.contains(where: \.isSnapshot) { return }
    while let first = pending.first, first.version <= version {
      pending.removeFirst()
      pendingBytes -= first.body.count
    }
  }

  /// The reply was written: notifications may follow it. A subscription that was not started by now
  /// follows from the first publication that comes.
  mutating func release() {
    isHeld = false
    hasStarted = true
  }

  // MARK: Output

  /// The next notification, if the connection is writable.
  mutating func next() -> Notification? {
    guard maySend else { return nil }
    if let newest = overflowed {
      let missed = sent.map { newest.version - $0 } ?? dropped
      forgetPending()
      sent = newest.version
      return .snapshot(newest, missed: missed)
    }
    while let publication = pending.popFirst() {
      pendingBytes -= publication.body.count
      if let notification = notification(for: publication) { return notification }
    }
    return nil
  }

  private mutating func notification(for publication: Publication) -> Notification? {
    guard let sent, !publication.isSnapshot, publication.version != sent + 1 else {
      self.sent = publication.version
      return .publication(publication)
    }
    if publication.version <= sent { return nil }
    let newest = pending.last ?? publication
    forgetPending()
    self.sent = newest.version
    return .snapshot(newest, missed: newest.version - sent)
  }

  /// Of the kept publications only the newest holds the whole state, and it stands for all before
  /// it.
  private mutating func keep(_ publication: Publication) {
    if let last = pending.popLast() { pending.append(last.withoutState) }
    pending.append(publication)
    pendingBytes += publication.body.count
  }

  private mutating func forgetPending() {
    pending.removeAll()
    pendingBytes = 0
    overflowed = nil
    dropped = 0
  }
}
