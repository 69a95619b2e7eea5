import JSONRPC

/// What other threads tell an event loop.
enum LoopMessage: Sendable {
  case completed(connection: UInt64, slot: Int, outcome: CallOutcome)
  case subscribe(SubscribeRequest)
  case start(connection: UInt64, id: String, version: Int64, call: UInt64?)
  case unsubscribe(connection: UInt64, id: String)
  case publish(Publication, channel: String)
  case endSubscriptions(connection: UInt64, reason: String)
  case endAll(kind: String)
  case close(connection: UInt64, error: RPCError?)
  case authenticationChanged(connection: UInt64, isAuthenticated: Bool)
  case drain
  case cancelAll
  case closeAll

  func publishes(to channel: String) -> Bool {
    if case .publish(_, channel) = self { true } else { false }
  }
}

struct SubscribeRequest: Sendable {
  let connection: UInt64
  let id: String
  let channel: String
  let method: String
  let overflow: OverflowPolicy
  /// The number of the call that subscribes; its reply comes before the first notification.
  let call: UInt64?
}
