import Synchronization

/// Notifications on their way from the event loop to the task that iterates over a subscription.
///
/// When that task is slow the connection is not read any more: the server, which knows how to
/// sum up, then has to deal with it.
final class SubscriptionInbox: Sendable {
  /// How many notifications may wait before reading pauses. There is still room for what one more
  /// read brings.
  private static let highWater = 256
  private static let capacity = 1 << 16

  let messages: AsyncStream<RPCNotification>
  private let continuation: AsyncStream<RPCNotification>.Continuation
  private let isPaused = Atomic(false)

  init() {
    (messages, continuation) = AsyncStream.makeStream(
      bufferingPolicy: .bufferingOldest(Self.capacity))
  }

  func receive(_ notification: RPCNotification) -> ReadingFlow {
    // Before the yield: the task may have taken all there is before the loop goes on.
    let wasPaused = isPaused.exchange(true, ordering: .relaxed)
    guard case .enqueued(let remaining) = continuation.yield(notification) else { return .pause }
    guard Self.capacity - remaining > Self.highWater else {
      if !wasPaused { isPaused.store(false, ordering: .relaxed) }
      return .more
    }
    return .pause
  }

  func finish() { continuation.finish() }

  /// Whether reading should go on, now that a message was taken.
  func shouldResume() -> Bool {
    isPaused.load(ordering: .relaxed) && isPaused.exchange(false, ordering: .relaxed)
  }
}
