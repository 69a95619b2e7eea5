import JSONRPC
import Logging
import Redis
import Synchronization

/// The live queue in Redis, under the keys that its readers expect (`docs/architecture.md`). A
/// projection: it is fed after each commit, and can be made anew from PostgreSQL at any time.
package final class LiveQueue: Sendable {
  let redis: RedisClient
  private let staff: StaffDirectory
  private let log: Logger
  private let notices = Mutex(OutageNotices())

  init(redis: RedisClient, staff: StaffDirectory, log: Logger) {
    self.redis = redis
    self.staff = staff
    self.log = log
  }

  /// How long keys are kept after the last write (three days).
  private static let keptSeconds = 3 * 24 * 3600

  package var isUp: Bool { redis.isUp }

  /// Applies the next versions of a day and publishes them. Versions that are there already stay;
  /// where another instance's versions are still missing, the whole day is written.
  ///
  /// - Parameter encoded: the events as they are published.
  /// - Returns: whether Redis now has this version or a later one; false when Redis is away.
  @discardableResult
  func apply(_ events: [QueueEvent], encoded: [[UInt8]], of day: QueueDay) async -> Bool {
    guard let first = events.first else { return false }
    let numbers = Set(events.flatMap { $0.tokens.map(\.number) + $0.passedOver + $0.waitedOut })
    let version = await write(
      numbers.sorted().map { day.tokens[$0 - 1] }, of: day, over: first.version - 1,
      current: current(events), events: encoded)
    guard let version else { return false }
    if version >= day.version { return true }
    return await write(
      day.tokens, of: day, over: Self.anyOlder, current: lastCalled(day), events: encoded) != nil
  }

  /// Makes a day anew, in one step. A newer version in Redis stays, unless `forced`: then Redis is
  /// ahead of the truth, after a restore for instance.
  @discardableResult
  package func rebuild(_ day: QueueDay, forced: Bool = false) async -> Bool {
    let version = await write(
      day.tokens, of: day, over: forced ? Self.any : Self.anyOlder, current: lastCalled(day),
      events: [])
    return version == day.version
  }

  private static let anyOlder: Int64 = -1
  private static let any: Int64 = -2

  /// - Returns: the version that is there afterwards; `nil` when Redis is away.
  private func write(
    _ changed: [QueueToken], of day: QueueDay, over before: Int64, current: String?,
    events: [[UInt8]]
  ) async -> Int64? {
    guard isUp else { return nil }
    var arguments: [RedisArgument] = [
      .int(before), .int(day.version), .int(day.lastNumber), .int(Self.keptSeconds),
      .string(current ?? ""), .int(events.count),
    ]
    arguments += events.map { .bytes($0) }
    arguments += tokens(changed, of: day)
    arguments += serving(day)
    do {
      return try await redis.eval(
        Self.applyScript, keys: keys(day.date), arguments: arguments
      ).integer
    } catch {
      // It answers, and is short of memory for instance.
      if error.kind == .server, notices.withLock({ $0.isNews("\(error)") }) {
        log.warning("Redis does not take the live queue", metadata: ["error": "\(error)"])
      }
      return nil
    }
  }

  /// The version of a day that Redis holds; `nil` when Redis is away, 0 when it holds none, -1 when
  /// it holds something else there.
  package func version(of date: LocalDate) async -> Int64? {
    guard isUp else { return nil }
    do {
      let value = try await redis.command(["GET", "queue:version:\(date.description)"])
      return value.isNull ? 0 : value.integer ?? -1
    } catch {
      return error.code == "WRONGTYPE" ? -1 : nil
    }
  }

  private func keys(_ date: LocalDate) -> [RedisArgument] {
    let date = date.description
    return [
      "queue:counter:\(date)", "queue:\(date)", "queue:token:\(date):", "queue:current:\(date)",
      "queue:serving:\(date)", "queue:version:\(date)", "queue:events:\(date)",
    ]
  }

  /// The token that was called last in these events.
  private func current(_ events: [QueueEvent]) -> String? {
    events.last { $0.tokens.first?.calledAt == $0.at }?.tokens.first?.token.description
  }

  func lastCalled(_ day: QueueDay) -> String? {
    day.tokens.max { ($0.calledAt?.microseconds ?? 0) < ($1.calledAt?.microseconds ?? 0) }
      .flatMap { $0.calledAt == nil ? nil : $0.token.description }
  }

  private func serving(_ day: QueueDay) -> [RedisArgument] {
    let serving = day.serving
    return [.int(serving.count)]
      + serving.flatMap { token -> [RedisArgument] in
        [.string(token.doctorID?.description ?? ""), .string(token.token.description)]
      }
  }

  /// Each token as: number, name, score or nothing, and the fields of its hash.
  private func tokens(_ tokens: [QueueToken], of day: QueueDay) -> [RedisArgument] {
    [.int(tokens.count)]
      + tokens.flatMap { token -> [RedisArgument] in
        let fields = fields(of: token).flatMap { [RedisArgument.string($0), .string($1)] }
        return [
          .string(TokenName.padded(token.number)), .string(token.token.description),
          .string(score(of: token, under: day.rules) ?? ""), .int(fields.count),
        ] + fields
      }
  }

  func fields(of token: QueueToken) -> [String: String] {
    [
      "token": token.token.description, "status": token.status.rawValue,
      "priority": token.priority.rawValue, "patient_id": token.patientID.description,
      "patient_name": token.patientName, "doctor_id": token.doctorID?.description ?? "",
      "arrived_at": token.arrivedAt.description, "called_at": token.calledAt?.description ?? "",
      "ended_at": token.endedAt?.description ?? "",
    ]
  }

  /// Sorts by priority, then arrival: milliseconds, a step of 10¹³ for each priority. `nil` for a
  /// token that is not to be served any more.
  func score(of token: QueueToken, under rules: QueueRules) -> String? {
    guard token.status == .waiting || token.status == .withDoctor else { return nil }
    let since = token.standsSince(under: rules).milliseconds
    return String(Int64(token.priority.rank) * 10_000_000_000_000 + since)
  }

  /// KEYS: counter, queue, prefix of tokens, current, serving, version, events. ARGV: version
  /// before (-1: any older one, -2: any), version after, last number, seconds to keep, current,
  /// events, tokens, serving. Gives the version that is there afterwards.
  private static let applyScript = RedisScript(
    """
    local before, after = tonumber(ARGV[1]), tonumber(ARGV[2])
    if before < 0 then
      -- What a hand has put there in another form is nothing.
      local kinds = {'string', 'zset', false, 'string', 'hash', 'string'}
      for i, kind in ipairs(kinds) do
        local found = kind and redis.call('TYPE', KEYS[i]).ok
        if found and found ~= kind then redis.call('DEL', KEYS[i]) end
      end
    end
    local i = 6
    local function take()
      i = i + 1
      return ARGV[i - 1]
    end
    local events = {}
    for n = 1, tonumber(take()) do events[n] = take() end
    local function publish()
      for _, event in ipairs(events) do redis.call('PUBLISH', KEYS[7], event) end
    end
    local version = tonumber(redis.call('GET', KEYS[6]) or '0') or 0
    if before >= 0 and version ~= before or before == -1 and version > after then
      -- Who was faster has written these versions too, and told of its own only.
      if version >= after then publish() end
      return version
    end
    local keep = ARGV[4]
    if before < 0 then
      redis.call('DEL', KEYS[2], KEYS[4])
      -- A hand may have made the counter anything.
      local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
      for number = ARGV[3] + 1, math.min(last, ARGV[3] + 10000) do
        redis.call('DEL', KEYS[3] .. string.format('%03d', number))
      end
    end
    for _ = 1, tonumber(take()) do
      local number, name, score, count = take(), take(), take(), tonumber(take())
      local key = KEYS[3] .. number
      if before < 0 then redis.call('DEL', key) end
      redis.call('HSET', key, unpack(ARGV, i, i + count - 1))
      redis.call('EXPIRE', key, keep)
      if score == '' then redis.call('ZREM', KEYS[2], name)
      else redis.call('ZADD', KEYS[2], score, name) end
      i = i + count
    end
    redis.call('DEL', KEYS[5])
    for _ = 1, tonumber(take()) do
      redis.call('HSET', KEYS[5], take(), take())
    end
    redis.call('SET', KEYS[1], ARGV[3], 'EX', keep)
    if ARGV[5] ~= '' then redis.call('SET', KEYS[4], ARGV[5], 'EX', keep) end
    redis.call('SET', KEYS[6], after, 'EX', keep)
    redis.call('EXPIRE', KEYS[2], keep)
    redis.call('EXPIRE', KEYS[5], keep)
    publish()
    return after
    """)
}
