import JSONRPC
import NIOCore

/// A connection of either kind of listener, as its event loop drives it.
protocol LoopConnection: AnyObject {
  /// Whether its event loop looks at the connection at each tick.
  var isWatched: Bool { get set }
  /// The task of a call ended.
  func complete(_ slot: Int, with outcome: CallOutcome)
  /// Sends what was written.
  func flush()
  /// Looks at deadlines and timeouts.
  ///
  /// - Returns: whether there is something to look at again.
  func tick(_ now: ContinuousClock.Instant) -> Bool
  func cancelCalls(_ reason: CancellationReason)
  /// Closes when the calls that run are answered.
  func drain()
  func closeNow()
}

/// The connections and subscriptions of one event loop.
final class LoopConnections {
  let eventLoop: any EventLoop
  let counters: LoopCounters
  var date = HTTPDate()
  private let core: ServerCore
  private var connections: [UInt64: ConnectionHandler] = [:]
  /// The connections that speak HTTP: only calls and time concern them.
  private var webConnections: [UInt64: any LoopConnection] = [:]
  /// The connections whose TLS handshake is under way.
  private var gates: [ObjectIdentifier: TLSGate] = [:]
  private var channels: [String: [Subscription]] = [:]
  private var prefixes: [String: NotificationPrefix] = [:]
  /// Connections that have something to send at the end of this batch of messages.
  private var unflushed: [any LoopConnection] = []
  private var tick: Scheduled<Void>?
  /// Connections with a deadline or a timeout to watch.
  private var watched: [any LoopConnection] = []
  private var isDraining = false

  /// How precisely deadlines and timeouts are kept.
  private static let tickInterval = TimeAmount.milliseconds(100)

  init(eventLoop: any EventLoop, core: ServerCore, counters: LoopCounters) {
    self.eventLoop = eventLoop
    self.core = core
    self.counters = counters
  }

  // MARK: Connections

  func add(_ connection: ConnectionHandler) {
    connections[connection.session.id] = connection
    if isDraining { connection.drain() }
  }

  func remove(_ connection: ConnectionHandler) {
    connections[connection.session.id] = nil
    core.hub.forget(session: connection.session.id)
  }

  func add(_ connection: any LoopConnection, id: UInt64) {
    webConnections[id] = connection
    if isDraining { connection.drain() }
  }

  func removeWebConnection(_ id: UInt64) {
    webConnections[id] = nil
  }

  func add(_ gate: TLSGate) {
    gates[ObjectIdentifier(gate)] = gate
    if isDraining { gate.close() }
  }

  func remove(_ gate: TLSGate) {
    gates[ObjectIdentifier(gate)] = nil
  }

  private var all: [any LoopConnection] {
    Array(connections.values) + Array(webConnections.values)
  }

  /// Tells a drain when nothing is left.
  func checkIdle() {
    if isDraining, core.isIdle { core.idle.open() }
  }

  func willFlush(_ connection: any LoopConnection) {
    unflushed.append(connection)
  }

  /// Sends what the messages led to.
  func flush() {
    var connections: [any LoopConnection] = []
    swap(&connections, &unflushed)
    for connection in connections { connection.flush() }
  }

  // MARK: Messages

  /// - Parameter next: what is handled after it, before anything is flushed.
  func handle(_ message: LoopMessage, before next: ArraySlice<LoopMessage>) {
    switch message {
    case .completed(let id, let slot, let outcome):
      counters.tasks.add(-1)
      let connection: (any LoopConnection)? = connections[id] ?? webConnections[id]
      connection?.complete(slot, with: outcome)
      checkIdle()
    case .subscribe(let request):
      connections[request.connection]?.subscribe(request)
    case .start(let id, let subscription, let version, let call):
      connections[id]?.start(subscription, from: version, by: call)
    case .unsubscribe(let id, let subscription):
      connections[id]?.unsubscribe(subscription)
    case .publish(let publication, let channel):
      publish(publication, to: channel, atOnce: !next.contains { $0.publishes(to: channel) })
    case .endSubscriptions(let id, let reason):
      connections[id]?.endSubscriptions(with: NotificationBody.closed(reason: reason))
    case .endAll(let kind):
      for connection in connections.values {
        connection.endSubscriptions(with: NotificationBody.kind(kind))
      }
    case .close(let id, let error):
      connections[id]?.abort(with: error)
    case .authenticationChanged(let id, let isAuthenticated):
      connections[id]?.authenticationChanged(isAuthenticated)
    case .drain:
      isDraining = true
      for connection in all { connection.drain() }
      for gate in gates.values { gate.close() }
      checkIdle()
    case .cancelAll:
      for connection in all { connection.cancelCalls(.shutdown) }
    case .closeAll:
      for connection in all { connection.closeNow() }
    }
  }

  // MARK: Channels

  private func publish(_ publication: Publication, to channel: String, atOnce: Bool) {
    guard let subscriptions = channels[channel] else { return }
    var tail = NotificationTail(result: publication.body)
    for subscription in subscriptions {
      // Sending now, while the connection is in the processor's cache, is cheaper than in a second
      // pass.
      subscription.connection.deliver(
        publication, to: subscription, tail: &tail, atOnce: atOnce)
    }
  }

  func prefix(of method: String) -> NotificationPrefix {
    if let prefix = prefixes[method] { return prefix }
    let prefix = NotificationPrefix(method: method)
    prefixes[method] = prefix
    return prefix
  }

  func add(_ subscription: Subscription) {
    subscription.index = channels[subscription.channel, default: []].count
    channels[subscription.channel, default: []].append(subscription)
  }

  func remove(_ subscription: Subscription) {
    // The last of the list takes its place.
    let channel = subscription.channel
    guard let last = channels[channel]?.popLast() else { return }
    if last !== subscription {
      channels[channel]?[subscription.index] = last
      last.index = subscription.index
    }
    if channels[channel]?.isEmpty == true { channels[channel] = nil }
  }

  /// Forgets a subscription that the server itself has ended.
  func forget(_ subscription: Subscription) {
    core.hub.forget(subscription: subscription.id, of: subscription.connection.session.id)
  }

  // MARK: Time

  /// Looks at the connection at each tick, for as long as its `tick` asks for that.
  func watch(_ connection: any LoopConnection) {
    guard !connection.isWatched else { return }
    connection.isWatched = true
    watched.append(connection)
    guard tick == nil else { return }
    scheduleTick()
  }

  private func scheduleTick() {
    tick = eventLoop.assumeIsolated().scheduleTask(in: Self.tickInterval) { self.runTick() }
  }

  private func runTick() {
    tick = nil
    let now = ContinuousClock.now
    var connections: [any LoopConnection] = []
    swap(&connections, &watched)
    for connection in connections {
      if connection.tick(now) {
        watched.append(connection)
      } else {
        connection.isWatched = false
      }
    }
    flush()
    if !watched.isEmpty, tick == nil { scheduleTick() }
  }
}
