import CLibpq
import StoreLoop

/// One connection, in libpq's pipeline mode: rounds go out as they come, their answers return in
/// order. Used on the loop only.
@safe final class Wire: @unchecked Sendable {
  /// How long the server may take to answer a cancellation or a ROLLBACK.
  static let answerLimit = Duration.seconds(1)

  let loop: StoreLoop
  /// Whether the rounds of many callers follow each other here, none of them in a transaction that
  /// outlives the round.
  var isShared = false
  /// Called once, before the rounds in flight end.
  var onClosed: ((Wire) -> Void)?
  /// Called when a round has ended.
  var onRoundDone: (() -> Void)?
  /// Called when a statement turned out to be stale because a table was changed.
  var onStale: (() -> Void)?
  /// Called when the session may only read, as it was told when it began.
  var onReadOnly: (() -> Void)?
  var onNotification: ((_ channel: String, _ payload: String) -> Void)?
  /// The pool's epoch at which this connection's prepared statements were valid.
  var epoch = 0
  let openedAt = ContinuousClock.now

  private(set) var handle: ConnectionHandle?
  private var registration: Registration?
  var rounds = Ring<Round>()
  var sent = 0
  /// Since when the server owes an answer, or when it last gave one.
  var waitingSince = ContinuousClock.now
  var statements = StatementCache()
  /// The names of prepared statements that the server may forget.
  var obsolete: [String] = []
  /// The operation that has the connection to itself, outside pipeline mode.
  var exclusive: (any ExclusiveOperation)?

  // Cancellation.
  var cancelsSent = 0
  var cancelsReturned = 0
  /// The last round that a cancellation meant for another round may have hit.
  var lastCancelled = 0
  var held = Ring<Round>()
  var onQuiet: [() -> Void] = []

  // Reused for each statement's parameters.
  var pointers: [UnsafePointer<CChar>?] = unsafe []
  var lengths: [Int32] = []
  var formats: [Int32] = []

  init(_ handle: ConnectionHandle, loop: StoreLoop) {
    self.handle = handle
    self.loop = loop
    registration = loop.register(
      descriptor: unsafe PQsocket(handle.pointer), interest: .read
    ) { [weak self] readiness in
      self?.ready(readiness)
    }
  }

  var isOpen: Bool { handle != nil }
  /// How many rounds are under way or held.
  var depth: Int { rounds.count + held.count }
  var isCancelling: Bool { cancelsReturned < cancelsSent }

  /// Outside a transaction, with nothing on the way.
  var isAtRest: Bool {
    guard let handle, rounds.isEmpty, held.isEmpty, exclusive == nil else { return false }
    return unsafe PQtransactionStatus(handle.pointer) == PQTRANS_IDLE
  }

  /// In a transaction in which a statement has failed.
  var hasFailedTransaction: Bool {
    guard let handle, exclusive == nil else { return false }
    return unsafe PQtransactionStatus(handle.pointer) == PQTRANS_INERROR
  }

  /// Ends the connection and everything on it.
  func close(_ reason: PostgresError = .connectionLost) {
    guard handle != nil else { return }
    registration?.cancel()
    registration = nil
    handle = nil
    let lost = rounds.removeAll()
    let unsent = held.removeAll()
    let operation = exclusive
    exclusive = nil
    onClosed?(self)
    onClosed = nil
    for round in lost { round.connectionClosed(wasSent: true, reason: reason) }
    for round in unsent { round.connectionClosed(wasSent: false, reason: reason) }
    operation?.connectionClosed(reason)
    let waiting = onQuiet
    onQuiet = []
    for work in waiting { work() }
    onRoundDone = nil
    onNotification = nil
  }

  func noteFailure(of round: Round) {
    if round.failure?.sqlState == "25006" { onReadOnly?() }
  }

  /// Hands the socket what it takes, and waits until it takes the rest.
  ///
  /// - Returns: whether everything is sent.
  @discardableResult
  func flush() -> Bool {
    guard let handle else { return false }
    let pending = unsafe PQflush(handle.pointer)
    if pending < 0 {
      close()
    } else {
      registration?.update(interest: pending == 0 ? .read : [.read, .write])
    }
    return pending == 0
  }

  private func ready(_ readiness: Readiness) {
    if readiness.contains(.readable) || readiness.contains(.failed) {
      receive()
    }
    if readiness.contains(.writable) {
      flush()
      exclusive?.advance(self)
    }
    // libpq has closed the socket, so that nothing more is heard from it.
    if let handle, unsafe PQsocket(handle.pointer) < 0 { close() }
  }
}
