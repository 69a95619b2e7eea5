import JSONRPC
import Redis
import StoreLoop
import Synchronization

/// Counts attempts that may be guesses, for all instances in Redis; for this one alone while Redis
/// is away. A count ends a minute after its first attempt.
package final class Throttle: Sendable {
  /// What attempts are counted for. Each kind has keys of its own: what a stranger types as a
  /// user's name is never taken for something else.
  package enum Target: Sendable {
    /// A user, by the name that was typed, from wherever.
    case user(String)
    /// The same from one address.
    case login(String, source: String)
    case passwordChange(ID<User>)
    case pairing(source: String)
    case kiosk(String)
    /// A kiosk's visitor, by the last digits of the phone number.
    case visitor(String)

    fileprivate var key: String {
      switch self {
      case .user(let name): "clinic:attempts:user:\(name)"
      case .login(let name, let source): "clinic:attempts:login:\(source)@\(name)"
      case .passwordChange(let user): "clinic:attempts:password:\(user)"
      case .pairing(let source): "clinic:attempts:pairing:\(source)"
      case .kiosk(let scope): "clinic:attempts:kiosk:\(scope)"
      case .visitor(let digits): "clinic:attempts:visitor:\(digits)"
      }
    }
  }

  private static let seconds = 60

  private let redis: RedisClient
  private let local = Mutex(LocalCounts())
  private let start = ContinuousClock.now

  init(redis: RedisClient) {
    self.redis = redis
  }

  /// Counts an attempt, before it is known whether it succeeds: a hundred at once are a hundred.
  ///
  /// - Returns: how many there were with it, and how many seconds the count goes on.
  package func attempt(_ target: Target) async -> (count: Int, secondsLeft: Int) {
    let key = target.key
    let replies = try? await redis.pipeline([
      ["INCR", .string(key)], ["EXPIRE", .string(key), .int(Self.seconds), "NX"],
      ["TTL", .string(key)],
    ])
    if let replies, let count = replies[0].integer {
      return (Int(count), max(1, Int(replies[2].integer ?? 0)))
    }
    let now = (ContinuousClock.now - start).components.seconds
    return local.withLock { $0.add(key, at: now, for: Int64(Self.seconds)) }
  }

  /// Counts an attempt and refuses it after as many as a minute allows.
  func allow(_ target: Target, upTo limit: Int) async throws(ClinicError) {
    let (attempts, wait) = await attempt(target)
    guard attempts <= limit else {
      throw ClinicError(.tooManyAttempts).with("retry_after", .int(wait)).with("limit", .int(limit))
    }
  }

  /// Forgets the attempts, after one that succeeded.
  package func forgive(_ target: Target) async {
    local.withLock { $0.counts[target.key] = nil }
    _ = try? await redis.command(["DEL", .string(target.key)])
  }

  /// Counts one attempt less: it succeeded, and says nothing of the others.
  func takeBack(_ target: Target) async {
    local.withLock { $0.counts[target.key]?.count -= 1 }
    _ = try? await redis.pipeline([
      ["DECR", .string(target.key)], ["EXPIRE", .string(target.key), .int(Self.seconds), "NX"],
    ])
  }
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
    let key = counts.count < Self.limit || counts[key] != nil ? key : ""
    var entry = counts[key] ?? (0, now + seconds)
    entry.count += 1
    counts[key] = entry
    return (entry.count, Int(entry.endsAt - now))
  }
}
