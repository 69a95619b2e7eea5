import NIOHTTP1

/// A request, before its body: where it goes, and whether it may.
struct WebRequest {
  enum Route: Equatable {
    /// A WebSocket that speaks JSON-RPC.
    case socket
    /// A message in the body.
    case call
    case health, readiness, metrics
    /// A file of the pages.
    case page(String, type: String)
    /// A reply that needs nothing more.
    case answered
  }

  let head: HTTPRequestHead
  let route: Route
  /// The reply of a request that went nowhere.
  let answer: HTTPReply?
  let origin: OriginRule

  init(_ head: HTTPRequestHead, origins: Set<String>, limits: Limits) {
    self.head = head
    origin = OriginRule(head.headers, listed: origins)
    switch Self.route(head, origin, limits: limits) {
    case .to(let route): (self.route, answer) = (route, nil)
    case .reply(let reply): (route, answer) = (.answered, reply)
    }
  }

  private enum Outcome {
    case to(Route)
    case reply(HTTPReply)
  }

  private static func route(
    _ head: HTTPRequestHead, _ origin: OriginRule, limits: Limits
  ) -> Outcome {
    if !head.namesItsHost {
      return .reply(.text(.badRequest, "A request has one Host."))
    }
    if !head.hasKnownCoding {
      return .reply(.text(.notImplemented, "A body is sent whole or chunked, and not coded."))
    }
    if origin == .refused {
      return .reply(.text(.forbidden, "Pages of this origin may not call here."))
    }
    switch head.path {
    case "/rpc": return rpc(head, limits: limits)
    case "/healthz": return get(head, .to(.health))
    case "/readyz": return get(head, .to(.readiness))
    case "/metrics": return get(head, .to(.metrics))
    default: return page(head)
    }
  }

  private static func page(_ head: HTTPRequestHead) -> Outcome {
    switch PagePath(head.path) {
    case .file(let path, let type): get(head, .to(.page(path, type: type)))
    case .redirect(let path):
      get(
        head,
        .reply(
          .text(
            .found, "It is at \(path)",
            headers: [("Location", path + head.target.drop { $0 != "?" })])))
    case .none: .reply(.notFound)
    }
  }

  private static func get(_ head: HTTPRequestHead, _ outcome: Outcome) -> Outcome {
    switch head.method {
    case .GET, .HEAD: outcome
    default: .reply(.wrongMethod(allowed: "GET, HEAD"))
    }
  }

  private static func rpc(_ head: HTTPRequestHead, limits: Limits) -> Outcome {
    switch head.method {
    case .POST: break
    case .GET where head.wantsWebSocket: return .to(.socket)
    case .OPTIONS:
      return .reply(
        HTTPReply(
          .noContent, headers: [("Allow", "POST, OPTIONS")] + OriginRule.preflightHeaders))
    default: return .reply(.wrongMethod(allowed: "POST, OPTIONS"))
    }
    if let coding = head.contentCoding {
      return .reply(
        .text(
          .unsupportedMediaType, "A body is sent as it is, and not as \(coding).",
          headers: [("Accept-Encoding", "identity")]))
    }
    guard head.hasJSONBody else {
      return .reply(
        .text(
          .unsupportedMediaType, "The body is JSON-RPC: Content-Type: application/json.",
          headers: [("Accept", "application/json")]))
    }
    if let length = head.contentLength, length > limits.messageBytes {
      return .reply(.tooLarge(limit: limits.messageBytes, actual: length))
    }
    return .to(.call)
  }
}

extension HTTPRequestHead {
  /// The target without its query, and without the server that proxies name before it.
  var path: Substring {
    let path = target.prefix { $0 != "?" && $0 != "#" }
    return path.isEmpty ? "/" : path
  }

  /// The target from its path on.
  var target: Substring {
    guard uri.first != "/", let scheme = uri.firstRange(of: "://"),
      ["http", "https"].contains(uri[..<scheme.lowerBound].lowercased())
    else { return uri[...] }
    return uri[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
  }

  /// The parser has seen that it is a number; one past `Int` is too large whatever it is.
  var contentLength: Int? {
    headers.first(name: "Content-Length").map { Int($0) ?? .max }
  }

  /// Whether it says once which server it means. In HTTP/1.0 it need not.
  var namesItsHost: Bool {
    let hosts = headers["Host"].count
    return hosts == 1 || (hosts == 0 && version == .http1_0)
  }

  /// Whether a body follows.
  var hasBody: Bool {
    headers.contains(name: "Transfer-Encoding") || (contentLength ?? 0) > 0
  }

  /// Whether its body, if there is one, comes as it is.
  var hasKnownCoding: Bool {
    let codings = headers[canonicalForm: "transfer-encoding"]
    return codings.isEmpty || (codings.count == 1 && codings[0].lowercased() == "chunked")
  }

  /// Whether the client waits for a word before it sends the body. HTTP/1.0 has no such word.
  var expectsContinue: Bool {
    version != .http1_0
      && headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
  }

  /// Whether the client offers to speak something else from here on; if it is not taken at its
  /// word, the connection cannot be used any more.
  var offersUpgrade: Bool {
    method == .CONNECT
      || headers.contains(name: "Upgrade")
        && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
  }

  /// HTTP/1.0 has no upgrades.
  var wantsWebSocket: Bool {
    version != .http1_0 && offersUpgrade
      && headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
  }

  /// Whether it has a handshake's key: 16 bytes in base64.
  var hasWebSocketKey: Bool {
    let keys = headers["Sec-WebSocket-Key"]
    guard keys.count == 1, let key = keys.first?.utf8, key.count == 24 else { return false }
    return key.suffix(2).elementsEqual("==".utf8)
      && key.dropLast(2).allSatisfy {
        switch UInt8($0) {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }

  /// Names the first of the protocols offered for a WebSocket that is JSON-RPC. A browser that has
  /// offered some closes when none is chosen.
  var webSocketProtocol: HTTPHeaders {
    let name = headers[canonicalForm: "sec-websocket-protocol"].first {
      ["jsonrpc", "jsonrpc-2.0", "jsonrpc2.0"].contains($0)
    }
    return HTTPHeaders(name.map { [("Sec-WebSocket-Protocol", String($0))] } ?? [])
  }

  /// How the body is coded, if it is.
  var contentCoding: Substring? {
    headers[canonicalForm: "content-encoding"].first { $0.lowercased() != "identity" }
  }

  /// Whether another request may follow. In HTTP/1.0 nobody may have seen where chunks end.
  var mayKeepAlive: Bool {
    isKeepAlive && !offersUpgrade
      && !(version == .http1_0 && headers.contains(name: "Transfer-Encoding"))
  }

  /// Whether the body may be JSON. Pages of elsewhere, which browsers let send what has no type, are
  /// refused by their origin.
  var hasJSONBody: Bool {
    let types = headers["Content-Type"]
    if types.isEmpty { return true }
    guard types.count == 1, let type = types.first?.prefix(while: { $0 != ";" }) else {
      return false
    }
    let name = type.split(separator: " ").joined().lowercased()
    return name == "application/json" || name == "application/json-rpc"
  }

  /// The access token of `Authorization: Bearer`. A header of another kind is a token that no one
  /// knows.
  var bearer: String? {
    let values = headers["Authorization"]
    guard let value = values.first else { return nil }
    let words = value.split(separator: " ")
    guard values.count == 1, words.count == 2, words[0].lowercased() == "bearer" else { return "" }
    return String(words[1])
  }
}
