import JSONRPC
import Postgres

/// One transaction of the queue: what its calls need is read in one trip, decided in memory and
/// written in a second trip.
struct QueueBatch: Sendable {
  private let jobs: [QueueJob]
  private let rules: QueueRules
  private let now: Instant
  private let rows: QueueRows
  private let kept: [IdempotencyClaim.Name: (params: [UInt8], reply: String)]

  /// The day after the batch; `nil` when there is no such day.
  private(set) var day: QueueDay?
  /// When the day's row was locked.
  let lockedAt: ContinuousClock.Instant
  private(set) var events: [QueueEvent] = []
  /// The events as PostgreSQL keeps them and Redis publishes them.
  private(set) var encodedEvents: [[UInt8]] = []
  private(set) var outcomes: [(job: QueueJob, outcome: Result<[UInt8], any Error>)] = []
  private var changed: Set<Int> = []
  private var newKeys: [(claim: IdempotencyClaim, reply: [UInt8])] = []
  private var entries: [AuditEntry] = []
  private var wasClosed = false

  // MARK: - Reading

  /// Locks the day and reads, in one round trip, what the jobs need.
  init(
    _ jobs: [QueueJob], on date: LocalDate?, known: KnownDays, rules: QueueRules,
    in transaction: Transaction
  ) async throws {
    self.jobs = jobs
    self.rules = rules
    known.forget(before: transaction.connectedAt)
    // Today's date is known after the lock; the newest known day is most likely it.
    let guess = date ?? known.newest
    let knownVersion = guess.map { known.version(of: $0) } ?? 0
    let claims = jobs.compactMap(\.claim)
    let patients = Set(jobs.compactMap(\.patient)).sorted()
    let appointments = Set(jobs.compactMap(\.appointment)).sorted()
    var statements: [SQL] = [
      Self.lock(date),
      Self.tokens(date, after: knownVersion, of: guess),
      QueueRows.select(patients),
      """
      SELECT caller, method, key, params, reply FROM idempotency_keys \
      WHERE (caller, method, key) IN (SELECT * FROM unnest(\(claims.map(\.scope)), \
      \(claims.map(\.method)), \(claims.map(\.key))))
      """,
    ]
    let visitors = Set(jobs.compactMap(\.visitor?.hash))
    let needsMore = !appointments.isEmpty || !visitors.isEmpty
    if needsMore {
      statements += QueueRows.select(appointments, visitors: Array(visitors))
    }
    var results = try await transaction.pipeline(statements)
    if results[0].isEmpty, date == nil {
      // The first call of the day opens it; another instance may just have done so, and more.
      transaction.enqueue(
        "INSERT INTO queue_days (date) VALUES (current_date) ON CONFLICT (date) DO NOTHING")
      results = try await transaction.pipeline(statements)
    }
    lockedAt = .now
    rows = try QueueRows(patients: results[2], more: needsMore ? Array(results[4...]) : [])
    kept = try Self.keptReplies(results[3])
    guard let row = results[0].first else {
      now = Instant(microseconds: 0)
      return
    }
    var cells = row.cells
    let lockedDate: LocalDate = try cells.next()
    let version: Int64 = try cells.next()
    let isClosed: Bool = try cells.next()
    let clock: Instant = try cells.next()
    var changed = results[1]
    var day = QueueDay(date: lockedDate, rules: rules)
    if lockedDate == guess, knownVersion > 0 {
      // The store is behind what is known after a restore alone.
      if version < knownVersion { known.forget(lockedDate) }
      if let taken = known.take(lockedDate), taken.version >= knownVersion {
        day = taken
      } else {
        changed = try await transaction.query(Self.tokens(lockedDate, after: 0, of: lockedDate))
      }
    }
    if day.version != version {
      day.load(try changed.decode(as: QueueToken.self), version: version)
    }
    day.isClosed = isClosed
    wasClosed = isClosed
    now = day.moment(by: clock)
    self.day = day
  }

  private static func lock(_ date: LocalDate?) -> SQL {
    """
    SELECT date, version, closed_at IS NOT NULL, clock_timestamp() FROM queue_days \
    WHERE date = coalesce(\(date), current_date) FOR NO KEY UPDATE
    """
  }

  /// The tokens of a day that have changed since the version of `known`; all tokens of any other
  /// day.
  private static func tokens(
    _ date: LocalDate?, after version: Int64, of known: LocalDate?
  ) -> SQL {
    """
    SELECT \(sql: QueueToken.columns) FROM queue_tokens \
    WHERE date = coalesce(\(date), current_date) AND changed_version > \
    CASE WHEN coalesce(\(date), current_date) = \(known) THEN \(version) ELSE 0 END
    """
  }

  private static func keptReplies(
    _ rows: Rows
  ) throws -> [IdempotencyClaim.Name: (params: [UInt8], reply: String)] {
    var kept: [IdempotencyClaim.Name: (params: [UInt8], reply: String)] = [:]
    for row in rows {
      var cells = row.cells
      let name = IdempotencyClaim.Name(
        scope: try cells.next(), method: try cells.next(), key: try cells.next())
      kept[name] = (try cells.next(), try cells.next())
    }
    return kept
  }

  /// The doctors whom tokens of this batch will name.
  var doctors: [ID<User>] { rows.appointments.values.map(\.doctorID) }

  // MARK: - Deciding

