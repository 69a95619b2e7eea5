import JSONRPC
import Redis
import StoreLoop
import Synchronization

/// Counts attempts that may be guesses, for all instances in Redis; for this one alone while Redis
/// is away. A count ends a minute after its first attempt, or later.
package final class Throttle: Sendable {
  /// What attempts are counted for. Each kind has keys of its own: what a stranger types as a
  /// user's name is never taken for something else.
  package enum Target: Sendable {
    /// A user, by the name that was typed, from wherever.
    case user(String)
    /// That name together with the address it is typed at.
    case login(String, source: String)
    /// Any user, from one address.
    case logins(source: String)
    case passwordChange(ID<User>)
    /// Pairing codes requested per minute from an address.
    case pairing(source: String)
    /// Codes an address has requested, counted while a code is valid.
    case waitingCodes(source: String)
    case kiosk(String)
    /// A kiosk's visitor, by the last digits of the phone number.
    case visitor(String)

    fileprivate var key: String {
      switch self {
      case .user(let name): "clinic:attempts:user:\(name)"
      case .login(let name, let source): "clinic:attempts:login:\(source)@\(name)"
      case .logins(let source): "clinic:attempts:logins:\(source)"
      case .passwordChange(let user): "clinic:attempts:password:\(user)"
      case .pairing(let source): "clinic:attempts:pairing:\(source)"
      case .waitingCodes(let source): "clinic:attempts:codes:\(source)"
      case .kiosk(let scope): "clinic:attempts:kiosk:\(scope)"
      case .visitor(let digits): "clinic:attempts:visitor:\(digits)"
      }
    }

    fileprivate var seconds: Int {
      switch self {
      case .waitingCodes: RequestPairing.minutes * 60
      default: 60
      }
    }
  }

  private let redis: RedisClient
  private let local = Mutex(LocalCounts())
  private let start = ContinuousClock.now

  init(redis: RedisClient) {
    self.redis = redis
  }

  /// Counts an attempt, before it is known whether it succeeds: a hundred at once are a hundred.
  ///
  /// - Returns: of each target how many there were with it, and how many seconds the count goes on.
  private func count(_ targets: [Target]) async -> [(count: Int, secondsLeft: Int)] {
    let replies = try? await redis.pipeline(
      targets.flatMap { target in
        [
          ["INCR", .string(target.key)],
          ["EXPIRE", .string(target.key), .int(target.seconds), "NX"],
          ["TTL", .string(target.key)],
        ]
      })
    if let replies, replies.allSatisfy({ $0.integer != nil }) {
      return targets.indices.map { index in
        (
          Int(replies[3 * index].integer ?? 0),
          max(1, Int(replies[3 * index + 2].integer ?? 0))
        )
      }
    }
    let now = (ContinuousClock.now - start).components.seconds
    return local.withLock { local in
      targets.map { local.add($0.key, at: now, for: Int64($0.seconds)) }
    }
  }

  /// Counts an attempt.
  func note(_ target: Target) async {
    _ = await count([target])
  }

  /// Refuses when the limit is reached; counts nothing.
  func require(_ target: Target, below limit: Int) async throws(ClinicError) {
    let (count, wait) = await present(target)
    if count >= limit { throw Self.refusal(limit: limit, actual: count + 1, wait: wait) }
  }

  private static func refusal(limit: Int, actual: Int, wait: Int) -> ClinicError {
    ClinicError(.tooManyAttempts).with("retry_after", .int(wait)).with("limit", .int(limit))
      .with("actual", .int(actual))
  }

  private func present(_ target: Target) async -> (count: Int, secondsLeft: Int) {
    let key = target.key
    if let replies = try? await redis.pipeline([["GET", .string(key)], ["TTL", .string(key)]]),
      let wait = replies[1].integer
    {
      return (Int(replies[0].integer ?? 0), max(1, Int(wait)))
    }
    let now = (ContinuousClock.now - start).components.seconds
    return local.withLock { $0.present(key, at: now) }
  }

  /// Counts an attempt and refuses it past the limit.
  func allow(_ target: Target, upTo limit: Int) async throws(ClinicError) {
    try await allow([(target, limit)])
  }

  /// Counts an attempt for several targets. One that is refused counts for none of them.
  ///
  /// - Returns: how many there were of each.
  @discardableResult
  func allow(_ limits: [(target: Target, limit: Int)]) async throws(ClinicError) -> [Int] {
    let targets = limits.map(\.target)
    let counts = await count(targets)
    for ((count, wait), (_, limit)) in zip(counts, limits) where count > limit {
      await takeBack(targets)
      throw Self.refusal(limit: limit, actual: count, wait: wait)
    }
    return counts.map(\.count)
  }

  /// Counts an attempt at a password. One that was not compared, because of too many others or
  /// because nobody waits for it any more, was none.
  ///
  /// - Parameter compare: is told how many attempts there were for each target.
  func attempt<Value>(
    _ limits: [(target: Target, limit: Int)], _ compare: ([Int]) async throws -> Value
  ) async throws -> Value {
    let counts = try await allow(limits)
    do {
      return try await compare(counts)
    } catch let error as ClinicError where error.reason == .badCredentials {
      throw error
    } catch {
      await takeBack(limits.map(\.target))
      throw error
    }
  }

  /// Forgets the attempts, after one that succeeded.
  package func forgive(_ target: Target) async {
    local.withLock { $0.counts[target.key] = nil }
    _ = try? await redis.command(["DEL", .string(target.key)])
  }

  /// Counts one attempt less; the others still count.
  func takeBack(_ targets: [Target]) async {
    local.withLock { local in for target in targets { local.takeBack(target.key) } }
    _ = try? await redis.eval(Self.takeBackScript, keys: targets.map { .string($0.key) })
  }

  /// A count of nothing is no key: made-up names fill no memory.
  private static let takeBackScript = RedisScript(
    """
    for _, key in ipairs(KEYS) do
      if redis.call('DECR', key) <= 0 then redis.call('DEL', key) end
    end
    """)
}

/// What one instance counts while Redis is away.
private struct LocalCounts {
  /// Whoever makes up names fills no memory: past this many all others are counted as one.
  private static let limit = 10_000

  var counts: [String: (count: Int, endsAt: Int64)] = [:]
  private var sweptAt: Int64 = 0

  mutating func add(
    _ key: String, at now: Int64, for seconds: Int64
  ) -> (count: Int, secondsLeft: Int) {
    if sweptAt != now {
      counts = counts.filter { $0.value.endsAt > now }
      sweptAt = now
    }
    let key = place(of: key)
    var entry = counts[key] ?? (0, now + (key.isEmpty ? 60 : seconds))
    entry.count += 1
    counts[key] = entry
    return (entry.count, Int(entry.endsAt - now))
  }

  private func place(of key: String) -> String {
    counts.count < Self.limit || counts[key] != nil ? key : ""
  }

  func present(_ key: String, at now: Int64) -> (count: Int, secondsLeft: Int) {
    guard let entry = counts[place(of: key)], entry.endsAt > now else { return (0, 0) }
    return (entry.count, Int(entry.endsAt - now))
  }

  mutating func takeBack(_ key: String) {
    let key = place(of: key)
    guard let count = counts[key]?.count else { return }
    counts[key]?.count = count - 1
    if count <= 1 { counts[key] = nil }
  }
}
