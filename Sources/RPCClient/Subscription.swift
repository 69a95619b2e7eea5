import JSONRPC

/// The events of a subscription, for as long as somebody iterates.
///
/// A subscription has a connection of its own. When that is lost it connects again and goes on from
/// the last version that was seen, so that no change is missed; meanwhile it reports that it is
/// disconnected. The iteration throws when the server refuses the subscription for good, or the
/// configured preparation of a connection fails.
public struct Subscription: AsyncSequence, Sendable {
  public typealias Element = SubscriptionEvent
  public typealias Failure = any Error

  let endpoint: Endpoint
  let configuration: RPCClient.Configuration
  let method: String
  /// A JSON object.
  let params: JSONValue?

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private enum State {
      case waiting(Duration)
      case connected(Link)
      case finished
    }

    private struct Link {
      let connection: RPCConnection
      let inbox: SubscriptionInbox
      var messages: AsyncStream<RPCNotification>.AsyncIterator
    }

    private let subscription: Subscription
    private var cursor = SubscriptionCursor()
    private var state = State.waiting(.zero)
    private var backoff: Backoff
    private var events: ArraySlice<SubscriptionEvent> = []
    /// The server ended the subscription, it was made again, and nothing has come since.
    private var wasRenewed = false

    fileprivate init(_ subscription: Subscription) {
      self.subscription = subscription
      backoff = subscription.configuration.backoff
    }

    public mutating func next() async throws -> SubscriptionEvent? {
      while true {
        if let event = events.popFirst() { return event }
        switch state {
        case .finished: return nil
        case .waiting(let delay):
          try await Task.sleep(for: delay)
          try await connect()
        case .connected(var link):
          let message = await link.messages.next()
          state = .connected(link)
          try Task.checkCancellation()
          guard let message else {
            disconnected(because: link.connection.endReason ?? RPCClientError.connectionLost)
            continue
          }
          if link.inbox.shouldResume() { link.connection.resumeReading() }
          handle(message)
        }
      }
    }

    private mutating func connect() async throws {
      do {
        let inbox = SubscriptionInbox()
        let connection = try await RPCClient.open(
          to: subscription.endpoint, configuration: subscription.configuration,
          receive: { inbox.receive($0) }, closed: { _ in inbox.finish() })
        let result = try await connection.call(
          subscription.method, rawParams: subscription.params(since: cursor.position))
        events = try cursor.start(result)[...]
        state = .connected(
          Link(
            connection: connection, inbox: inbox, messages: inbox.messages.makeAsyncIterator()))
        backoff.reset()
      } catch {
        if Subscription.isFinal(error) {
          state = .finished
          throw error
        }
        disconnected(because: error)
      }
    }

    private mutating func handle(_ message: RPCNotification) {
      guard let outcome = cursor.receive(message.params) else { return }
      switch outcome {
      case .ignore: return
      case .tell(let event):
        wasRenewed = false
        events.append(event)
      case .stopping: disconnected(because: RPCClientError.serverStopping)
      case .gap:
        disconnected(because: RPCClientError.protocolViolation("a version is missing"))
      case .ended(let reason):
        // Nothing is missed when it is made again at once: not worth a word, the first time.
        if wasRenewed {
          disconnected(
            because: RPCError(.notNow, reason: reason, message: "The subscription was ended."))
        } else {
          wasRenewed = true
          state = .waiting(.zero)
        }
      }
    }

    private mutating func disconnected(because error: any Error) {
      let delay = backoff.next()
      state = .waiting(delay)
      events.append(.disconnected(error, retryIn: delay))
    }
  }

  /// The params that the caller gave, with the position to go on from.
  private func params(since position: SubscriptionCursor.Position?) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    if let params {
      for member in params.members where member.name != "since" || position == nil {
        writer.key(member.name)
        writer.value(member.value)
      }
    }
    if let position {
      writer.key("since")
      writer.beginObject()
      writer.member("date", position.date)
      writer.member("version", position.version)
      writer.endObject()
    }
    writer.endObject()
    return writer.finish()
  }

  /// Whether trying again is of no use.
  private static func isFinal(_ error: any Error) -> Bool {
    // A connection may come back. What the preparation of one throws of its own does not change.
    guard let error = error as? RPCError else { return !(error is RPCClientError) }
    return switch RPCError.Code(rawValue: error.code) {
    case .notNow, .tooMany, .internalError: false
    default: true
    }
  }
}

extension RPCClient {
  /// Subscribes to changes by a method that takes `since: {date, version}` and returns
  /// `{subscription, date, version}` with a `snapshot` or a `replay`.
  ///
  /// - Parameter params: an object with the method's other params.
  public func subscribe(
    _ method: String = "queue.subscribe", params: some Encodable = [String: String]()
  ) throws -> Subscription {
    let params = try JSONDocument(parsing: JSONValueEncoder().encode(params)).root
    return Subscription(
      endpoint: endpoint, configuration: configuration, method: method, params: params)
  }
}
