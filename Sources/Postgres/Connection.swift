import StoreLoop

/// A connection that one caller has to itself, with its session: advisory locks, LISTEN, COPY.
public final class Connection: @unchecked Sendable {
  /// What the session LISTENs to, until the connection ends.
  public let notifications: AsyncStream<(channel: String, payload: String)>

  private let wire: Wire
  private let loop: StoreLoop

  /// Called on the loop.
  init(_ wire: Wire) {
    self.wire = wire
    loop = wire.loop
    let (stream, continuation) = AsyncStream<(channel: String, payload: String)>.makeStream()
    notifications = stream
    wire.onNotification = { channel, payload in
      continuation.yield((channel: channel, payload: payload))
    }
    wire.onClosed = { _ in continuation.finish() }
    if !wire.isOpen { continuation.finish() }
  }

  /// Called on the loop.
  func close() {
    wire.close()
  }

  /// Runs one statement.
  public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
    let round = Round([sql])
    let wire = wire
    let rows = try await loop.await(round.promise) {
      if wire.isAtRest { round.restart = Round.Restart(index: 0, cleanup: []) }
      wire.send(round)
    } onCancel: {
      wire.cancel(round)
    }
    guard let rows = rows.last else { throw .decoding }
    return rows
  }

  /// Runs a transaction, as ``PostgresClient/withTransaction(_:_:)`` does.
  public func withTransaction<Result: Sendable>(
    _ mode: TransactionMode = .readCommitted, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    let (result, effects) = try await Transaction.run(on: wire, mode, body)
    for effect in effects { await effect() }
    return result
  }

  /// Runs a text of many statements; unless the text says BEGIN itself, all or none of them take
  /// effect. A failed transaction that it leaves open is rolled back.
  public func execute(script: String) async throws(PostgresError) {
    let operation = Script(script)
    let wire = wire
    do throws(PostgresError) {
      try await loop.await(operation.promise) {
        wire.begin(operation)
      } onCancel: {
        wire.cancel(operation)
      }
    } catch {
      await rollBackFailed()
      throw Self.blamed(error)
    }
  }

  /// Runs `COPY … FROM STDIN`, in any of its formats. The chunks may be cut anywhere.
  ///
  /// - Returns: The number of rows copied.
  public func copyIn<Chunks: AsyncSequence>(
    _ sql: SQL, rows: Chunks
  ) async throws -> Int where Chunks.Element == [UInt8] {
    var iterator = rows.makeAsyncIterator()
    return try await copyIn(sql) { try await iterator.next() }
  }

  /// Runs `COPY … FROM STDIN` with the chunks that `next` gives until it gives nil. When it throws,
  /// nothing is copied.
  ///
  /// - Returns: The number of rows copied.
  public func copyIn(_ sql: SQL, next: () async throws -> [UInt8]?) async throws -> Int {
    let copy = CopyIn(sql.text)
    let wire = wire
    try await step(of: copy) { copy.start(wire, $0) }
    do {
      while let chunk = try await next() {
        try await step(of: copy) { copy.feed(chunk, wire, $0) }
      }
      return try await step(of: copy) { copy.end(wire, reason: nil, $0) }
    } catch {
      // What the server says to that is what it was asked for.
      let last = LoopPromise<Int>()
      _ = try? await loop.await(last) { copy.end(wire, reason: "interrupted", last) }
      await rollBackFailed()
      throw error
    }
  }

  @discardableResult
  private func step(
    of copy: CopyIn, _ work: @escaping @Sendable (LoopPromise<Int>) -> Void
  ) async throws(PostgresError) -> Int {
    let promise = LoopPromise<Int>()
    let wire = wire
    do throws(PostgresError) {
      return try await loop.await(promise) {
        work(promise)
      } onCancel: {
        wire.cancel(copy)
      }
    } catch {
      throw Self.blamed(error)
    }
  }

  /// In a cancelled task, a statement that was stopped counts as cancelled.
  private static func blamed(_ error: PostgresError) -> PostgresError {
    error.kind == .timedOut && Task.isCancelled ? PostgresError(.cancelled, error.details) : error
  }

  private func rollBackFailed() async {
    let round = Round(["ROLLBACK"])
    round.limit = Wire.answerLimit
    let wire = wire
    _ = try? await loop.await(round.promise) {
      if wire.hasFailedTransaction { wire.send(round) } else { round.end(.success([])) }
    }
  }
}
