import Host
import StoreLoop

/// One connection, from connecting to its end. Used on the loop only.
///
/// Commands are sent in the order in which they are given, as many at a time as the loop collects
/// in one round; the server answers in that order. When an answer is late the whole connection is
/// given up: later answers can no longer be told apart from it.
final class RedisConnection: @unchecked Sendable {
  private enum Phase {
    case connecting
    case open
    case closed
  }

  private let loop: StoreLoop
  private var untried: ArraySlice<SocketAddress>
  private let opened: @Sendable (RedisConnection) -> Void
  private let closed: @Sendable (RedisConnection, RedisError) -> Void
  private let onMessage: (@Sendable (RedisValue) -> Void)?

  private var phase = Phase.connecting
  /// Why the last address that was tried cannot be connected to.
  private var reason = "there is no such address"
  private var socket: SocketBox?
  private var registration: Registration?
  private var reader: RedisReader?
  private var output: [UInt8] = []
  private var sent = 0
  private var isFlushScheduled = false
  private var pending: [PendingReply] = []
  private var answered = 0
  private var watchdog: (deadline: ContinuousClock.Instant, timer: Timer)?

  private final class SocketBox {
    let socket: Socket
    init(_ socket: consuming Socket) { self.socket = socket }
  }

  /// - Parameters:
  ///   - addresses: tried one after the other.
  ///   - opened: called when it is connected, before anything was sent.
  ///   - closed: called once when the connection ends, unless `close` is called before.
  ///   - onMessage: takes published messages, which answer no command.
  init(
    to addresses: [SocketAddress], loop: StoreLoop,
    opened: @escaping @Sendable (RedisConnection) -> Void,
    closed: @escaping @Sendable (RedisConnection, RedisError) -> Void,
    onMessage: (@Sendable (RedisValue) -> Void)?
  ) {
    self.loop = loop
    untried = addresses[...]
    self.opened = opened
    self.closed = closed
    self.onMessage = onMessage
  }
}

// MARK: - Opening and closing

extension RedisConnection {
  func connect() {
    release()
    guard phase == .connecting else { return }
    guard let address = untried.popFirst() else {
      return fail(RedisError(.unavailable, reason: reason))
    }
    var progress = Socket.Progress.waiting
    guard let socket = Socket(connectingTo: address, progress: &progress),
      progress == .done || progress == .waiting
    else {
      if case .failed(let number) = progress { reason = systemMessage(of: number) }
      return connect()
    }
    let descriptor = socket.descriptor
    self.socket = SocketBox(socket)
    registration = loop.register(
      descriptor: descriptor, interest: progress == .done ? .read : .write
    ) { [weak self] readiness in
      self?.handle(readiness)
    }
    if progress == .done { open() }
  }

  private func open() {
    do throws(RedisError) {
      reader = try RedisReader()
    } catch {
      return fail(error)
    }
    phase = .open
    registration?.update(interest: .read)
    opened(self)
  }

  /// Gives the connection up and tells its owner, before those who wait for a reply get `error`.
  func fail(_ error: RedisError) {
    guard phase != .closed else { return }
    let waiting = shut()
    closed(self, error)
    for reply in waiting { reply.finish(.failure(error)) }
  }

  /// Gives the connection up; those who wait for a reply get `error`.
  func close(_ error: RedisError) {
    guard phase != .closed else { return }
    for reply in shut() { reply.finish(.failure(error)) }
  }

  /// Returns those who still wait for a reply.
  private func shut() -> ArraySlice<PendingReply> {
    phase = .closed
    release()
    watchdog?.timer.cancel()
    watchdog = nil
    defer {
      pending = []
      answered = 0
    }
    return pending[answered...]
  }

  private func release() {
    registration?.cancel()
    registration = nil
    socket = nil
  }

