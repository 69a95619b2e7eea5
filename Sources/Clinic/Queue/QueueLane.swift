import JSONRPC
import Postgres

/// The one way to change a day of the queue.
///
/// Calls that wait together share a transaction: it locks the day's row, brings the day in memory
/// up to the row's version, lets each call decide on that, writes what they did in a handful of
/// statements, and commits. That takes two round trips per batch, however many calls are in it. A
/// refused call has written nothing; a batch that the database refuses is repeated call by call.
/// Whoever holds a day that is over keeps nobody waiting but those who change that day, too.
package final class QueueLane: Sendable {
  private static let depth = 128

  private let postgres: PostgresClient
  private let live: LiveQueue
  private let feed: QueueFeed
  private let staff: StaffDirectory
  private let calendar: ClinicCalendar
  private let settings: Settings
  /// What changes today, or a day to come.
  private let waiting = BatchingQueue<QueueJob>()
  /// What changes a day that is over.
  private let waitingForPast = BatchingQueue<QueueJob>()
  private let days = KnownDays()

  init(
    postgres: PostgresClient, live: LiveQueue, feed: QueueFeed, staff: StaffDirectory,
    calendar: ClinicCalendar, settings: Settings
  ) {
    self.postgres = postgres
    self.live = live
    self.feed = feed
    self.staff = staff
    self.calendar = calendar
    self.settings = settings
  }

  /// Runs one command and returns its encoded result once that is durable.
  func run<C: QueueCommand>(
    _ command: C, by caller: Caller, claim: IdempotencyClaim?
  ) async throws -> [UInt8] {
    let entry: @Sendable (Result<[UInt8], any Error>) -> AuditEntry? = { outcome in
      AuditEntry(
        of: C.name, by: caller, subject: Self.subject(command.subject, outcome),
        details: command.auditDetails, outcome)
    }
    let job: QueueJob
    do {
      try await command.check(by: caller, in: staff)
      job = QueueJob(
        date: command.date, patient: command.patient, appointment: command.appointment,
        visitor: command.visitor, claim: claim, entry: entry,
        apply: { day, now, rows, staff in
          let context = QueueContext(
            caller: caller, now: now, staff: staff, rows: rows,
            scheduling: self.settings.scheduling)
          let change = try command.apply(to: &day, in: context)
          guard let token = change.tokens.first else { return (change, []) }
          return (change, TokenView(token, for: caller, in: staff).jsonBytes)
        })
    } catch {
      // Refused before it waited for anybody, unless it is a repeat: then its doctor may have left
      // since.
      job = QueueJob(date: nil, claim: claim, entry: entry, apply: { _, _, _, _ in throw error })
    }
    return try await submit(job).get()
  }

  /// What the audit calls the thing: for a call that names neither a token nor a patient, the token
  /// that it resulted in.
  private static func subject(
    _ named: Subject?, _ outcome: Result<[UInt8], any Error>
  ) -> Subject? {
    guard let named, named.id == nil, case .success(let reply) = outcome,
      let token = try? JSONDocument(parsing: reply).root["token"]?.string
    else { return named }
    return Subject("token", token)
  }

  /// The latest version of a day that this instance has committed, or has seen while it committed;
  /// 0 for none.
  func committedVersion(of date: LocalDate) -> Int64 {
    days.version(of: date)
  }

  /// Closes a day that is over (rule 16).
  func close(_ date: LocalDate) async throws {
    let outcome = await submit(
      QueueJob(
        date: date,
        entry: { outcome in
          guard case .success = outcome else { return nil }
          return .ofDaemon("queue.close", Subject("queue", date.description))
        },
        apply: { day, now, _, _ in (day.close(at: now), []) }), to: waitingForPast)
    _ = try outcome.get()
  }

  private func submit(_ job: QueueJob) async -> Result<[UInt8], any Error> {
    let isOver = job.date.map { $0 < calendar.today } ?? false
    return await submit(job, to: isOver ? waitingForPast : waiting)
  }

  private func submit(
    _ job: QueueJob, to queue: BatchingQueue<QueueJob>
  ) async -> Result<[UInt8], any Error> {
    await withTaskCancellationHandler {
      if !queue.add(job) { job.finish(.failure(ClinicError(.stopping))) }
      return await job.outcome()
    } onCancel: {
      job.cancel()
    }
  }

  func run() async {
    await withTaskGroup { group in
      for queue in [waiting, waitingForPast] { group.addTask { await self.perform(queue) } }
    }
  }

  private func perform(_ queue: BatchingQueue<QueueJob>) async {
    while !Task.isCancelled {
      let jobs = await queue.take(Self.depth)
      // Nearly always one day: today.
      var byDate: [LocalDate?: [QueueJob]] = [:]
      for job in jobs { byDate[job.date, default: []].append(job) }
      for (date, jobs) in byDate { await perform(jobs, on: date) }
    }
    for job in queue.close() { job.finish(.failure(ClinicError(.stopping))) }
  }

  /// - Parameter retries: how often a job that is alone may begin again after a deadlock.
  private func perform(_ jobs: [QueueJob], on date: LocalDate?, retries: Int = 3) async {
    let jobs = jobs.filter { !$0.isFinished }
    guard !jobs.isEmpty else { return }
    do {
      let batch = try await postgres.loop.limited(to: Self.patience(of: jobs)) {
        try await self.postgres.withTransaction { transaction in
          var batch = try await QueueBatch(
            jobs, on: date, known: self.days, rules: self.settings.queue, in: transaction)
          // Another instance may just have made one of them.
          try await self.staff.meet(batch.doctors)
          batch.decide(staff: self.staff)
          _ = try await transaction.commit(with: batch.statements)
          return batch
        }
      }
      await tell(batch)
      for (job, outcome) in batch.outcomes { job.finish(outcome) }
    } catch {
      if let date = date ?? days.newest { days.forget(date) }
      let refusal = error as? PostgresError
      if jobs.count > 1, refusal?.kind == .server {
        for job in jobs { await perform([job], on: date) }
      } else if jobs.count == 1, refusal?.isRetriable == true, retries > 0 {
        await perform(jobs, on: date, retries: retries - 1)
      } else {
        for job in jobs { job.finish(.failure(await told(error, of: job))) }
      }
    }
  }

  /// Audits what only the schema has refused, like refusals of the queue itself.
  ///
  /// - Returns: what the caller is told: `error`, or why its entry could not be written.
  private func told(_ error: any Error, of job: QueueJob) async -> any Error {
    let entry = CallContext.$current.withValue(job.context) { job.entry(.failure(error)) }
    guard let entry else { return error }
    do {
      // A frozen session must not hold up the lane.
      try await postgres.loop.limited(to: .seconds(4)) {
        _ = try await self.postgres.query(AuditEntry.insert([entry]))
      }
      return error
    } catch let failure {
      return failure
    }
  }

  /// How long the transaction may take: as long as one of the callers waits. Each call's own
  /// deadline ends it; a transaction for which nobody waits any more is given up a little later.
  private static func patience(of jobs: [QueueJob]) -> Duration {
    let longest = jobs.map { $0.context.map { $0.deadline - .now } ?? .seconds(6) }.max()
    return (longest ?? .zero) + .milliseconds(500)
  }

  /// Tells Redis, then the boards what a batch that is committed has changed. In this order: a board
  /// that loses this instance goes on at another one, which has the version from Redis by then.
  private func tell(_ batch: QueueBatch) async {
    guard let day = batch.day else { return }
    days.bringBack(day, lockedAt: batch.lockedAt)
    guard !batch.events.isEmpty else { return }
    await live.apply(batch.events, encoded: batch.encodedEvents, of: day)
    feed.decided(batch.events, on: day.date)
  }
}

extension QueueLane {
  /// Changes a day of the queue as a part of a command's own transaction. The day stays locked
  /// until the transaction ends, so such a command does not share its transaction with others.
  ///
  /// - Parameters:
  ///   - date: the day; `nil` for today.
  ///   - step: decides on the day; what it throws is thrown here, and nothing is changed.
  /// - Returns: the token that the step was about; `nil` if it changed nothing.
  @discardableResult
  func change(
    _ date: LocalDate?, in transaction: Transaction,
    _ step: @escaping @Sendable (inout QueueDay, Instant) throws -> QueueChange?
  ) async throws -> QueueToken? {
    let job = QueueJob(
      date: date, entry: { _ in nil }, apply: { day, now, _, _ in (try step(&day, now), []) })
    var batch = try await QueueBatch(
      [job], on: date, known: days, rules: settings.queue, in: transaction)
    batch.decide(staff: staff)
    for (_, outcome) in batch.outcomes { _ = try outcome.get() }
    _ = try await transaction.pipeline(batch.statements)
    let decided = batch
    await transaction.afterCommit { await self.tell(decided) }
    return decided.events.first?.tokens.first
  }
}
