/// Carries publications to the connections that subscribed. Implemented by the server, used by the
/// application; every call returns at once and may come from any thread.
///
/// Subscribing has two steps, so that nothing falls between the state that a client is given and
/// its first notification:
///
/// 1. `subscribe` before the state is read: from now on publications are kept for it;
/// 2. `start` with the version of the state that the reply holds: older publications are forgotten.
///
/// A subscription made in a call is *held*: nothing is sent before that call's reply was written.
/// If the call fails, its subscriptions are removed.
public protocol NotificationHub: Sendable {
  /// How many subscriptions the server lets a session have.
  var subscriptionsPerSession: Int { get }

  /// Keeps publications of `channel` for a subscription of `session`. `id` is unique in the
  /// session; `method` is the notifications' method, `queue.changed` for instance.
  ///
  /// - Returns: false if the session is closed, has a subscription of that id, or has
  ///   ``subscriptionsPerSession``.
  @discardableResult
  func subscribe(
    _ session: Session, id: String, channel: String, method: String, overflow: OverflowPolicy
  ) -> Bool

  /// The client has seen `version`: it gets `version + 1` next, or a snapshot if that cannot be had
  /// any more.
  func start(_ session: Session, id: String, from version: Int64)

  /// - Returns: whether there was such a subscription.
  @discardableResult
  func unsubscribe(_ session: Session, id: String) -> Bool

  /// Sends to every subscriber of `channel` what it has not seen. Publications arrive in the order
  /// of these calls.
  func publish(_ publication: Publication, to channel: String)

  /// Ends the subscriptions of one session, each with a last `{"kind":"closed","reason":REASON}`.
  func end(subscriptionsOf session: Session, reason: String)

  /// Ends all subscriptions with a last `{"kind":KIND}`, `"shutdown"` for instance.
  func endAll(kind: String)

  /// The channels that have subscribers now. Publishing to others is pointless.
  var channels: [String] { get }

  var statistics: HubStatistics { get }
}

/// What is done for a subscriber that reads more slowly than publications come.
public enum OverflowPolicy: String, Sendable, CaseIterable {
  /// Drop what is pending and send one snapshot when it reads again.
  case coalesce
  /// Send `{"kind":"closed","reason":"slow_reader"}` and end the subscription.
  case close
}

/// Counters of a hub, since its start unless said otherwise.
public struct HubStatistics: Sendable, Hashable {
  /// Subscriptions now.
  public var subscriptions = 0
  /// Channels that have subscribers now.
  public var channels = 0
  public var published = 0
  /// Notifications handed to connections.
  public var delivered = 0
  /// Snapshots sent in place of what a subscriber missed.
  public var overflows = 0
  /// Subscriptions ended because their reader was slow.
  public var slowReadersClosed = 0

  public init() {}
}
