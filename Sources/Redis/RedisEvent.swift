/// What a subscription tells.
public enum RedisEvent: Sendable, Hashable {
  /// From now on every message arrives. Again after each `lost`: what was published in between was
  /// missed.
  case subscribed
  case message(channel: String, payload: [UInt8])
  /// The connection is gone, or the messages came faster than they were read.
  case lost
}
