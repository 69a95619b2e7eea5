import StoreLoop

/// A pipeline: statements that travel together and end with one Sync. An error keeps those behind
/// it from being executed, and the next round is untouched by it. Used on the loop only.
final class Round: @unchecked Sendable {
  /// What the server will answer to a statement.
  struct Step {
    let prepared: PreparedStatement?
    var awaitsPreparation: Bool
  }

  /// How the round is sent again when the server says that nothing from `index` on was done.
  struct Restart {
    var index: Int
    /// What brings the session back to where it was before that statement.
    var cleanup: [SQL]
  }

  var statements: [SQL]
  /// The last statement is COMMIT.
  var commits = false
  var restart: Restart?
  /// How long the answer may take before the connection is given up.
  var limit: Duration?
  /// The pool that takes the round again when the connection was lost and a repetition does no
  /// harm.
  var pool: Pool?
  /// Whether its statements are not worth preparing.
  var isOneShot = false
  /// Called once, before the caller goes on.
  var onEnd: ((Round) -> Void)?
  /// Whether it only reads, so that sending it twice does no harm.
  var onlyReads = false
  /// Whether it goes to the connections for long queries.
  var isLong = false

  private(set) var rows: [Rows] = []
  private(set) var failure: PostgresError?
  private(set) var isDone = false
  var isCancelled = false
  /// Whether the server was asked to stop it.
  var isStopping = false
  /// Its number among the rounds of its connection; 0 before it is sent.
  var sequence = 0
  var wasSent: Bool { sequence > 0 }
  var limitTimer: Timer?
  /// The connection that the round was sent over.
  var wire: Wire?

  private var steps: [Step] = []
  private var start = 0
  private var position = 0
  private var failedIndex: Int?
  private(set) var isStale = false
  private var restarts = 0

  let promise = LoopPromise<[Rows]>()

  init(_ statements: [SQL]) {
    self.statements = statements
  }

  /// How many statements were done, counted from the first.
  var succeeded: Int { failedIndex ?? statements.count }

  // MARK: Sending

  /// The statements to be sent now.
  var unsent: ArraySlice<SQL> { statements[start...] }

  func add(_ step: Step) {
    steps.append(step)
  }

  // MARK: Receiving

  /// Takes the next result.
  ///
  /// - Returns: A prepared statement that the server no longer has, or no longer knows how to run.
  func accept(_ result: ResultHandle, status: Status) -> PreparedStatement? {
    guard position - start < steps.count else {
      // At the Sync: a deferred constraint of an implicit transaction.
      if status == .failed { fail(result, at: statements.count - 1) }
      return nil
    }
    let step = steps[position - start]
    if step.awaitsPreparation {
      if status == .succeeded {
        step.prepared?.isConfirmed = true
        steps[position - start].awaitsPreparation = false
        return nil
      }
      // The execution behind it fails as well, silently.
      if status == .failed { fail(result, at: position) }
      steps[position - start].awaitsPreparation = false
      return step.prepared
    }
    defer { position += 1 }
    switch status {
    case .succeeded: rows.append(Rows(result))
    case .failed:
      fail(result, at: position)
      return isStale ? step.prepared : nil
    case .skipped: break
    }
    return nil
  }

  enum Status {
    case succeeded, failed, skipped
  }

  private func fail(_ result: ResultHandle, at index: Int) {
    guard failure == nil else { return }
    failure = result.error
    failedIndex = index
    isStale = result.saysStale
  }

  // MARK: Ending

  /// Makes the round ready to be sent again, if it failed for a reason that will not come again.
  ///
  /// - Parameter isExposed: A cancellation meant for another round may have hit this one.
  /// - Returns: What to send before the round.
  func rewound(isExposed: Bool) -> [SQL]? {
    guard let restart, let failedIndex, failedIndex >= restart.index, !isCancelled, !isDone else {
      return nil
    }
    guard (isStale && restarts == 0) || (isExposed && failure?.kind == .timedOut) else {
      return nil
    }
    // Each cancellation that hits the wrong round was somebody's: they come to an end by
    // themselves.
    if isStale { restarts += 1 }
    rewind(to: restart.index)
    return restart.cleanup
  }

  private func rewind(to index: Int) {
    start = index
    position = index
    rows.removeSubrange(min(index, rows.count)...)
    steps = []
    failure = nil
    failedIndex = nil
    isStale = false
  }

  /// The server has answered everything.
  func finish() {
    guard var failure else {
      end(.success(rows))
      return
    }
    if isCancelled && failure.kind == .timedOut {
      failure = PostgresError(.cancelled, failure.details)
    }
    end(.failure(failure))
  }

  /// The connection is gone.
  func connectionClosed(wasSent: Bool, reason: PostgresError) {
    limitTimer?.cancel()
    guard !isDone else { return }
    if isCancelled {
      end(.failure(.cancelled))
    } else if commits && wasSent {
      end(.failure(.outcomeUnknown))
    } else if let pool, onlyReads || !wasSent, restarts == 0 {
      restarts += wasSent ? 1 : 0
      rewind(to: 0)
      wire = nil
      pool.submit(self)
    } else {
      end(.failure(reason))
    }
  }

  func end(_ outcome: Result<[Rows], PostgresError>) {
    guard !isDone else { return }
    isDone = true
    pool = nil
    wire = nil
    onEnd?(self)
    onEnd = nil
    promise.fulfil(outcome)
  }
}
