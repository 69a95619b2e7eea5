import StoreLoop
import Threads

/// Keeps the client's connections open and lends them out. Used on the loop only, except what says
/// otherwise.
final class Pool: @unchecked Sendable {
  enum Lane {
    case pipelined, long, transactions
  }

  struct Status: Sendable {
    var isUp = false
    var lastFailure: PostgresError?
  }

  private enum Phase {
    case new, open, closed
  }

  /// How long a caller waits for a lost connection to come back, and for one that is logging in.
  private static let patience = Duration.milliseconds(250)
  private static let loginPatience = Duration.seconds(1)
  /// A connection that lived no longer than this is not replaced at once.
  private static let infancy = Duration.seconds(1)
  /// How long closing waits for attempts to connect.
  private static let closingLimit = Duration.seconds(1)
  /// How often at most read-only sessions are given up while new ones are read-only too.
  private static let readOnlyLimit = Duration.seconds(10)

  let loop: StoreLoop
  let counters = Counters()
  /// Read from anywhere.
  let status = Locked(Status())

  private let connector: Connector
  private let connectTimeout: Duration
  private let wanted: [Lane: Int]

  private var phase = Phase.new
  private var onClosed: (() -> Void)?
  private let pipelined = SharedWires(greatestDepth: 16)
  /// Connections for queries that take long, so that no other query waits behind them. While none
  /// of these can be used, long queries use the pipelined connections. Few are sent ahead: when one
  /// session gets less of a processor than the other, those behind it would wait for long.
  private let long = SharedWires(greatestDepth: 4)
  private var idle: [Wire] = []
  private var open: [Lane: Int] = [:]
  private var connecting: [Lane: Int] = [:]
  /// Connections that are being made, for the pool and for others.
  private var attempts = 0
  private var waitingTransactions = Ring<Borrower>()
  /// How many attempts to connect have failed in a row.
  private var failures = 0
  /// The lanes that have had a connection.
  private var everOpen: Set<Lane> = []
  /// At first one pipelined connection and one for transactions are opened; the rest, and those for
  /// long queries, follow a little later: logins keep the processor busy, and a program that starts
  /// has something to ask.
  private var isWarmingUp = true
  private static let warmUp = Duration.milliseconds(150)
  private var pause: Timer?
  private var patienceTimer: Timer?
  /// Connections opened before this may be read-only.
  private var outdated: ContinuousClock.Instant?
  private var readOnlyPause = Pool.infancy
  /// Rises when a table turns out to have changed: statements are prepared again then.
  private var epoch = 0

  init(
    parameters: ConnectionParameters, connectTimeout: Duration, pipelined: Int, long: Int,
    transactions: Int, loop: StoreLoop
  ) {
    connector = Connector(parameters, timeout: connectTimeout)
    self.connectTimeout = connectTimeout
    wanted = [.pipelined: pipelined, .long: long, .transactions: transactions]
    self.loop = loop
  }

  // MARK: Opening and closing

  func start(onClosed: @escaping () -> Void) {
    guard phase == .new else {
      onClosed()
      return
    }
    phase = .open
    self.onClosed = onClosed
    replenish()
  }

  func close() {
    guard phase != .closed else { return }
    phase = .closed
    pause?.cancel()
    patienceTimer?.cancel()
    connector.stop()
    for wire in pipelined.wires + long.wires + idle { wire.close() }
    failWaiting(.unavailable)
    setUp(false)
    // A thread that logs in while the process ends would find libraries that are gone.
    if attempts == 0 {
      endClosing()
    } else {
      _ = loop.schedule(after: Self.closingLimit) { [weak self] in self?.endClosing() }
    }
  }

  private func endClosing() {
    onClosed?()
    onClosed = nil
  }

  /// Makes a connection outside the pool; the completion runs on the loop.
  func connect(_ completion: @escaping @Sendable (Result<Wire, PostgresError>) -> Void) {
    guard phase != .closed, !isKnownDown else {
      completion(.failure(.unavailable))
      return
    }
    let loop = loop
    attempt { completion($0.map { Wire($0, loop: loop) }) }
  }

  private func attempt(
    _ completion: @escaping @Sendable (Result<ConnectionHandle, PostgresError>) -> Void
  ) {
    attempts += 1
    connector.connect { result in
      self.loop.execute {
        self.attempts -= 1
        completion(result)
        if self.phase == .closed && self.attempts == 0 { self.endClosing() }
      }
    }
  }

  /// No connection is open, and the last attempt has failed.
  private var isKnownDown: Bool { failures > 0 && openCount == 0 }

