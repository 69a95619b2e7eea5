import Glibc
import JSONRPC
import RPCClient
import Synchronization
import TestSupport
import Testing

/// A client that sends bytes as they are, and reads only when a test asks it to.
final class WireSocket: Sendable {
  private struct State {
    var descriptor: Int32
    var input: [UInt8] = []
    var hasEnded = false
  }
  private let state: Mutex<State>

  /// Over a Unix socket.
  init(path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    state = Mutex(State(descriptor: descriptor))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    try connect(descriptor, &address)
  }

  /// Over TCP, to this machine.
  init(port: Int) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    state = Mutex(State(descriptor: descriptor))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    try connect(descriptor, &address)
  }

  private func connect<Address>(_ descriptor: Int32, _ address: inout Address) throws {
    let size = socklen_t(MemoryLayout<Address>.size)
    let status = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, size)
      }
    }
    if status != 0 { throw Gone() }
    try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
  }

  deinit { close() }

  // MARK: - Sending

  /// The server has closed the connection.
  struct Gone: Error {}

  /// Sends all of it, however long the server takes to read it.
  func send(_ bytes: [UInt8], within limit: Duration = .seconds(60)) async throws {
    let deadline = ContinuousClock.now + limit
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try offer(rest)
      rest = rest.dropFirst(count)
      guard count == 0 else { continue }
      try #require(ContinuousClock.now < deadline, "the server reads what is sent")
      try await untilNextLook()
    }
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Sends what the kernel takes at once. - Returns: how many bytes that was.
  func offer(_ bytes: ArraySlice<UInt8>) throws -> Int {
    try state.withLock { state in
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(state.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno != EAGAIN { throw Gone() }
      return max(0, count)
    }
  }

  /// Says that no more will be sent.
  func endInput() { state.withLock { _ = shutdown($0.descriptor, Int32(SHUT_WR)) } }

  func close() {
    state.withLock { state in
      if state.descriptor >= 0 { _ = Glibc.close(state.descriptor) }
      state.descriptor = -1
    }
  }

  /// Goes away so that a TCP server sees a reset.
  func vanish() {
    state.withLock { state in
      var linger = linger(l_onoff: 1, l_linger: 0)
      let size = socklen_t(MemoryLayout<Glibc.linger>.size)
      unsafe setsockopt(state.descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
    }
    close()
  }

  // MARK: - Reading

  /// Takes from the kernel what is there.
  private func receive(_ state: inout State) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !state.hasEnded, state.descriptor >= 0 {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(state.descriptor, $0.baseAddress, $0.count, 0)
      }
      guard count > 0 else {
        state.hasEnded = count == 0 || errno != EAGAIN
        return
      }
      state.input += buffer[..<count]
    }
  }

  /// What `take` finds in what has come; it takes away what it has used. It is told whether more
  /// may come.
  func read<Value: Sendable>(
    within limit: Duration = .seconds(60), _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ take: @Sendable (inout [UInt8], _ hasEnded: Bool) throws -> Value?
  ) async throws -> Value {
    try await awaited(within: limit, what, sourceLocation: sourceLocation) {
      try state.withLock { state in
        receive(&state)
        return try take(&state.input, state.hasEnded)
      }
    }
  }

  /// The next message; nil at the end of the connection.
  func message(
    within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue? {
    let found: [UInt8]? = try await awaited(
      within: limit, "the server says something", sourceLocation: sourceLocation
    ) { () -> [UInt8]?? in
      state.withLock { state in
        while true {
          receive(&state)
          guard let end = state.input.firstIndex(of: UInt8(ascii: "\n")) else {
            return state.hasEnded ? .some(nil) : nil
          }
          let line = state.input[..<end].filter { $0 != UInt8(ascii: "\r") }
          state.input.removeSubrange(...end)
          if !line.isEmpty { return line }
        }
      }
    }
    guard let found else { return nil }
    return try JSONDocument(parsing: found, limits: JSONLimits(maxBytes: 64 << 20)).root
  }

  /// The answer to a call, among whatever else comes.
  func answer(
    to id: Int, within limit: Duration = .seconds(60),
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    while let message = try await message(within: limit, sourceLocation: sourceLocation) {
      if message["id"]?.int == id { return message }
    }
    throw Gone()
  }

  func call(
    _ method: String, _ params: JSON = [:], id: Int = 1, within limit: Duration = .seconds(60),
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    try await send(Self.request(method, params, id: id))
    return try await answer(to: id, within: limit, sourceLocation: sourceLocation)
  }

  /// Waits until the server closes, and gives what it said before.
  func rest(
    within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [JSONValue] {
    var messages: [JSONValue] = []
    while let message = try await message(within: limit, sourceLocation: sourceLocation) {
      messages.append(message)
    }
    return messages
  }

  /// Every byte until the server closes.
  func everything(
    within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [UInt8] {
    try await awaited(within: limit, "the server closes", sourceLocation: sourceLocation) {
      state.withLock { state in
        receive(&state)
        return state.hasEnded ? state.input : nil
      }
    }
  }

  static func request(_ method: String, _ params: JSON = [:], id: Int = 1) -> [UInt8] {
    JSON.object([
      ("jsonrpc", "2.0"), ("id", .int(id)), ("method", .string(method)), ("params", params),
    ]).bytes + [UInt8(ascii: "\n")]
  }
}

extension Daemon {
  func wire(_ transport: WireTransport = .unix) throws -> WireSocket {
    guard transport == .tcp, case .tcp(_, let port) = try tcp else {
      return try WireSocket(path: socket)
    }
    return try WireSocket(port: port)
  }
}

enum WireTransport: Sendable, CaseIterable { case unix, tcp }

extension JSONValue {
  var errorCode: Int? { self["error"]?["code"]?.int }
  var errorReason: String? { self["error"]?["data"]?["reason"]?.string }
}
