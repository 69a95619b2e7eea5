import Synchronization

/// One version of something that subscribers follow.
///
/// On the wire: `{"jsonrpc":"2.0","method":METHOD,"params":{"subscription":"ID","result":BODY}}`.
public struct Publication: Sendable {
  /// The version that a subscriber has after this. Versions count up by one.
  public let version: Int64
  /// The encoded `result` object; the same bytes go to every subscriber.
  public let body: [UInt8]
  /// The body is the whole state (a new day, a rebuild). It is sent to every subscriber whatever
  /// version they have, replaces anything pending, and restarts the version count.
  public let isSnapshot: Bool

  private let lazySnapshot: LazySnapshot?

  /// - Parameter snapshot: the members, without braces, of an object that holds the whole state at
  ///   `version`. Asked for at most once, when a subscriber missed something; on an event loop, so
  ///   it must not block.
  public init(
    version: Int64, body: [UInt8], isSnapshot: Bool = false,
    snapshot: @escaping @Sendable () -> [UInt8]
  ) {
    self.version = version
    self.body = body
    self.isSnapshot = isSnapshot
    self.lazySnapshot = LazySnapshot(make: snapshot)
  }

  private init(withoutStateOf other: Publication) {
    version = other.version
    body = other.body
    isSnapshot = other.isSnapshot
    lazySnapshot = nil
  }

  /// The members of the whole state at `version`.
  public var snapshotMembers: [UInt8] { lazySnapshot?.value ?? [] }

  /// The publication without the whole state, for keeping: the state may be much larger than the
  /// body.
  public var withoutState: Publication { Publication(withoutStateOf: self) }
}

private final class LazySnapshot: Sendable {
  private let make: @Sendable () -> [UInt8]
  private let made = Mutex<[UInt8]?>(nil)

  init(make: @escaping @Sendable () -> [UInt8]) {
    self.make = make
  }

  var value: [UInt8] {
    made.withLock { made in
      if let made { return made }
      let value = make()
      made = value
      return value
    }
  }
}
