public import StoreLoop

/// A transaction, for as long as the closure that it was given to runs. Its statements may be
/// awaited from any task, one at a time.
public final class Transaction: @unchecked Sendable {
  /// A savepoint whose closure runs.
  private final class Savepoint {
    let depth: Int
    /// The index of SAVEPOINT in `pending`; nil once it was sent.
    var pendingIndex: Int?
    var isEstablished = false
    /// How many effects were registered when the savepoint was opened.
    let effects: Int

    init(depth: Int, pendingIndex: Int, effects: Int) {
      self.depth = depth
      self.pendingIndex = pendingIndex
      self.effects = effects
    }
  }

  private let wire: Wire
  /// The loop on which answers resume their callers.
  public let loop: StoreLoop
  private let mode: TransactionMode
  /// When the transaction's connection was opened.
  public var connectedAt: ContinuousClock.Instant { wire.openedAt }

  // Touched on the loop only.
  private var hasBegun = false
  private var isFinished = false
  /// Statements that go out with the next trip.
  private var pending: [SQL] = []
  private var savepoints: [Savepoint] = []
  private var lastFailure: PostgresError?
  /// What runs after the commit.
  private var effects: [@Sendable () async -> Void] = []

  init(on wire: Wire, _ mode: TransactionMode) {
    self.wire = wire
    self.mode = mode
    loop = wire.loop
  }

  // MARK: Statements

  /// Runs a statement, after those that were enqueued.
  public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
    guard let rows = try await trip([sql]).last else { throw .decoding }
    return rows
  }

  /// Runs statements that do not depend on each other's results in one trip.
  ///
  /// - Throws: The error of the first that fails; those after it have not run.
  public func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
    guard !statements.isEmpty else { return [] }
    return try await trip(statements).suffix(statements.count)
  }

  /// Queues a statement for the next trip. If it fails, that trip fails with its error; its result
  /// is discarded.
  public func enqueue(_ sql: SQL) {
    loop.run { self.pending.append(sql) }
  }

  /// Runs `effect` after the commit, once the connection is returned and before `withTransaction`
  /// returns. Dropped if its savepoint is rolled back.
  public func afterCommit(_ effect: @escaping @Sendable () async -> Void) async {
    await loop.hop { self.effects.append(effect) }
  }

  /// Sends the last statements and COMMIT in one trip. Nothing can follow.
  public func commit(with statements: [SQL] = []) async throws(PostgresError) -> [Rows] {
    guard !Task.isCancelled else { throw .cancelled }
    let rows = try await end(with: statements)
    return rows.suffix(statements.count)
  }

  /// One trip: BEGIN if it is the first, what is pending, these statements.
  private func trip(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
    let round = Round([])
    return try await loop.await(round.promise) {
      guard !self.isFinished else {
        round.end(.failure(.finished))
        return
      }
      self.send(round, statements)
    } onCancel: {
      self.wire.cancel(round)
    }
  }

  /// COMMIT, preceded by everything that is still to be sent.
  private func end(with statements: [SQL]) async throws(PostgresError) -> [Rows] {
    let round = Round([])
    let start: @Sendable () -> Void = {
      guard !self.isFinished else {
        round.end(.failure(.finished))
        return
      }
      self.isFinished = true
      guard self.hasBegun || !self.pending.isEmpty || !statements.isEmpty else {
        round.end(.success([]))
        return
      }
      round.commits = !self.mode.onlyReads
      round.limit = Self.commitLimit
      self.send(round, statements + ["COMMIT"])
    }
    var rows =
      mode.onlyReads
      ? try await loop.await(round.promise, start: start) { self.wire.cancel(round) }
      : try await loop.await(round.promise, start: start)
    guard let answer = rows.popLast() else { return [] }
    // COMMIT of a transaction that has failed is answered so, and is no error.
    if answer.handle.commandTag == "ROLLBACK" {
      throw lastFailure ?? PostgresError(.server, PostgresError.Details(sqlState: "25P02"))
    }
    return rows
  }

  /// How long COMMIT may take.
  private static let commitLimit = Duration.seconds(10)

  private func send(
    _ round: Round, _ statements: [SQL], onSuccess: @escaping () -> Void = {}
  ) {
    let begins = !hasBegun
    round.statements = (begins ? [mode.begin] : []) + pending + statements
    if begins {
      round.restart = Round.Restart(index: 0, cleanup: ["ROLLBACK"])
    } else if let innermost = savepoints.last, let index = innermost.pendingIndex {
      round.restart = Round.Restart(
        index: index + 1, cleanup: [SQL(text: "ROLLBACK TO s\(innermost.depth)")])
    }
    let sent = savepoints.compactMap { savepoint in
      savepoint.pendingIndex.map { (savepoint, index: $0) }
    }
    let taken = pending
    for (savepoint, _) in sent { savepoint.pendingIndex = nil }
    hasBegun = true
    pending = []
    round.onEnd = { [self] round in
      guard round.wasSent else {
        // Cancelled while it was held: everything is as it was before.
        hasBegun = !begins
        pending = taken + pending
        for (savepoint, index) in sent { savepoint.pendingIndex = index }
        return
      }
      for (savepoint, index) in sent where (begins ? index + 1 : index) < round.succeeded {
        savepoint.isEstablished = true
      }
      if let failure = round.failure { lastFailure = failure } else { onSuccess() }
    }
    wire.send(round)
  }
}

