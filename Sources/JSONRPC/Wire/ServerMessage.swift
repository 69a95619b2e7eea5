/// What a server sends to a client.
public enum ServerMessage: Sendable {
  case result(id: RequestID, JSONValue)
  case failure(id: RequestID, RPCError)
  case notification(method: String, params: JSONValue?)

  /// A batch gives several messages; nil when the document is not JSON-RPC.
  public static func read(_ document: JSONDocument) -> [ServerMessage]? {
    let root = document.root
    guard root.kind == .array else { return ServerMessage(root).map { [$0] } }
    let messages = root.elements.compactMap { ServerMessage($0) }
    return messages.count == root.count && !messages.isEmpty ? messages : nil
  }

  private init?(_ value: JSONValue) {
    guard value.kind == .object, value["jsonrpc"]?.isString(equalTo: "2.0") == true else {
      return nil
    }
    if let method = value["method"]?.string {
      self = .notification(method: method, params: value["params"])
      return
    }
    guard let id = value["id"].flatMap({ RequestID($0) }) else { return nil }
    if let result = value["result"] {
      self = .result(id: id, result)
    } else if let error = value["error"].flatMap({ RPCError($0) }) {
      self = .failure(id: id, error)
    } else {
      return nil
    }
  }
}

extension RPCError {
  /// An error object as a server sent it; nil for anything else. An error of another server may
  /// lack a reason in `data`.
  public init?(_ value: JSONValue) {
    guard let code = value["code"]?.int, let message = value["message"]?.string else { return nil }
    var details: Details = [:]
    let data = value["data"]
    for (name, value) in data?.members ?? JSONValue.null.members {
      details.append(name, Value(value))
    }
    self.init(
      code: code, reason: data?["reason"]?.string ?? "", message: message, details: details)
  }
}

extension RPCError.Value {
  fileprivate init(_ value: JSONValue) {
    switch value.kind {
    case .null: self = .null
    case .bool: self = .bool(value.bool ?? false)
    case .string: self = .string(value.string ?? "")
    case .number:
      // As it is written, unless that is exactly what an Int is written as.
      if let int = value.int, String(int) == value.numberText {
        self = .int(int)
      } else {
        self = .raw(value.rawBytes)
      }
    case .array:
      let texts = value.elements.compactMap(\.string)
      self = texts.count == value.count ? .strings(texts) : .raw(value.rawBytes)
    case .object: self = .raw(value.rawBytes)
    }
  }
}
