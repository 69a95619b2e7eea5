public import JSONRPC

/// What a ``Subscription`` tells.
public enum SubscriptionEvent: Sendable {
  /// The whole state, with its `date` and `version`: what was known before is void.
  ///
  /// The reason is nil after a first subscription, otherwise a word of the server's such as
  /// `overflow` or `new_day`.
  case snapshot(JSONValue, reason: String?)
  /// One change, with the next version.
  case change(JSONValue)
  /// Connected again. The changes that were missed follow; what was known before is still right.
  case resumed
  /// No news for the time being: nothing is known about the present. Connecting is tried again
  /// after that time, until it works.
  case disconnected(any Error, retryIn: Duration)
}
