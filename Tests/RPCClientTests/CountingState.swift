import JSONRPC
import Synchronization

/// The state that a subscription follows; it outlives the servers that publish it.
final class CountingState: Sendable {
  struct Value {
    var version = 0
    var date = "2026-01-31"
    var hub: (any NotificationHub)?
    /// How many versions a replay may go back.
    var memory = 1_000
    /// What the next subscriptions are refused with.
    var refusal: RPCError?
    var subscriptions = 0
  }
  let value = Mutex(Value())

  static let channel = "count"

  /// Counts up by one, and publishes that if a server is there.
  func change() {
    value.withLock { value in
      value.version += 1
      let date = value.date
      let version = value.version
      value.hub?.publish(
        Publication(
          version: Int64(version), body: Self.change(version, date: date),
          snapshot: { Array("\(Self.members(version, date: date))".utf8) }),
        to: Self.channel)
    }
  }

  static func change(_ version: Int, date: String) -> [UInt8] {
    Array(#"{"kind":"change","date":"\#(date)","version":\#(version)}"#.utf8)
  }

  static func members(_ version: Int, date: String) -> String {
    #""date":"\#(date)","version":\#(version),"tokens":[]"#
  }
}
