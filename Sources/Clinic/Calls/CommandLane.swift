import JSONRPC
import Postgres

/// Runs commands, several in one transaction.
///
/// Calls that wait together share a transaction and its commit, each with a savepoint: a refused
/// call's savepoint is rolled back while its audit entry commits. Pipelined commands, which consist
/// of statements only, share trips and have no savepoints; if that fails, they are run again with a
/// savepoint each. If the shared transaction fails as a whole, each call is run again alone, so
/// that no call's failure takes a neighbour with it. A call that meets a lock which somebody keeps
/// waits for it aside, with few others, while the lane goes on. Commands that take long do not
/// share a transaction; a few of them run at once.
package final class CommandLane: Sendable {
  /// How many calls share a transaction at most.
  private static let depth = 32
  /// How long a call waits for a lock in the lane, where others wait for it. Past this it gives way
  /// and is run again aside.
  private static let lockPatience: SQL = "SET LOCAL lock_timeout = '50ms'"
  /// How long a call waits for a lock aside, before others that wait there have their turn.
  private static let patienceAside: SQL = "SET LOCAL lock_timeout = '500ms'"

  private let postgres: PostgresClient
  private let width: Int
  /// How many calls may wait for locks aside at once: each has a connection meanwhile.
  private let asideWidth: Int
  /// How many calls may run at once that share no transaction.
  private let aloneWidth: Int
  private let waiting = BatchingQueue<CommandJob>()
  private let aside = BatchingQueue<CommandJob>()
  private let alone = BatchingQueue<CommandJob>()

  /// - Parameters:
  ///   - width: how many shared transactions may be under way at once.
  ///   - aside: how many calls may wait for locks at once.
  ///   - alone: how many calls may have transactions of their own at once.
  init(postgres: PostgresClient, width: Int, aside: Int, alone: Int) {
    self.postgres = postgres
    self.width = width
    asideWidth = aside
    aloneWidth = alone
  }

  /// Runs one command and returns its encoded result once that is durable.
  ///
  /// - Parameter isShared: false for a command that takes long, which no other should wait for.
  package func run(_ work: CommandWork, isShared: Bool = true) async throws -> [UInt8] {
    let job = CommandJob(work)
    let outcome = await withTaskCancellationHandler {
      if !(isShared ? waiting : alone).add(job) { job.finish(.failure(ClinicError(.stopping))) }
      return await job.outcome()
    } onCancel: {
      job.cancel()
    }
    return try outcome.get()
  }

  func run() async {
    await withTaskGroup { group in
      for _ in 0..<width {
        group.addTask {
          while !Task.isCancelled { await self.perform(await self.waiting.take(Self.depth)) }
        }
      }
      for _ in 0..<aloneWidth {
        group.addTask {
          while !Task.isCancelled { await self.perform(await self.alone.take(1)) }
        }
      }
      for _ in 0..<asideWidth {
        group.addTask {
          while !Task.isCancelled {
            await self.perform(await self.aside.take(1), isAside: true)
          }
        }
      }
    }
    for job in waiting.close() + alone.close() + aside.close() {
      job.finish(.failure(ClinicError(.stopping)))
    }
  }

  private typealias Ended = (job: CommandJob, outcome: Result<[UInt8], any Error>)

  /// - Parameters:
  ///   - together: whether calls may share trips.
  ///   - isAside: whether this is the side queue, where a call waits for locks, in turns of half a
  ///     second.
  /// - Returns: the error that shows that the store is away, if it is: there is no point in trying
  ///   more.
  @discardableResult
  private func perform(
    _ jobs: [CommandJob], together: Bool = true, isAside: Bool = false
  ) async -> (any Error)? {
    let jobs = jobs.filter { job in
      if job.begin() { return true }
      job.finish(.failure(CancellationError()))
      return false
    }
    guard !jobs.isEmpty else { return nil }
    let (companions, others) = together ? Self.companions(of: jobs) : ([], jobs)
    let began = ContinuousClock.now
    do {
      let (ended, again) = try await transact(within: Self.patience(of: jobs)) { transaction in
        try await Self.perform(companions, others, isAside: isAside, in: transaction)
      }
      for (job, outcome) in ended { job.finish(outcome) }
      for job in again { putAside(job) }
      return nil
    } catch let error as PostgresError where error.kind == .outcomeUnknown {
      for job in jobs { job.finish(.failure(error)) }
      return nil
    } catch {
      guard jobs.count > 1 else {
        // A commit waits for locks too, as for that of notifications.
        for job in jobs {
          if Self.hasAnotherTurn(job, after: error, since: began, isAside: isAside) {
            putAside(job)
          } else {
            job.finish(.failure(error))
          }
        }
        return Self.showsThatStoreIsAway(error) ? error : nil
      }
      for job in jobs { job.setAside() }
      if !companions.isEmpty { return await perform(jobs, together: false) }
      var away: (any Error)?
      for job in jobs {
        if let away { job.finish(.failure(away)) } else { away = await perform([job]) }
      }
      return away
    }
  }

  /// Runs calls in a transaction, with their audit entries.
  ///
  /// - Returns: how calls have ended, and those that are to run again, aside.
  private static func perform(
    _ companions: [Companion], _ others: [CommandJob], isAside: Bool, in transaction: Transaction
  ) async throws -> (ended: [Ended], again: [CommandJob]) {
    transaction.enqueue(isAside ? patienceAside : lockPatience)
    var ended = companions.isEmpty ? [] : try await performTogether(companions, in: transaction)
    var again: [CommandJob] = []
    for job in others {
      let began = ContinuousClock.now
      let outcome = await job.perform(in: transaction)
      if case .failure(let error as PostgresError) = outcome {
        if !error.isOfStatement { throw error }
        if hasAnotherTurn(job, after: error, since: began, isAside: isAside) {
          again.append(job)
          continue
        }
      }
      ended.append((job, outcome))
    }
    let entries = ended.compactMap { $0.job.work.entry(for: $0.outcome) }
    if !entries.isEmpty { transaction.enqueue(AuditEntry.insert(entries)) }
    return (ended, again)
  }

  /// Whether a call that met a deadlock, or a lock that others hold, runs again: aside, it finds out
  /// how it stands. Who has waited there for a lock has its turn again.
  private static func hasAnotherTurn(
    _ job: CommandJob, after error: any Error, since began: ContinuousClock.Instant, isAside: Bool
  ) -> Bool {
    guard let error = error as? PostgresError, error.isRetriable else { return false }
    let hasWaited = isAside && error.isLockTimeout && .now - began > .milliseconds(400)
    return hasWaited || job.mayRetry()
  }

  private static func showsThatStoreIsAway(_ error: any Error) -> Bool {
    switch error {
    case let error as PostgresError: !error.isOfStatement
    case let error as ClinicError: error.reason == .storeUnavailable
    default: false
    }
  }

  private func putAside(_ job: CommandJob) {
    job.setAside()
    if !aside.add(job) { job.finish(.failure(ClinicError(.stopping))) }
  }
}