// MARK: - Savepoints

extension Transaction {
  /// Runs a part of the transaction that can fail by itself: when `body` throws, what it did is
  /// undone and the transaction goes on. SAVEPOINT, RELEASE and ROLLBACK TO travel with the
  /// statements around them.
  public func savepoint<Result: Sendable>(
    _ body: () async throws -> Result
  ) async throws -> Result {
    await loop.hop { self.openSavepoint() }
    do {
      let result = try await body()
      try await closeSavepoint()
      return result
    } catch {
      await loop.hop { self.rollBackSavepoint() }
      throw error
    }
  }

  private func openSavepoint() {
    let savepoint = Savepoint(
      depth: savepoints.count + 1, pendingIndex: pending.count, effects: effects.count)
    savepoints.append(savepoint)
    pending.append(SQL(text: "SAVEPOINT s\(savepoint.depth)"))
  }

  /// What was enqueued in the closure and not sent yet fails here, inside the savepoint.
  private func closeSavepoint() async throws(PostgresError) {
    let round = Round([])
    _ = try await loop.await(round.promise) {
      if let savepoint = self.savepoints.last, let release = self.release(savepoint) {
        self.send(round, [release]) { self.savepoints.removeLast() }
      } else {
        if !self.savepoints.isEmpty { self.savepoints.removeLast() }
        round.end(.success([]))
      }
    } onCancel: {
      self.wire.cancel(round)
    }
  }

  /// RELEASE, when it has to be sent at once; else it waits for the next trip.
  private func release(_ savepoint: Savepoint) -> SQL? {
    guard !isFinished else { return nil }
    if savepoint.pendingIndex == pending.count - 1 {
      // Nothing happened in it.
      pending.removeLast()
      return nil
    }
    let release = SQL(text: "RELEASE s\(savepoint.depth)")
    guard pending.isEmpty else { return release }
    pending.append(release)
    return nil
  }

  private func rollBackSavepoint() {
    guard let savepoint = savepoints.popLast(), !isFinished else { return }
    effects.removeSubrange(savepoint.effects...)
    if let index = savepoint.pendingIndex {
      // It was never sent.
      pending.removeSubrange(index...)
    } else if savepoint.isEstablished {
      pending = [
        SQL(text: "ROLLBACK TO s\(savepoint.depth)"), SQL(text: "RELEASE s\(savepoint.depth)"),
      ]
    }
    // Else a statement before it has failed, and with it the whole transaction.
  }
}

// MARK: - Beginning and end

extension Transaction {
  typealias Effects = [@Sendable () async -> Void]

  /// Runs a transaction on a connection that is at rest, and leaves it at rest or closed.
  ///
  /// - Returns: what `body` gives, and the effects to run after the commit.
  static func run<Result: Sendable>(
    on wire: Wire, _ mode: TransactionMode, _ body: (Transaction) async throws -> Result
  ) async throws -> (Result, Effects) {
    let transaction = Transaction(on: wire, mode)
    do {
      let result = try await body(transaction)
      return (result, try await transaction.finish())
    } catch {
      await transaction.rollBack()
      throw error
    }
  }

  private func finish() async throws(PostgresError) -> Effects {
    let (isOver, effects) = await loop.hop { (self.isFinished, self.effects) }
    guard !isOver else { return effects }
    guard !Task.isCancelled else { throw .cancelled }
    _ = try await end(with: [])
    return effects
  }

  private func rollBack() async {
    let round = Round(["ROLLBACK"])
    round.limit = Wire.answerLimit
    do throws(PostgresError) {
      _ = try await loop.await(round.promise) {
        self.isFinished = true
        if self.hasBegun && self.wire.isOpen && !self.wire.isAtRest {
          self.wire.send(round)
        } else {
          round.end(.success([]))
        }
      }
    } catch {
      await loop.hop { self.wire.close() }
    }
  }
}