  private var openCount: Int { open.values.reduce(0, +) }

  private func missing(_ lane: Lane) -> Int {
    let wanted = wanted[lane] ?? 0
    let first = lane == .long ? 0 : min(1, wanted)
    let leaving = shared(lane)?.wires.count(where: isOutdated) ?? 0
    return (isWarmingUp ? first : wanted) + leaving - (open[lane] ?? 0) - (connecting[lane] ?? 0)
  }

  /// Makes the connections that are missing: all at once, or one while the server does not answer.
  private func replenish() {
    guard phase == .open, pause == nil else { return }
    for lane in [Lane.pipelined, .transactions, .long] {
      while missing(lane) > 0 {
        if isKnownDown && connecting.values.contains(where: { $0 > 0 }) { return }
        connecting[lane, default: 0] += 1
        connect(lane)
      }
    }
  }

  private func connect(_ lane: Lane) {
    attempt { self.connected(lane, $0) }
  }

  private func connected(_ lane: Lane, _ result: Result<ConnectionHandle, PostgresError>) {
    connecting[lane, default: 0] -= 1
    guard phase == .open else { return }
    switch result {
    case .success(let handle):
      failures = 0
      if everOpen.isEmpty { endWarmUp() }
      everOpen.insert(lane)
      add(Wire(handle, loop: loop), to: lane)
      setUp(true)
      replenish()
    case .failure(let error):
      counters.connectionsFailed.add(1)
      status.withLock { $0.lastFailure = error }
      guard pause == nil else { return }
      failures += 1
      rest(.milliseconds(min(2_000, 50 << min(failures - 1, 6))))
      if isKnownDown { failWaiting(PostgresError(.unavailable, error.details)) }
    }
  }

  private func endWarmUp() {
    _ = loop.schedule(after: Self.warmUp) { [weak self] in
      self?.isWarmingUp = false
      self?.replenish()
    }
  }

  private func rest(_ duration: Duration) {
    guard pause == nil else { return }
    pause = loop.schedule(after: duration) { [weak self] in
      self?.pause = nil
      self?.replenish()
    }
  }

  private func add(_ wire: Wire, to lane: Lane) {
    open[lane, default: 0] += 1
    counters.connections.add(1)
    wire.epoch = epoch
    wire.onStale = { [weak self] in self?.epoch += 1 }
    wire.onReadOnly = { [weak self] in self?.leaveReadOnly() }
    wire.onClosed = { [weak self] wire in self?.closed(wire, lane) }
    guard let shared = shared(lane) else { return giveBack(wire) }
    wire.isShared = true
    wire.onRoundDone = { [weak self, weak wire] in
      if let self, let wire, isOutdated(wire), wire.depth == 0 { wire.close() }
      self?.dispatchRounds()
    }
    shared.wires.append(wire)
    dispatchRounds()
  }

  private func shared(_ lane: Lane) -> SharedWires? {
    switch lane {
    case .pipelined: pipelined
    case .long: long
    case .transactions: nil
    }
  }

  private func closed(_ wire: Wire, _ lane: Lane) {
    open[lane, default: 0] -= 1
    counters.connections.add(-1)
    counters.connectionsLost.add(1)
    shared(lane)?.wires.removeAll { $0 === wire }
    idle.removeAll { $0 === wire }
    if openCount == 0 { setUp(false) }
    if !pipelined.waiting.isEmpty || !long.waiting.isEmpty || !waitingTransactions.isEmpty {
      startPatience()
    }
    if ContinuousClock.now - wire.openedAt < Self.infancy { rest(.milliseconds(50)) }
    replenish()
    // What waited for this connection may go to those of another kind.
    if phase == .open { dispatchRounds() }
  }

  /// Gives up all sessions that may only read: new ones may be allowed to write by now. If these
  /// may not either, they are kept longer each time.
  private func leaveReadOnly() {
    let now = ContinuousClock.now
    if let outdated {
      guard now - outdated >= readOnlyPause else { return }
      let isStill = now - outdated < readOnlyPause * 3
      readOnlyPause = isStill ? min(readOnlyPause * 2, Self.readOnlyLimit) : Self.infancy
    }
    outdated = now
    for wire in idle where isOutdated(wire) { wire.close() }
    for wire in pipelined.wires + long.wires where isOutdated(wire) && wire.depth == 0 {
      wire.close()
    }
    replenish()
  }

  private func isOutdated(_ wire: Wire) -> Bool {
    guard let outdated else { return false }
    return wire.openedAt < outdated
  }

