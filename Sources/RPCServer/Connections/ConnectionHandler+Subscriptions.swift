import JSONRPC
import NIOCore

/// A subscription whose client does not know of it yet.
struct HeldSubscription {
  let id: String
  /// The number of the call that made the subscription.
  let call: UInt64
  /// The batch whose reply tells of the subscription, once the call has ended.
  var batch: Int?
  var callHasEnded = false
}

extension ConnectionHandler {
  func subscribe(_ request: SubscribeRequest) {
    // One that ended while it was held may still be here.
    if let previous = subscriptions[request.id] { remove(previous) }
    let isHeld = request.call.map { running.contains(number: $0) }
    let subscription = Subscription(
      request, isHeld: isHeld ?? false, prefix: loop.prefix(of: request.method), connection: self)
    subscriptions[request.id] = subscription
    loop.add(subscription)
    if let call = request.call, isHeld == true {
      held.append(HeldSubscription(id: request.id, call: call))
    }
  }

  /// - Parameter call: the call that starts it. It may be late: the id may be that of a later
  ///   call's subscription by now.
  func start(_ id: String, from version: Int64, by call: UInt64?) {
    guard let subscription = subscriptions[id], subscription.call == call else { return }
    counting(subscription) { $0.start(from: version) }
    sendPending(of: subscription)
    flushSoon()
  }

  func unsubscribe(_ id: String) {
    guard let subscription = subscriptions[id] else { return }
    remove(subscription)
  }

  private func remove(_ subscription: Subscription) {
    subscriptions[subscription.id] = nil
    held.removeAll { $0.id == subscription.id }
    pendingNotificationBytes -= subscription.state.pendingBytes
    loop.remove(subscription)
  }

  /// Ends the connection's subscriptions, each with a last notification.
  func endSubscriptions(with body: [UInt8]) {
    for subscription in Array(subscriptions.values) { end(subscription, with: body) }
  }

  private func end(_ subscription: Subscription, with body: [UInt8]) {
    if subscription.state.isHeld {
      // Its client has to learn of it before it can learn of its end.
      subscription.lastBody = body
      return
    }
    remove(subscription)
    write(body, to: subscription)
    flushSoon()
  }

  // MARK: Held subscriptions

  /// The call that made subscriptions has ended. If it failed, they are removed; otherwise they
  /// begin once its reply is written.
  func settleHeld(by call: UInt64, outcome: CallOutcome, in batch: Int?) {
    var failed: [String] = []
    for index in held.indices where held[index].call == call {
      switch outcome {
      case .result:
        held[index].batch = batch
        held[index].callHasEnded = true
      case .failure:
        failed.append(held[index].id)
      }
    }
    for id in failed {
      guard let subscription = subscriptions[id] else { continue }
      remove(subscription)
      loop.forget(subscription)
    }
  }

  /// Lets those subscriptions begin whose client was told of them.
  func releaseHeld() {
    let released = held.filter { $0.callHasEnded && !state.isOpen(batch: $0.batch) }
    guard !released.isEmpty else { return }
    held.removeAll { $0.callHasEnded && !state.isOpen(batch: $0.batch) }
    for entry in released {
      guard let subscription = subscriptions[entry.id] else { continue }
      subscription.state.release()
      if let body = subscription.lastBody {
        remove(subscription)
        write(body, to: subscription)
      } else {
        sendPending(of: subscription)
      }
    }
    flushSoon()
  }

  // MARK: Sending

  /// - Parameters:
  ///   - tail: what follows the subscription's id in the notification.
  ///   - atOnce: nothing else of its channel is about to be sent.
  func deliver(
    _ publication: Publication, to subscription: Subscription, tail: inout NotificationTail,
    atOnce: Bool
  ) {
    guard closing == .open, subscription.lastBody == nil else { return }
    let room = server.limits.pendingNotificationBytes - pendingNotificationBytes
    let isWritable = state.isWritable
    let outcome = counting(subscription) {
      $0.publish(publication, isWritable: isWritable, room: room)
    }
    switch outcome {
    case .kept:
      break
    case .send(.publication):
      write(&tail, to: subscription, atOnce: atOnce)
    case .send(let notification):
      write(notification, to: subscription)
    case .tooSlow:
      worker.counters.slowReadersClosed.add(1)
      loop.forget(subscription)
      end(subscription, with: NotificationBody.closed(reason: "slow_reader"))
    }
  }

  /// The client reads again.
  func sendPendingNotifications() {
    guard closing == .open, !subscriptions.isEmpty else { return }
    for subscription in subscriptions.values where state.isWritable {
      sendPending(of: subscription)
    }
  }

  private func sendPending(of subscription: Subscription) {
    while closing == .open, state.isWritable, subscription.state.hasPending,
      let notification = counting(subscription, { $0.next() })
    {
      write(notification, to: subscription)
    }
  }

  private func write(_ notification: SubscriberState.Notification, to subscription: Subscription) {
    if case .snapshot = notification { worker.counters.overflows.add(1) }
    write(notification.body, to: subscription)
  }

  private func write(_ body: [UInt8], to subscription: Subscription) {
    var tail = NotificationTail(result: body)
    write(&tail, to: subscription, atOnce: false)
  }

  private func write(
    _ tail: inout NotificationTail, to subscription: Subscription, atOnce: Bool
  ) {
    guard let context else { return }
    worker.counters.notifications.add(1)
    // Replies that were made before come before.
    writeOutput()
    let end = tail.bytes(for: state.terminator)
    let message: ByteBuffer
    if end.readableBytes <= Self.copiedTail {
      var whole = subscription.head(reserving: end.readableBytes)
      whole.writeImmutableBuffer(end)
      message = whole
    } else {
      context.write(wrapOutboundOut(subscription.head(reserving: 0)), promise: nil)
      message = end
    }
    if atOnce {
      context.writeAndFlush(wrapOutboundOut(message), promise: nil)
    } else {
      context.write(wrapOutboundOut(message), promise: nil)
      flushSoon()
    }
  }

  /// Up to this length, copying is cheaper than sending two buffers.
  private static let copiedTail = 2_048

  /// Keeps the connection's count of pending bytes.
  private func counting<Result>(
    _ subscription: Subscription, _ change: (inout SubscriberState) -> Result
  ) -> Result {
    let before = subscription.state.pendingBytes
    defer {
      let more = subscription.state.pendingBytes - before
      if more != 0 { pendingNotificationBytes += more }
    }
    return change(&subscription.state)
  }
}