extension CommandLane {
  /// The pipelined commands that lock nothing that another of them locks, and the others.
  private static func companions(
    of jobs: [CommandJob]
  ) -> (companions: [Companion], others: [CommandJob]) {
    var companions: [Companion] = []
    var others: [CommandJob] = []
    var locked: Set<Subject> = []
    for job in jobs {
      if let work = job.work.pipelined, locked.isDisjoint(with: work.locks) {
        locked.formUnion(work.locks)
        companions.append((job, work))
      } else {
        others.append(job)
      }
    }
    return companions.count > 1 ? (companions, others) : ([], jobs)
  }

  private typealias Companion = (job: CommandJob, work: PipelinedWork<[UInt8]>)

  /// Runs pipelined commands: in one trip what they read, in another what they write. If one of the
  /// calls is cancelled meanwhile, all of them are undone; the others are run again.
  private static func performTogether(
    _ companions: [Companion], in transaction: Transaction
  ) async throws -> [Ended] {
    var outcomes: [Ended] = []
    var going: [Companion] = []
    var statements: [[SQL]] = []
    let guards = companions.flatMap(\.work.guards)
    if !guards.isEmpty { transaction.enqueue(lock(guards)) }
    let found = try await trip(companions, companions.map(\.work.look), in: transaction)
    for (companion, found) in zip(companions, found) {
      do {
        let decision = try await CallContext.$current.withValue(companion.job.work.context) {
          try await companion.work.decide(found)
        }
        going.append(companion)
        statements.append(decision)
      } catch let error as PostgresError {
        throw error
      } catch {
        outcomes.append((companion.job, .failure(error)))
      }
    }
    let written = try await trip(going, statements, in: transaction)
    for (companion, rows) in zip(going, written) {
      outcomes.append((companion.job, .success(try companion.work.reply(rows))))
    }
    return outcomes
  }

  /// Locks guards until the transaction ends, always in the same order, so that transactions cannot
  /// wait for each other in a ring.
  static func lock(_ guards: [String]) -> SQL {
    """
    SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(folded(g), 0) AS key \
    FROM unnest(\(guards)) g ORDER BY 1) AS keys
    """
  }

  /// - Returns: for each companion, what its statements gave.
  private static func trip(
    _ companions: [Companion], _ statements: [[SQL]], in transaction: Transaction
  ) async throws -> [[Rows]] {
    let trip = Task(executorPreference: transaction.loop) {
      try await transaction.pipeline(statements.flatMap(\.self))
    }
    for companion in companions { companion.job.running { trip.cancel() } }
    defer { for companion in companions { companion.job.running(nil) } }
    var rows = try await trip.value[...]
    return statements.map { statements in
      defer { rows = rows.dropFirst(statements.count) }
      return Array(rows.prefix(statements.count))
    }
  }

  /// How long the transaction may take: as long as one of the callers waits, and a little longer.
  private static func patience(of jobs: [CommandJob]) -> Duration {
    let longest = jobs.map { $0.work.context.map { $0.deadline - .now } ?? .seconds(20) }.max()
    return (longest ?? .zero) + .milliseconds(500)
  }

  private func transact<Value: Sendable>(
    within limit: Duration, _ body: @escaping @Sendable (Transaction) async throws -> Value
  ) async throws -> Value {
    try await postgres.loop.limited(to: limit) {
      try await self.postgres.withTransaction { transaction in try await body(transaction) }
    }
  }
}
