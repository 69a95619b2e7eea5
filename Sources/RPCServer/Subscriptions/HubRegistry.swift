/// Who subscribed to what.
struct HubRegistry {
  struct SessionEntry {
    /// The event loop of the session's connection.
    let worker: Int
    /// Channel by subscription id.
    var subscriptions: [String: String] = [:]
  }

  var workers: [EventLoopWorker] = []
  var sessions: [UInt64: SessionEntry] = [:]
  /// How many subscribers a channel has on each event loop.
  private(set) var channels: [String: [Int]] = [:]
  private(set) var subscriptions = 0
  var published = 0

  /// - Returns: the event loop of the session, or nil if the session cannot have this subscription.
  mutating func add(_ id: String, channel: String, of session: UInt64, limit: Int) -> Int? {
    guard var entry = sessions[session], entry.subscriptions[id] == nil,
      entry.subscriptions.count < limit
    else { return nil }
    entry.subscriptions[id] = channel
    sessions[session] = entry
    channels[channel, default: Array(repeating: 0, count: workers.count)][entry.worker] += 1
    subscriptions += 1
    return entry.worker
  }

  /// - Returns: the event loop of the session, if it had such a subscription.
  @discardableResult
  mutating func remove(_ id: String, of session: UInt64) -> Int? {
    guard let channel = sessions[session]?.subscriptions.removeValue(forKey: id),
      let worker = sessions[session]?.worker
    else { return nil }
    leave(channel, worker: worker)
    return worker
  }

  /// The session is gone, and its subscriptions with it.
  mutating func remove(session: UInt64) {
    guard let entry = sessions.removeValue(forKey: session) else { return }
    for channel in entry.subscriptions.values { leave(channel, worker: entry.worker) }
  }

  private mutating func leave(_ channel: String, worker: Int) {
    guard var counts = channels.removeValue(forKey: channel) else { return }
    counts[worker] -= 1
    subscriptions -= 1
    if counts.contains(where: { $0 > 0 }) { channels[channel] = counts }
  }
}
