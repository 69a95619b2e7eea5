import JSONRPC
import RPCClient

/// The events of a queue as JSON, a line each: what the daemon sent, and what happened to the
/// connection.
struct BoardJSON {
  private var isDisconnected = false

  /// The line of an event; nil for a further failure to connect again: the first one said so.
  mutating func line(_ event: SubscriptionEvent) -> [UInt8]? {
    let wasDisconnected = isDisconnected
    if case .disconnected = event { isDisconnected = true } else { isDisconnected = false }
    switch event {
    case .snapshot(let state, let reason) where state["kind"] == nil:
      // The first one comes as a result and has no kind of its own.
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("kind", "snapshot")
      if let reason { writer.member("reason", reason) }
      for member in state.members { writer.member(member.name, raw: member.value.rawBytes) }
      writer.endObject()
      return writer.finish()
    case .snapshot(let state, _): return state.rawBytes
    case .change(let change): return change.rawBytes
    case .resumed: return Array(#"{"kind":"resumed"}"#.utf8)
    case .disconnected where wasDisconnected: return nil
    case .disconnected(let error, _):
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("kind", "disconnected")
      writer.member("message", BoardState.reason(error))
      writer.endObject()
      return writer.finish()
    }
  }
}
