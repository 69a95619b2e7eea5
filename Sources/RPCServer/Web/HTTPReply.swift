import NIOCore
import NIOHTTP1

/// What a request is answered with.
struct HTTPReply {
  var status: HTTPResponseStatus
  var headers = HTTPHeaders()
  var body = ByteBuffer()
  /// Whether the connection ends with this reply.
  var closes = false

  init(
    _ status: HTTPResponseStatus, _ body: [UInt8] = [], type: String? = nil,
    headers: [(String, String)] = [], closes: Bool = false
  ) {
    self.status = status
    self.body = ByteBuffer(bytes: body)
    self.closes = closes
    if let type { self.headers.add(name: "Content-Type", value: type) }
    for (name, value) in headers { self.headers.add(name: name, value: value) }
  }

  /// A reply with a line for people.
  static func text(
    _ status: HTTPResponseStatus, _ text: String, headers: [(String, String)] = [],
    closes: Bool = false
  ) -> HTTPReply {
    HTTPReply(
      status, Array("\(text)\n".utf8), type: "text/plain; charset=utf-8",
      headers: [("Cache-Control", "no-store")] + headers, closes: closes)
  }

  /// JSON-RPC: a reply, or the replies of a batch.
  static func rpc(_ status: HTTPResponseStatus, _ body: [UInt8]) -> HTTPReply {
    HTTPReply(
      status, body, type: body.isEmpty ? nil : "application/json",
      headers: [("Cache-Control", "no-store")])
  }

  static let notFound = HTTPReply.text(.notFound, "There is nothing here.")

  static func unreadable(_ error: HTTPParserError) -> HTTPReply {
    error == .headerOverflow
      ? .text(.requestHeaderFieldsTooLarge, "The head of this request is too large.")
      : .text(.badRequest, "This is not a request of HTTP/1.1.")
  }

  static func wrongMethod(allowed: String) -> HTTPReply {
    .text(.methodNotAllowed, "This answers \(allowed) alone.", headers: [("Allow", allowed)])
  }
}
