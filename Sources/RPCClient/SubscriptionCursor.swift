import JSONRPC

/// What a subscriber has seen, and what to do with the next message: a pure state machine.
struct SubscriptionCursor {
  struct Position: Equatable {
    var date: String
    var version: Int
  }

  /// What to do with a message.
  enum Outcome {
    case tell(SubscriptionEvent)
    /// The message was seen before.
    case ignore
    /// A version is missing, so the subscription must be made again from the last one that was
    /// seen.
    case gap
    /// The server ended the subscription, for example because a token expired.
    case ended(reason: String)
    /// The server stops and closes its connections.
    case stopping
  }

  /// The last version that was seen, for `since`; nil before the first reply.
  private(set) var position: Position?
  /// The subscription's id as JSON.
  private var id: [UInt8] = []

  /// Takes the result of the method that subscribed.
  ///
  /// - Returns: what there is to tell at once.
  mutating func start(_ result: JSONValue) throws(RPCClientError) -> [SubscriptionEvent] {
    guard let subscription = result["subscription"] else { throw Self.violation }
    id = subscription.rawBytes
    if let snapshot = result["snapshot"], !snapshot.isNull {
      position = try position(in: result, or: snapshot)
      return [.snapshot(snapshot, reason: nil)]
    }
    guard let replay = result["replay"], replay.kind == .array, position != nil else {
      throw Self.violation
    }
    var events: [SubscriptionEvent] = [.resumed]
    for change in replay.elements {
      switch receive(body: change) {
      case .tell(let event): events.append(event)
      case .ignore: continue
      case .gap, .ended, .stopping: throw Self.violation
      }
    }
    return events
  }

  /// Takes a notification; nil when it is for another subscription.
  mutating func receive(_ params: JSONValue?) -> Outcome? {
    guard let params, params["subscription"]?.rawBytes == id, let body = params["result"] else {
      return nil
    }
    return receive(body: body)
  }

  private mutating func receive(body: JSONValue) -> Outcome {
    switch body["kind"]?.string ?? "change" {
    case "change":
      guard let version = body["version"]?.int, let position else { return .gap }
      if let date = body["date"]?.string, date != position.date { return .gap }
      if version <= position.version { return .ignore }
      guard version == position.version + 1 else { return .gap }
      self.position?.version = version
      return .tell(.change(body))
    case "snapshot":
      guard let position = try? position(in: body, or: body) else { return .gap }
      self.position = position
      return .tell(.snapshot(body, reason: body["reason"]?.string ?? ""))
    case "shutdown": return .stopping
    case "closed": return .ended(reason: body["reason"]?.string ?? "")
    default: return .ignore
    }
  }

  private func position(
    in outer: JSONValue, or inner: JSONValue
  ) throws(RPCClientError) -> Position {
    guard let version = (outer["version"] ?? inner["version"])?.int,
      let date = (outer["date"] ?? inner["date"])?.string
    else { throw Self.violation }
    return Position(date: date, version: version)
  }

  private static let violation = RPCClientError.protocolViolation("a subscription without a state")
}
