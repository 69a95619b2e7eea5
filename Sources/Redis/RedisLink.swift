import StoreLoop
import Threads

/// Keeps one connection open: connects, logs in, asks each second whether the server is there, and
/// begins again when the server is not. Used on the loop only.
final class RedisLink: @unchecked Sendable {
  struct Events: Sendable {
    /// The server answered; from now on commands may be sent.
    var up: @Sendable (RedisConnection) -> Void
    /// The connection is lost, or an attempt to connect failed.
    var down: @Sendable (RedisError) -> Void
    /// Set for a connection that subscribes.
    var message: (@Sendable (RedisValue) -> Void)?
  }

  private static let probeInterval = Duration.seconds(1)
  private static let firstPause = Duration.milliseconds(50)

  private let configuration: RedisClient.Configuration
  private let loop: StoreLoop
  private let events: Events
  /// The connection of the present attempt, which may not be open yet.
  private var connection: RedisConnection?
  private var isUp = false
  private var isRunning = false
  /// Counts the attempts, so that late news of an earlier attempt is not taken for news of this
  /// one.
  private var attempt = 0
  private var pause = firstPause
  private var upSince = ContinuousClock.now
  /// The timer for the end of the pause, the limit of the attempt, or the next probe: there is only
  /// one at a time.
  private var timer: Timer?

  init(_ configuration: RedisClient.Configuration, loop: StoreLoop, _ events: Events) {
    self.configuration = configuration
    self.loop = loop
    self.events = events
  }

  func start() {
    guard !isRunning else { return }
    isRunning = true
    connect()
  }

  /// Closes the connection; nothing is told any more.
  func stop() {
    isRunning = false
    drop(RedisError(.unavailable))
  }

  private func drop(_ error: RedisError) {
    attempt += 1
    isUp = false
    timer?.cancel()
    timer = nil
    connection?.close(error)
    connection = nil
  }

  private func wait(_ time: Duration, _ next: @escaping @Sendable (RedisLink) -> Void) {
    timer?.cancel()
    timer = loop.schedule(after: time) { [weak self] in
      if let self { next(self) }
    }
  }
}

// MARK: - Attempts

extension RedisLink {
  private func connect() {
    attempt += 1
    wait(configuration.connectTimeout) {
      $0.failed(RedisError(.unavailable, reason: "no answer in time"))
    }
    switch configuration.address.place {
    case .unix(let path): connect(to: SocketAddress(path: path).map { [$0] } ?? [])
    case .tcp(let host, let port):
      let addresses = SocketAddress.resolve(host: host, port: port, numericOnly: true)
      if addresses.isEmpty { lookUp(host, port) } else { connect(to: addresses) }
    }
  }

  private func lookUp(_ host: String, _ port: UInt16) {
    let (loop, attempt) = (loop, attempt)
    let answer = { @Sendable [self] (addresses: [SocketAddress]) in
      loop.execute {
        if self.attempt == attempt { self.connect(to: addresses) }
      }
    }
    let started = NativeThread.detach(named: "redis resolver") {
      answer(SocketAddress.resolve(host: host, port: port, numericOnly: false))
    }
    if !started { answer([]) }
  }

  private func connect(to addresses: [SocketAddress]) {
    let attempt = attempt
    let connection = RedisConnection(
      to: addresses, loop: loop,
      opened: { [weak self] connection in self?.logIn(over: connection) },
      closed: { [weak self] _, error in
        guard let self, self.attempt == attempt else { return }
        failed(error)
      },
      onMessage: events.message)
    self.connection = connection
    connection.connect()
  }

  /// Sends everything that opens a session at once. The answer to the last command shows that the
  /// server takes commands.
  private func logIn(over connection: RedisConnection) {
    for command in configuration.address.login { send(command, over: connection) {} }
    // For whoever looks at the server; one who may not set it is no less welcome.
    connection.send(
      ["CLIENT", "SETNAME", "clinicd"], timeout: configuration.connectTimeout, .handler { _ in })
    send(["PING"], over: connection) { [weak self] in self?.succeeded(connection) }
  }

  /// Sends a command without which the session cannot be used.
  private func send(
    _ command: [RedisArgument], over connection: RedisConnection,
    then next: @escaping @Sendable () -> Void
  ) {
    let attempt = attempt
    connection.send(
      command, timeout: configuration.connectTimeout,
      .handler { [weak self] result in
        guard let self, self.attempt == attempt else { return }
        switch result {
        case .failure: break  // The connection says so itself.
        case .success(.error(let message)): failed(RedisError(reply: message))
        case .success: next()
        }
      })
  }

  private func succeeded(_ connection: RedisConnection) {
    isUp = true
    upSince = .now
    wait(Self.probeInterval) { $0.probe() }
    events.up(connection)
  }

  private func failed(_ error: RedisError) {
    let lasted = isUp ? .now - upSince : .zero
    drop(error)
    guard isRunning else { return }
    if lasted >= Self.probeInterval {
      // A server that was restarted is there again at once. One that always ends the session soon
      // is not asked again and again.
      pause = Self.firstPause
      wait(.zero) { $0.connect() }
    } else {
      wait(pause) { $0.connect() }
      pause = min(pause * 2, Self.probeInterval)
    }
    events.down(error)
  }

  private func probe() {
    guard isUp, let connection else { return }
    // When no answer comes in time, the connection gives up and `failed` is called.
    connection.send(["PING"], timeout: configuration.callTimeout, .handler { _ in })
    wait(Self.probeInterval) { $0.probe() }
  }
}

extension RedisAddress {
  /// The commands that open a session.
  fileprivate var login: [[RedisArgument]] {
    var commands: [[RedisArgument]] = []
    if let password {
      commands.append(["AUTH"] + (user.map { [.string($0)] } ?? []) + [.string(password)])
    }
    if database != 0 { commands.append(["SELECT", .int(database)]) }
    return commands
  }
}