  private func setUp(_ isUp: Bool) {
    status.withLock { $0.isUp = isUp }
  }

  // MARK: Waiting

  /// Limits the wait of callers for whom no connection is open.
  private func startPatience() {
    guard patienceTimer == nil, phase != .closed else { return }
    let isStarting = [Lane.pipelined, .transactions].contains { lane in
      wanted[lane, default: 0] > 0 && !everOpen.contains(lane)
    }
    endPatience(after: isStarting ? connectTimeout : Self.patience) { [weak self] in
      guard let self, failures == 0, !isStarting, connecting.values.contains(where: { $0 > 0 })
      else {
        self?.failWaiting(.unavailable)
        return
      }
      endPatience(after: Self.loginPatience - Self.patience) { self.failWaiting(.unavailable) }
    }
  }

  private func endPatience(after limit: Duration, _ end: @escaping @Sendable () -> Void) {
    patienceTimer = loop.schedule(after: limit) { [weak self] in
      self?.patienceTimer = nil
      self?.dispatchRounds()
      end()
    }
  }

  /// Ends the wait of callers for whom no connection is open, nor will be.
  private func failWaiting(_ error: PostgresError) {
    let isClosed = phase == .closed
    if isClosed || pipelined.wires.isEmpty {
      pipelined.failWaiting(error)
      if isClosed || long.wires.isEmpty { long.failWaiting(error) }
    }
    if isClosed || open[.transactions, default: 0] == 0 {
      for borrower in waitingTransactions.removeAll() { borrower.end(.failure(error)) }
    }
  }

  private var cannotWait: Bool { phase == .closed || isKnownDown }

  // MARK: Queries

  func submit(_ round: Round) {
    guard !round.isDone else { return }
    if let wire = leastLoaded(for: round) {
      wire.send(round)
    } else if cannotWait {
      round.end(.failure(.unavailable))
    } else {
      (round.isLong ? long : pipelined).waiting.append(round)
      if pipelined.wires.isEmpty { startPatience() }
    }
  }

  func cancel(_ round: Round) {
    if let wire = round.wire {
      wire.cancel(round)
    } else if pipelined.leave(round) || long.leave(round) {
      round.end(.failure(.cancelled))
    }
  }

  private func dispatchRounds() {
    for lane in [pipelined, long] {
      while let round = lane.waiting.first, let wire = leastLoaded(for: round) {
        _ = lane.waiting.popFirst()
        wire.send(round)
      }
    }
  }

  private func leastLoaded(for round: Round) -> Wire? {
    var wire: Wire?
    if round.isLong, long.wires.contains(where: { !isOutdated($0) }) {
      wire = long.leastLoaded(openedSince: outdated)
    } else {
      wire = pipelined.leastLoaded(openedSince: outdated)
    }
    if let wire { refresh(wire) }
    return wire
  }

  private func refresh(_ wire: Wire) {
    guard wire.epoch != epoch else { return }
    wire.epoch = epoch
    wire.forgetStatements()
  }

  // MARK: Transactions

  /// A free connection for a transaction, when nobody waits for it.
  func takeIdle() -> Wire? {
    guard waitingTransactions.isEmpty, let wire = idle.popLast() else { return nil }
    lend(wire)
    return wire
  }

  func submit(_ borrower: Borrower) {
    if let wire = takeIdle() {
      borrower.end(.success(wire))
    } else if cannotWait {
      borrower.end(.failure(.unavailable))
    } else {
      waitingTransactions.append(borrower)
      counters.transactionsWaiting.add(1)
      borrower.onEnd = { [counters] in counters.transactionsWaiting.add(-1) }
      if open[.transactions, default: 0] == 0 { startPatience() }
    }
  }

  func cancel(_ borrower: Borrower) {
    waitingTransactions.removeAll { $0 === borrower }
    borrower.end(.failure(.cancelled))
  }

  private func lend(_ wire: Wire) {
    counters.transactionsInUse.add(1)
    refresh(wire)
  }

  /// Takes a connection back from a transaction.
  func release(_ wire: Wire) {
    counters.transactionsInUse.add(-1)
    guard wire.isOpen else { return }
    wire.whenQuiet { [self] in
      if wire.isAtRest && !isOutdated(wire) {
        giveBack(wire)
      } else {
        wire.close()
      }
    }
  }

  private func giveBack(_ wire: Wire) {
    guard wire.isOpen, phase == .open else {
      wire.close()
      return
    }
    if let borrower = waitingTransactions.popFirst() {
      lend(wire)
      borrower.end(.success(wire))
    } else {
      idle.append(wire)
    }
  }
}
