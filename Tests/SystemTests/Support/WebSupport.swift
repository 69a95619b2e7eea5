import JSONRPC
import Testing

/// What an HTTP request was answered with.
struct HTTPAnswer: Sendable {
  let status: Int
  /// By names in lower case.
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  var json: JSONValue {
    get throws { try JSONDocument(parsing: body).root }
  }
}

/// One connection that speaks HTTP, a request at a time.
struct HTTPClient: Sendable {
  let socket: WireSocket
  let host: String

  init(_ daemon: Daemon) throws {
    let port = try daemon.webPort
    socket = try WireSocket(port: port)
    host = "127.0.0.1:\(port)"
  }

  func request(
    _ method: String, _ path: String, _ headers: [(String, String)] = [], _ body: [UInt8] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> HTTPAnswer {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
    try await socket.send(Array((head + "\r\n").utf8) + body)
    return try await answer(to: method, sourceLocation: sourceLocation)
  }

  func get(_ path: String, _ headers: [(String, String)] = []) async throws -> HTTPAnswer {
    try await request("GET", path, headers)
  }

  /// - Parameter token: the access token of whoever calls.
  func post(_ body: [UInt8], token: String? = nil) async throws -> HTTPAnswer {
    let authorization = token.map { [("Authorization", "Bearer \($0)")] } ?? []
    return try await request(
      "POST", "/rpc", [("Content-Type", "application/json")] + authorization, body)
  }

  func call(
    _ method: String, _ params: JSON = [:], token: String? = nil
  ) async throws -> HTTPAnswer {
    try await post(WireSocket.request(method, params), token: token)
  }

  func answer(
    to method: String = "GET", sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> HTTPAnswer {
    let head = try await socket.head(sourceLocation: sourceLocation)
    let length = method == "HEAD" ? 0 : Int(head.headers["content-length"] ?? "0") ?? 0
    let body = try await socket.bytes(length, sourceLocation: sourceLocation)
    return HTTPAnswer(status: head.status, headers: head.headers, body: body)
  }
}

/// One WebSocket.
struct WebSocketClient: Sendable {
  enum Opcode: UInt8 {
    case continuation = 0
    case text, binary
    case close = 8
    case ping, pong
  }

  let socket: WireSocket

  /// Opens it, and checks the handshake.
  init(_ daemon: Daemon, origin: String? = nil) async throws {
    socket = try WireSocket(port: try daemon.webPort)
    try await socket.send(Self.handshake(origin: origin))
    let head = try await socket.head()
    #expect(head.status == 101)
    // The example of RFC 6455.
    #expect(head.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  static func handshake(origin: String? = nil) -> String {
    "GET /rpc HTTP/1.1\r\nHost: clinic.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      + (origin.map { "Origin: \($0)\r\n" } ?? "") + "\r\n"
  }

  func send(_ opcode: Opcode = .text, _ data: [UInt8], isLast: Bool = true) async throws {
    try await socket.send(Self.frame(opcode, data, isLast: isLast))
  }

  static func frame(_ opcode: Opcode, _ data: [UInt8], isLast: Bool = true) -> [UInt8] {
    let key: [UInt8] = [7, 77, 177, 27]
    var bytes = [opcode.rawValue | (isLast ? 0x80 : 0)]
    switch data.count {
    case ..<126: bytes.append(0x80 | UInt8(data.count))
    case ..<65_536: bytes += [0x80 | 126, UInt8(data.count >> 8), UInt8(data.count & 255)]
    default:
      bytes.append(0x80 | 127)
      bytes += (0..<8).reversed().map { UInt8(data.count >> ($0 * 8) & 255) }
    }
    return bytes + key + data.enumerated().map { $0.element ^ key[$0.offset % 4] }
  }

  /// The next frame from the server.
  func frame(
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (opcode: Opcode?, data: [UInt8]) {
    let start = try await socket.bytes(2, sourceLocation: sourceLocation)
    var length = Int(start[1] & 127)
    let more = length == 126 ? 2 : length == 127 ? 8 : 0
    if more > 0 {
      length = try await socket.bytes(more).reduce(0) { $0 << 8 | Int($1) }
    }
    let data = try await socket.bytes(length, sourceLocation: sourceLocation)
    return (Opcode(rawValue: start[0] & 15), data)
  }

  /// The next message from the server.
  func message(sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSONValue {
    let frame = try await frame(sourceLocation: sourceLocation)
    #expect(frame.opcode == .text, sourceLocation: sourceLocation)
    return try JSONDocument(parsing: frame.data).root
  }

  /// The answer to a call, which has to be the next message.
  func call(
    _ method: String, _ params: JSON = [:], id: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    try await send(.text, WireSocket.request(method, params, id: id))
    let message = try await message(sourceLocation: sourceLocation)
    #expect(message["id"]?.int == id, sourceLocation: sourceLocation)
    return message
  }

  /// Waits for the close and gives its code, past whatever comes before.
  func closeCode(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Int {
    while true {
      let frame = try await frame(sourceLocation: sourceLocation)
      if frame.opcode == .close { return frame.data.prefix(2).reduce(0) { $0 << 8 | Int($1) } }
    }
  }
}

extension WireSocket {
  /// Of an HTTP answer.
  func head(
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (status: Int, headers: [String: String]) {
    let end = Array("\r\n\r\n".utf8)
    let text: String = try await read("a head", sourceLocation: sourceLocation) { input, hasEnded in
      guard let mark = input.firstRange(of: end) else {
        if hasEnded { throw Gone() }
        return nil
      }
      defer { input.removeSubrange(..<mark.upperBound) }
      return String(decoding: input[..<mark.lowerBound], as: UTF8.self)
    }
    let lines = text.split(whereSeparator: \.isNewline)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
    }
    let status = try #require(lines.first?.split(separator: " ").dropFirst().first)
    return (try #require(Int(status)), headers)
  }

  func bytes(
    _ count: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [UInt8] {
    try await read("\(count) bytes", sourceLocation: sourceLocation) { input, hasEnded in
      guard input.count >= count else {
        if hasEnded { throw Gone() }
        return nil
      }
      defer { input.removeFirst(count) }
      return Array(input.prefix(count))
    }
  }

  /// Waits until the server closes.
  func end(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    _ = try await read("the end", sourceLocation: sourceLocation) { _, hasEnded in
      hasEnded ? true : nil
    }
  }
}