  /// Lets each job decide on the day, one after the other.
  mutating func decide(staff: StaffDirectory) {
    for job in jobs where job.mayDecide() {
      CallContext.$current.withValue(job.context) {
        var isRepeat = false
        let outcome = Result {
          if let reply = try keptReply(to: job) {
            isRepeat = true
            return reply
          }
          return try decide(job, staff: staff)
        }
        outcomes.append((job, outcome))
        guard var entry = job.entry(outcome) else { return }
        if isRepeat { entry.details = AuditEntry.repeated }
        entries.append(entry)
      }
    }
  }

  /// The reply that was given to the first call with this one's key.
  private func keptReply(to job: QueueJob) throws -> [UInt8]? {
    guard let claim = job.claim else { return nil }
    if let (params, reply) = kept[claim.name] {
      return try claim.reply(knownParams: params, reply: reply)
    }
    guard let twin = newKeys.first(where: { $0.claim.name == claim.name }) else { return nil }
    return try claim.reply(
      knownParams: twin.claim.params, reply: String(decoding: twin.reply, as: UTF8.self))
  }

  private mutating func decide(_ job: QueueJob, staff: StaffDirectory) throws -> [UInt8] {
    guard var day else {
      // Nobody has opened that day: the call says what it misses there.
      var empty = QueueDay(date: job.date ?? LocalDate(days: 0), rules: rules)
      _ = try job.apply(&empty, now, rows, staff)
      throw ClinicError.notFound("queue_day", empty.date.description)
    }
    self.day = nil  // so that it is changed in place and not copied
    defer { self.day = day }
    let (change, reply) = try job.apply(&day, now, rows, staff)
    if let change {
      changed.formUnion(change.tokens.map(\.number))
      changed.formUnion(change.passedOver)
      changed.formUnion(change.waitedOut)
      let event = QueueEvent(change, in: day, at: now, staff: staff)
      encodedEvents.append(event.jsonBytes)
      events.append(event)
    }
    if let claim = job.claim { newKeys.append((claim, reply)) }
    return reply
  }

  // MARK: - Writing

  /// The statements that write everything that was decided.
  var statements: [SQL] {
    var statements: [SQL] = []
    if let day, !events.isEmpty {
      statements += [upsert(day), insertEvents(day), update(day)]
    }
    if !newKeys.isEmpty {
      statements.append(
        """
        INSERT INTO idempotency_keys (caller, method, key, params, reply) SELECT * FROM unnest(\
        \(newKeys.map(\.claim.scope)), \(newKeys.map(\.claim.method)), \(newKeys.map(\.claim.key)), \
        \(newKeys.map(\.claim.params)), \
        \(newKeys.map { String(decoding: $0.reply, as: UTF8.self) }))
        """)
    }
    if !entries.isEmpty { statements.append(AuditEntry.insert(entries)) }
    return statements
  }

  /// Writes the changed tokens as they are now. Those that free a patient or a doctor come first,
  /// so that no unique index sees two at once.
  private func upsert(_ day: QueueDay) -> SQL {
    let tokens = changed.map { day.tokens[$0 - 1] }.sorted {
      ($0.status.writeOrder, $0.number) < ($1.status.writeOrder, $1.number)
    }
    return """
      INSERT INTO queue_tokens (date, number, patient_id, patient_name, doctor_id, priority, status, \
      arrived_at, called_at, ended_at, passed_over, calls_to_wait, auto_closed, appointment_id, \
      due_at, changed_version) \
      SELECT \(day.date), t.*, \(day.version) FROM unnest(\(tokens.map { Int32($0.number) }), \
      \(tokens.map(\.patientID.rawValue)), \(tokens.map(\.patientName)), \
      \(tokens.map(\.doctorID?.rawValue)), \(tokens.map(\.priority.rawValue)), \
      \(tokens.map(\.status.rawValue)), \(tokens.map(\.arrivedAt)), \
      \(tokens.map(\.calledAt)), \(tokens.map(\.endedAt)), \
      \(tokens.map { Int32($0.passedOver) }), \(tokens.map { $0.callsToWait.map(Int32.init) }), \
      \(tokens.map(\.autoClosed)), \(tokens.map(\.appointmentID?.rawValue)), \
      \(tokens.map(\.dueAt))) AS t ON CONFLICT (date, number) DO UPDATE SET \
      patient_id = excluded.patient_id, patient_name = excluded.patient_name, doctor_id = excluded.doctor_id, \
      priority = excluded.priority, status = excluded.status, called_at = excluded.called_at, \
      ended_at = excluded.ended_at, passed_over = excluded.passed_over, \
      calls_to_wait = excluded.calls_to_wait, auto_closed = excluded.auto_closed, \
      changed_version = excluded.changed_version
      """
  }

  private func insertEvents(_ day: QueueDay) -> SQL {
    let texts = encodedEvents.map { String(decoding: $0, as: UTF8.self) }
    return """
      INSERT INTO queue_events (date, version, event) SELECT \(day.date), version, event::json \
      FROM unnest(\(events.map(\.version)), \(texts)) AS e (version, event)
      """
  }

  private func update(_ day: QueueDay) -> SQL {
    """
    UPDATE queue_days SET last_number = \(Int32(day.lastNumber)), version = \(day.version)\
    \(sql: day.isClosed && !wasClosed ? ", closed_at = now()" : "") WHERE date = \(day.date)
    """
  }
}

extension TokenStatus {
  fileprivate var writeOrder: Int {
    switch self {
    case .completed, .cancelled, .noShow: 0
    case .skipped, .waiting: 1
    case .withDoctor: 2
    }
  }
}
