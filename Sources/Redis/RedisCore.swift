import StoreLoop
import Synchronization

/// What a client does on its loop. Used only there, except what is atomic or locked.
final class RedisCore: @unchecked Sendable {
  let isUp = Atomic(false)
  /// Connections that were lost or not to be had.
  let failures = Atomic(0)
  let lastFailure = Mutex<String?>(nil)

  private enum Phase {
    /// No attempt to connect has ended yet: calls wait.
    case beginning
    case up(RedisConnection)
    case down(RedisError)
  }

  private struct Waiting {
    let commands: [[RedisArgument]]
    let receiver: PendingReply.Receiver
  }

  let configuration: RedisClient.Configuration
  private let loop: StoreLoop
  private var phase = Phase.beginning
  private var waiting: [Waiting] = []
  private var limit: Timer?
  private var link: RedisLink?
  private var subscriptions: [ObjectIdentifier: RedisSubscription] = [:]

  init(_ configuration: RedisClient.Configuration, loop: StoreLoop) {
    self.configuration = configuration
    self.loop = loop
  }

  func start() {
    guard link == nil else { return }
    let link = RedisLink(
      configuration, loop: loop,
      RedisLink.Events(
        up: { [weak self] connection in self?.enter(.up(connection)) },
        down: { [weak self] error in
          self?.failures.add(1, ordering: .relaxed)
          self?.lastFailure.withLock { $0 = error.reason }
          self?.enter(.down(Self.reason(error)))
        }))
    self.link = link
    link.start()
    for subscription in subscriptions.values { subscription.start() }
  }

  func stop() {
    link?.stop()
    link = nil
    enter(.down(RedisError(.unavailable)))
    let ended = subscriptions.values
    subscriptions = [:]
    for subscription in ended { subscription.finish() }
  }

  /// The error of calls while the server is down for that reason.
  private static func reason(_ error: RedisError) -> RedisError {
    error.kind == .notAuthenticated ? error : RedisError(.unavailable, code: error.code)
  }

  private func enter(_ phase: Phase) {
    self.phase = phase
    if case .up = phase {
      isUp.store(true, ordering: .relaxed)
    } else {
      isUp.store(false, ordering: .relaxed)
    }
    limit?.cancel()
    limit = nil
    let waiting = waiting
    self.waiting = []
    for call in waiting { send(call.commands, call.receiver) }
  }

  func send(_ commands: [[RedisArgument]], _ receiver: PendingReply.Receiver) {
    switch phase {
    case .up(let connection):
      for command in commands {
        connection.send(command, timeout: configuration.callTimeout, receiver)
      }
    case .down(let error):
      PendingReply(deadline: .now, receiver: receiver).finish(.failure(error))
    case .beginning:
      waiting.append(Waiting(commands: commands, receiver: receiver))
      guard limit == nil else { return }
      limit = loop.schedule(after: configuration.connectTimeout) { [weak self] in
        self?.giveUpWaiting()
      }
    }
  }

  /// Fails the calls that wait: nobody runs the client, or its first attempt takes too long.
  private func giveUpWaiting() {
    limit = nil
    let calls = waiting
    waiting = []
    for call in calls {
      PendingReply(deadline: .now, receiver: call.receiver)
        .finish(.failure(RedisError(.unavailable)))
    }
  }

  func add(_ subscription: RedisSubscription) {
    subscriptions[ObjectIdentifier(subscription)] = subscription
    if link != nil { subscription.start() }
  }

  func remove(_ subscription: RedisSubscription) {
    subscriptions[ObjectIdentifier(subscription)] = nil
    subscription.stop()
  }
}
