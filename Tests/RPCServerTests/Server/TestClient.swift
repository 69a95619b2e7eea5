import NIOCore
import NIOPosix
import RPCServer
import Synchronization

/// A client that sends bytes as they are and hands out what comes back line by line.
final class TestClient: Sendable {
  let channel: any Channel
  private let inbox: Inbox

  private init(channel: any Channel, inbox: Inbox) {
    self.channel = channel
    self.inbox = inbox
  }

  /// - Parameter handlers: what stands between it and its socket.
  static func connect(
    to address: ListenerAddress, reads: Bool = true,
    behind handlers: @escaping @Sendable () throws -> [any ChannelHandler] = { [] }
  ) async throws -> TestClient {
    let inbox = Inbox()
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: reads)
      .channelOption(.socketOption(.so_rcvbuf), value: 65_536)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(handlers())
          try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox: inbox))
        }
      }
    let channel: any Channel
    switch address {
    case .unix(let path):
      channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
    case .tcp(let host, let port):
      channel = try await bootstrap.connect(host: host, port: port).get()
    }
    return TestClient(channel: channel, inbox: inbox)
  }

  /// Returns when the kernel has taken the bytes.
  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text))
  }

  /// Sends without waiting until the kernel takes it.
  func post(_ text: String) {
    channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
  }

  /// The next line without its end, or nil at the end of the stream.
  func line() async -> String? {
    await inbox.line()
  }

  func lines(_ count: Int) async -> [String] {
    var lines: [String] = []
    while lines.count < count, let line = await line() { lines.append(line) }
    return lines
  }

  /// All lines up to the end of the stream.
  func rest() async -> [String] {
    await lines(.max)
  }

  /// All bytes that came, line ends and what has no line end included.
  func bytesUntilEnd() async -> String {
    _ = await rest()
    return inbox.everything
  }

  /// Sends a request and gives the next line.
  func call(_ method: String, _ params: String = "{}", id: String = "1") async throws -> String {
    try await send(request(method, params, id: id))
    return await line() ?? "(closed)"
  }

  /// What went wrong before the end of the stream.
  var failures: [String] { inbox.failures }

  func setReading(_ isOn: Bool) async throws {
    try await channel.setOption(.autoRead, value: isOn).get()
  }

  /// Says that no more will be sent.
  func endInput() async throws {
    try await channel.close(mode: .output)
  }

  func close() async throws {
    try await channel.close()
  }

  /// Closes so that the other side sees a reset.
  func reset() async throws {
    let linger = linger(l_onoff: 1, l_linger: 0)
    try await (channel as? any SocketOptionProvider)?.setSoLinger(linger).get()
    try await channel.close()
  }
}

func request(_ method: String, _ params: String = "{}", id: String = "1") -> String {
  #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"# + "\n"
}

func notification(_ method: String, _ params: String = "{}") -> String {
  #"{"jsonrpc":"2.0","method":"\#(method)","params":\#(params)}"# + "\n"
}

private final class Inbox: Sendable {
  private struct State {
    var partial: [UInt8] = []
    var lines: [String] = []
    var head = 0
    var everything = ""
    var hasEnded = false
    var failures: [String] = []
    var waiting: CheckedContinuation<String?, Never>?

    mutating func next() -> String?? {
      if head < lines.count {
        defer { head += 1 }
        return lines[head]
      }
      return hasEnded ? .some(nil) : nil
    }
  }
  private let state = Mutex(State())

  var everything: String {
    state.withLock { $0.everything + String(decoding: $0.partial, as: UTF8.self) }
  }

  func line() async -> String? {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        let next = state.next()
        if next == nil { state.waiting = continuation }
        return next
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  func receive(_ bytes: ByteBufferView) {
    wake { state in
      state.partial += bytes
      var start = 0
      while let end = state.partial[start...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: state.partial[start..<end], as: UTF8.self)
        if !line.isEmpty { state.lines.append(line.hasSuffix("\r") ? "\(line.dropLast())" : line) }
        state.everything += line + "\n"
        start = end + 1
      }
      state.partial.removeFirst(start)
    }
  }

  var failures: [String] { state.withLock { $0.failures } }

  func note(_ failure: String) {
    state.withLock { if !$0.hasEnded { $0.failures.append(failure) } }
  }

  func end() {
    wake { $0.hasEnded = true }
  }

  private func wake(_ change: (inout State) -> Void) {
    let ready: (CheckedContinuation<String?, Never>, String?)? = state.withLock { state in
      change(&state)
      guard let waiting = state.waiting, let next = state.next() else { return nil }
      state.waiting = nil
      return (waiting, next)
    }
    if let (continuation, line) = ready { continuation.resume(returning: line) }
  }
}

private final class InboxHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let inbox: Inbox

  init(inbox: Inbox) {
    self.inbox = inbox
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    inbox.receive(unwrapInboundIn(data).readableBytesView)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed { inbox.end() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    inbox.end()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    inbox.note("\(error)")
    context.close(promise: nil)
  }
}
