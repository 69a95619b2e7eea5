public import JSONRPC
import Synchronization

/// A server's notification hub: knows who subscribed to what, and hands publications to the event
/// loops concerned.
///
/// Made before the server, so that the application can be given it.
public final class SubscriptionHub: NotificationHub {
  /// Messages are posted under this lock, so that every event loop sees them in the order of the
  /// registry's changes.
  private let registry = Mutex(HubRegistry())
  public let subscriptionsPerSession: Int

  /// - Parameter subscriptionsPerSession: past it `subscribe` says no.
  public init(subscriptionsPerSession: Int = Limits().subscriptions) {
    self.subscriptionsPerSession = subscriptionsPerSession
  }

  /// Called before the first connection with the event loops, and after the last one with none. A
  /// call that outlived its connection may still come.
  func use(_ workers: [EventLoopWorker]) {
    registry.withLock { registry in
      registry.workers = workers
      for session in registry.sessions.keys { registry.remove(session: session) }
    }
  }

  // MARK: Connections

  func add(session: UInt64, worker: Int) {
    registry.withLock { $0.sessions[session] = HubRegistry.SessionEntry(worker: worker) }
  }

  func forget(session: UInt64) {
    registry.withLock { $0.remove(session: session) }
  }

  func forget(subscription id: String, of session: UInt64) {
    registry.withLock { _ = $0.remove(id, of: session) }
  }

  // MARK: NotificationHub

  public func subscribe(
    _ session: Session, id: String, channel: String, method: String, overflow: OverflowPolicy
  ) -> Bool {
    let request = SubscribeRequest(
      connection: session.id, id: id, channel: channel, method: method, overflow: overflow,
      call: Self.call(on: session))
    return registry.withLock { registry in
      guard
        let worker = registry.add(
          id, channel: channel, of: session.id, limit: subscriptionsPerSession)
      else { return false }
      registry.workers[worker].post(.subscribe(request))
      return true
    }
  }

  /// The number of the present call, if it is one of the session.
  private static func call(on session: Session) -> UInt64? {
    guard let context = CallContext.current, context.sessionID == session.id else { return nil }
    return context.number
  }

  public func start(_ session: Session, id: String, from version: Int64) {
    registry.withLock { registry in
      guard let entry = registry.sessions[session.id], entry.subscriptions[id] != nil
      else { return }
      registry.workers[entry.worker].post(
        .start(
          connection: session.id, id: id, version: version, call: Self.call(on: session)))
    }
  }

  public func unsubscribe(_ session: Session, id: String) -> Bool {
    registry.withLock { registry in
      guard let worker = registry.remove(id, of: session.id) else { return false }
      registry.workers[worker].post(.unsubscribe(connection: session.id, id: id))
      return true
    }
  }

  public func publish(_ publication: Publication, to channel: String) {
    registry.withLock { registry in
      guard let subscribers = registry.channels[channel] else { return }
      registry.published += 1
      for (worker, count) in subscribers.enumerated() where count > 0 {
        registry.workers[worker].post(.publish(publication, channel: channel))
      }
    }
  }

  public func end(subscriptionsOf session: Session, reason: String) {
    registry.withLock { registry in
      guard let entry = registry.sessions[session.id] else { return }
      for id in entry.subscriptions.keys { registry.remove(id, of: session.id) }
      registry.workers[entry.worker].post(
        .endSubscriptions(connection: session.id, reason: reason))
    }
  }

  public func endAll(kind: String) {
    registry.withLock { registry in
      for (session, entry) in registry.sessions {
        for id in entry.subscriptions.keys { registry.remove(id, of: session) }
      }
      for worker in registry.workers { worker.post(.endAll(kind: kind)) }
    }
  }

  public var channels: [String] {
    registry.withLock { Array($0.channels.keys) }
  }

  public var statistics: HubStatistics {
    registry.withLock { registry in
      var statistics = HubStatistics()
      statistics.subscriptions = registry.subscriptions
      statistics.channels = registry.channels.count
      statistics.published = registry.published
      for worker in registry.workers {
        let counters = worker.counters
        statistics.delivered += counters.notifications.value
        statistics.overflows += counters.overflows.value
        statistics.slowReadersClosed += counters.slowReadersClosed.value
      }
      return statistics
    }
  }
}
