public import StoreLoop
import Threads

/// A database: queries of many callers pipelined over a few connections, and transactions over
/// connections of their own.
public final class PostgresClient: Sendable {
  public struct Configuration: Sendable {
    /// `postgres://…`, also with a driver's name (`postgresql+asyncpg://…`), or libpq's
    /// `keyword=value` form.
    public var url: String
    /// Connections that the queries outside transactions share.
    public var pipelinedConnections = 2
    /// Connections reserved for long queries. With 0, those share ``pipelinedConnections``.
    public var longConnections = 0
    /// Connections for transactions, and so how many transactions can run at once.
    public var transactionConnections = 8
    public var applicationName = ""
    /// For each attempt to connect, login included.
    public var connectTimeout = Duration.seconds(5)
    /// What each session starts with: `("TimeZone", "UTC")`.
    public var sessionSettings: [(String, String)] = []

    public init(url: String) {
      self.url = url
    }
  }

  /// The loop on which answers resume their callers.
  public let loop: StoreLoop
  /// nil when the URL cannot be read.
  let pool: Pool?
  private let configurationError: PostgresError?

  /// Makes a client that does nothing until ``run()``.
  public init(configuration: Configuration, loop: StoreLoop) {
    self.loop = loop
    do throws(PostgresError) {
      let parameters = try ConnectionParameters(
        url: configuration.url, applicationName: configuration.applicationName,
        sessionSettings: configuration.sessionSettings)
      pool = Pool(
        parameters: parameters, connectTimeout: configuration.connectTimeout,
        pipelined: max(1, configuration.pipelinedConnections),
        long: configuration.longConnections,
        transactions: max(1, configuration.transactionConnections), loop: loop)
      configurationError = nil
    } catch {
      pool = nil
      configurationError = error
    }
  }

  /// Opens the connections and keeps them open, through every outage, until the task is cancelled.
  ///
  /// - Throws: ``PostgresError/Kind/unavailable`` at once when the URL cannot be read.
  public func run() async throws {
    guard let pool else { throw configurationError ?? .unavailable }
    let loop = loop
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.execute { pool.start { continuation.resume() } }
      }
    } onCancel: {
      loop.execute { pool.close() }
    }
  }

  /// Whether any connection is open.
  public var isUp: Bool { pool?.status.withLock(\.isUp) ?? false }

  /// Why the last connection that failed could not be made; its `message` is for the log.
  public var lastFailure: PostgresError? {
    pool.map { $0.status.withLock(\.lastFailure) } ?? configurationError
  }

  public var statistics: PostgresStatistics { pool?.counters.statistics ?? PostgresStatistics() }

  // MARK: Queries

  /// Runs one statement, committed by itself, on one of the shared connections.
  ///
  /// - Parameters:
  ///   - retry: The statement only reads: it is sent once more when the connection is lost.
  ///   - keepingPlan: The same plan serves whatever the parameters are. It is made once per
  ///     connection, because planning each call anew may take longer than running it.
  ///   - isLong: It may read a lot, so it uses the connections for long queries; only other long
  ///     queries wait behind it.
  /// - Throws: ``PostgresError/Kind/connectionLost`` when the connection breaks before the answer
  ///   is there; whether a statement that writes has had its effect is not known then.
  public func query(
    _ sql: SQL, retry: Bool = false, keepingPlan: Bool = false, isLong: Bool = false
  ) async throws(PostgresError) -> Rows {
    guard let pool else { throw .unavailable }
    let round = Round(keepingPlan ? [Self.keepPlan, sql] : [sql])
    round.restart = Round.Restart(index: 0, cleanup: [])
    round.onlyReads = retry
    round.isLong = isLong
    round.pool = pool
    pool.counters.queries.add(1)
    pool.counters.queriesInFlight.add(1)
    defer { pool.counters.queriesInFlight.add(-1) }
    let rows = try await loop.await(round.promise) {
      pool.submit(round)
    } onCancel: {
      pool.cancel(round)
    }
    guard let rows = rows.last else { throw .decoding }
    return rows
  }

  /// In effect until the round's Sync.
  private static let keepPlan: SQL =
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"

  // MARK: Transactions

  /// Runs a transaction: committed when `body` returns, rolled back when it throws or the task is
  /// cancelled before COMMIT is sent.
  ///
  /// - Throws: What `body` throws, or a ``PostgresError``. After
  ///   ``PostgresError/Kind/outcomeUnknown`` the transaction is in effect entirely or not at all.
  public func withTransaction<Result: Sendable>(
    _ mode: TransactionMode = .readCommitted, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    guard let pool else { throw PostgresError.unavailable }
    let wire = try await borrow(from: pool)
    pool.counters.transactions.add(1)
    let (result, effects) = try await {
      defer { loop.run { pool.release(wire) } }
      return try await Transaction.run(on: wire, mode, body)
    }()
    for effect in effects { await effect() }
    return result
  }

  private func borrow(from pool: Pool) async throws(PostgresError) -> Wire {
    if loop.isOnLoop, !Task.isCancelled, let wire = pool.takeIdle() { return wire }
    let borrower = Borrower()
    return try await loop.await(borrower.promise) {
      pool.submit(borrower)
    } onCancel: {
      pool.cancel(borrower)
    }
  }

  // MARK: Connections

  /// Lends a connection that is made for this and closed afterwards: for what belongs to a session,
  /// such as advisory locks, LISTEN and COPY.
  public func withConnection<Result: Sendable>(
    _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    guard let pool else { throw PostgresError.unavailable }
    let wire = try await connect(pool)
    let loop = loop
    let connection = await loop.hop { Connection(wire) }
    defer { loop.run { connection.close() } }
    return try await body(connection)
  }

  private func connect(_ pool: Pool) async throws(PostgresError) -> Wire {
    let promise = LoopPromise<Wire>()
    return try await loop.await(promise) {
      pool.connect { outcome in
        // A connection that comes too late is not wanted.
        if !promise.fulfil(outcome), case .success(let wire) = outcome { wire.close() }
      }
    } onCancel: {
      promise.fulfil(.failure(.cancelled))
    }
  }
}
