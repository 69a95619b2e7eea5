import StoreLoop

/// Feeds a stream with the messages of some patterns, over a connection of its own. Used on the
/// loop only.
final class RedisSubscription: @unchecked Sendable {
  /// How many events wait for a slow reader.
  static let bufferLimit = 1 << 14
  private static let retryInterval = Duration.milliseconds(50)

  private let patterns: [String]
  private let configuration: RedisClient.Configuration
  private let loop: StoreLoop
  private let events: AsyncStream<RedisEvent>.Continuation
  private var link: RedisLink?
  private var isSubscribed = false
  /// The reader did not keep up, and has not been told yet.
  private var hasOverflowed = false
  private var timer: Timer?

  init(
    to patterns: [String], _ configuration: RedisClient.Configuration, loop: StoreLoop,
    _ events: AsyncStream<RedisEvent>.Continuation
  ) {
    self.patterns = patterns
    self.configuration = configuration
    self.loop = loop
    self.events = events
  }

  func start() {
    guard link == nil, !patterns.isEmpty else { return }
    let link = RedisLink(
      configuration, loop: loop,
      RedisLink.Events(
        up: { [weak self] connection in self?.subscribe(over: connection) },
        down: { [weak self] _ in self?.lose() },
        message: { [weak self] message in self?.deliver(message) }))
    self.link = link
    link.start()
  }

  func stop() {
    link?.stop()
    link = nil
    timer?.cancel()
    timer = nil
  }

  /// Ends the stream.
  func finish() {
    stop()
    events.finish()
  }

  private func subscribe(over connection: RedisConnection) {
    // One reply for each pattern; the last one means that all are subscribed.
    let replies = RepliesToCome(patterns.count)
    connection.send(
      ["PSUBSCRIBE"] + patterns.map { .string($0) }, timeout: configuration.connectTimeout,
      replies: patterns.count,
      .handler { [weak self] result in
        switch result {
        case .failure: break  // The link says so.
        case .success(.error(let message)): connection.fail(RedisError(reply: message))
        case .success:
          replies.count -= 1
          if replies.count == 0 { self?.succeed() }
        }
      })
  }

  private final class RepliesToCome: @unchecked Sendable {
    var count: Int

    init(_ count: Int) { self.count = count }
  }

  private func succeed() {
    isSubscribed = true
    tell(.subscribed)
  }

  private func lose() {
    guard isSubscribed else { return }
    isSubscribed = false
    tell(.lost)
  }

  /// `["pmessage", pattern, channel, payload]`.
  private func deliver(_ message: RedisValue) {
    guard isSubscribed, let elements = message.elements, elements.count == 4,
      let channel = elements[2].text, let payload = elements[3].bytes
    else { return }
    tell(.message(channel: channel, payload: payload))
  }

  private func tell(_ event: RedisEvent) {
    guard !hasOverflowed else { return }
    if case .dropped = events.yield(event) {
      hasOverflowed = true
      retry()
    }
  }

  /// Tells a slow reader what it missed as soon as it has room.
  private func retry() {
    timer = loop.schedule(after: Self.retryInterval) { [weak self] in
      guard let self else { return }
      if case .dropped = events.yield(.lost) { return retry() }
      hasOverflowed = false
      if isSubscribed { tell(.subscribed) }
    }
  }
}
