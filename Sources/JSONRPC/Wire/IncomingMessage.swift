/// How large a batch may be.
public struct EnvelopeLimits: Sendable, Equatable {
  public var maxBatch: Int

  public init(maxBatch: Int = 100) {
    self.maxBatch = maxBatch
  }
}

/// What a client sent, as JSON-RPC 2.0 sees it.
public enum IncomingMessage: Sendable {
  /// One request; an invalid one is answered too.
  case single(Item)
  /// At least one item. All except notifications are answered, in one array; when there is nothing
  /// to answer, there is no array.
  case batch([Item])
  /// A batch that is empty or over the limit: it gets one error with the id null, and nothing is
  /// run.
  case refused(RPCError)

  public enum Item: Sendable {
    case call(IncomingCall)
    /// The id is null when none could be read.
    case invalid(id: RequestID, RPCError)
  }

  public init(_ document: JSONDocument, limits: EnvelopeLimits = .init()) {
    let root = document.root
    guard root.kind == .array else {
      self = .single(Item(root))
      return
    }
    let count = root.count
    if count == 0 {
      self = .refused(
        .invalidRequest(reason: "empty_batch", detail: "a batch has at least one item"))
    } else if count > limits.maxBatch {
      self = .refused(.batchTooLarge(limit: limits.maxBatch, actual: count))
    } else {
      self = .batch(root.elements.map { Item($0) })
    }
  }
}

extension IncomingMessage.Item {
  init(_ value: JSONValue) {
    guard value.kind == .object else {
      self = .invalid(id: .null, .invalidRequest(detail: "a request is an object"))
      return
    }
    var envelope = Envelope()
    envelope.read(value)
    self = envelope.item
  }
}

/// The members of a Request object while they are read.
private struct Envelope {
  private var version: JSONValue?
  private var id: JSONValue?
  private var method: JSONValue?
  private var params: JSONValue?
  private var hasTwoIDs = false
  private var hasDuplicate = false
  private var hasUnknown = false
  private var isResponse = false

  mutating func read(_ object: JSONValue) {
    var cursor = JSONCursor(object, .object)
    while let (name, value) = cursor.nextMember() {
      take(object.storage, name, value)
    }
  }

  private mutating func take(_ storage: JSONStorage, _ name: Int, _ value: JSONValue) {
    if storage.string(at: name, equals: "jsonrpc") {
      hasDuplicate = Self.set(&version, value) || hasDuplicate
    } else if storage.string(at: name, equals: "id") {
      hasTwoIDs = Self.set(&id, value) || hasTwoIDs
    } else if storage.string(at: name, equals: "method") {
      hasDuplicate = Self.set(&method, value) || hasDuplicate
    } else if storage.string(at: name, equals: "params") {
      hasDuplicate = Self.set(&params, value) || hasDuplicate
    } else if storage.string(at: name, equals: "result")
      || storage.string(at: name, equals: "error")
    {
      isResponse = true
    } else {
      hasUnknown = true
    }
  }

  /// Whether the member was there before.
  private static func set(_ member: inout JSONValue?, _ value: JSONValue) -> Bool {
    defer { member = value }
    return member != nil
  }

  /// The first fault decides; the id is echoed if it can be.
  var item: IncomingMessage.Item {
    let requestID = id.flatMap { RequestID($0) }
    if let fault = fault(requestID) {
      return .invalid(id: hasTwoIDs ? .null : requestID ?? .null, fault)
    }
    return .call(IncomingCall(id: requestID, method: method?.string ?? "", params: params))
  }

  private func fault(_ requestID: RequestID?) -> RPCError? {
    if isResponse {
      return .invalidRequest(
        reason: "unexpected_response", detail: "this server sends no requests to answer")
    }
    if hasTwoIDs || hasDuplicate { return .invalidRequest(detail: "a member is there twice") }
    guard let version, version.isString(equalTo: "2.0") else {
      return .invalidRequest(detail: "jsonrpc must be \"2.0\"")
    }
    if id != nil, requestID == nil {
      return .invalidRequest(detail: "id must be a string, a number or null")
    }
    guard let method, method.kind == .string else {
      return .invalidRequest(detail: "method must be a string")
    }
    if let params, params.kind != .object, params.kind != .array {
      return .invalidRequest(detail: "params must be an object or an array")
    }
    if hasUnknown {
      return .invalidRequest(
        reason: "unknown_member", detail: "a request has jsonrpc, id, method and params only")
    }
    return nil
  }
}

extension JSONStorage {
  func string(at index: Int, equals text: String) -> Bool {
    let utf8 = text.utf8
    return string(at: index, equals: utf8.span)
  }
}

extension JSONValue {
  func isString(equalTo text: String) -> Bool {
    kind == .string && storage.string(at: index, equals: text)
  }
}