  private func handle(_ readiness: Readiness) {
    switch phase {
    case .connecting:
      guard let number = socket?.socket.connectionError else { return connect() }
      guard number != 0 else { return open() }
      reason = systemMessage(of: number)
      connect()
    case .open:
      if readiness.contains(.writable) { flush() }
      if readiness != .writable { receive() }
    case .closed: break
    }
  }
}

// MARK: - Sending

extension RedisConnection {
  /// Sends a command, to which there are `replies` replies.
  func send(
    _ command: [RedisArgument], timeout: Duration, replies: Int = 1,
    _ receiver: PendingReply.Receiver
  ) {
    let deadline = ContinuousClock.now + timeout
    let reply = PendingReply(deadline: deadline, receiver: receiver)
    guard phase == .open else { return reply.finish(.failure(RedisError(.unavailable))) }
    output.append(command: command)
    for _ in 0..<replies { pending.append(reply) }
    // Logging in may take longer than a call.
    if watchdog.map({ $0.deadline > deadline }) ?? true { watch(until: deadline) }
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    // What else the loop has at hand is sent with it.
    loop.execute { [self] in flush() }
  }

  private func flush() {
    isFlushScheduled = false
    guard phase == .open, let socket else { return }
    while sent < output.count {
      guard let count = socket.socket.send(output[sent...]) else {
        return fail(RedisError(.unavailable))
      }
      guard count > 0 else { break }
      sent += count
    }
    if sent == output.count {
      output.removeAll(keepingCapacity: output.capacity < 1 << 20)
      sent = 0
      registration?.update(interest: .read)
    } else {
      isFlushScheduled = true
      registration?.update(interest: [.read, .write])
    }
  }
}

// MARK: - Receiving

extension RedisConnection {
  /// How many reads follow each other, so that a flood of messages does not keep the loop from
  /// everything else.
  private static let readsAtATime = 16

  private func receive() {
    for _ in 0..<Self.readsAtATime {
      guard phase == .open, let socket, let reader else { return }
      do throws(RedisError) {
        let mayHaveMore = try reader.receive(from: socket.socket)
        while phase == .open, let value = try reader.next() { try take(value) }
        guard mayHaveMore else { return }
      } catch {
        return fail(error)
      }
    }
  }

  private func take(_ value: RedisValue) throws(RedisError) {
    if let onMessage, value.isPublished { return onMessage(value) }
    guard answered < pending.count else { throw RedisError(.protocolViolation) }
    let reply = pending[answered]
    answered += 1
    // Removed in blocks: one at a time, every removal would move all the others.
    if answered == pending.count {
      pending.removeAll(keepingCapacity: true)
      answered = 0
    } else if answered >= 1024 {
      pending.removeFirst(answered)
      answered = 0
    }
    reply.finish(.success(value))
  }
}

extension RedisValue {
  /// Whether this is a message to a pattern's subscribers.
  fileprivate var isPublished: Bool {
    guard case .array(let elements) = self, case .string(let kind)? = elements.first else {
      return false
    }
    return kind.elementsEqual("pmessage".utf8)
  }
}

// MARK: - Lateness

extension RedisConnection {
  private func watch(until deadline: ContinuousClock.Instant) {
    watchdog?.timer.cancel()
    let timer = loop.schedule(after: ContinuousClock.now.duration(to: deadline)) { [weak self] in
      self?.checkDeadline()
    }
    watchdog = (deadline, timer)
  }

  /// Looks at the reply that is waited for longest.
  private func checkDeadline() {
    watchdog = nil
    guard phase == .open else { return }
    // If this thread was late itself, the answer may be there.
    receive()
    guard phase == .open, answered < pending.count else { return }
    let now = ContinuousClock.now
    let deadline = pending[answered].deadline
    guard deadline <= now else { return watch(until: deadline) }
    let late = pending[answered...].prefix { $0.deadline <= now }
    answered += late.count
    fail(RedisError(.unavailable))
    for reply in late { reply.finish(.failure(RedisError(.timedOut))) }
  }
}
