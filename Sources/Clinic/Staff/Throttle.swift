import JSONRPC
import Redis
import StoreLoop
import Synchronization

/// Counts attempts that may be guesses, for all instances in Redis; for this one alone while Redis
/// is away. A count ends a minute after its first attempt.
package final class Throttle: Sendable {
  private static let seconds = 60

  private let redis: RedisClient
  private let local = Mutex<[String: (count: Int, endsAt: Int64)]>([:])

  init(redis: RedisClient) {
    self.redis = redis
  }

  /// Counts an attempt, before it is known whether it succeeds: a hundred at once are a hundred.
  ///
  /// - Returns: how many there were with it, and how many seconds the count goes on.
  package func attempt(_ what: String) async -> (count: Int, secondsLeft: Int) {
    let key = Self.key(what)
    let replies = try? await redis.pipeline([
      ["INCR", .string(key)], ["EXPIRE", .string(key), .int(Self.seconds), "NX"],
      ["TTL", .string(key)],
    ])
    if let replies, let count = replies[0].integer {
      return (Int(count), max(1, Int(replies[2].integer ?? 0)))
    }
    let now = WallClock.microseconds() / 1_000_000
    return local.withLock { local in
      local = local.filter { $0.value.endsAt > now }
      local[key, default: (0, now + Int64(Self.seconds))].count += 1
      let entry = local[key] ?? (1, now + 1)
      return (entry.count, Int(entry.endsAt - now))
    }
  }

  /// Counts an attempt and refuses it after as many as a minute allows.
  func allow(_ what: String, upTo limit: Int) async throws(ClinicError) {
    let (attempts, wait) = await attempt(what)
    guard attempts <= limit else {
      throw ClinicError(.tooManyAttempts).with("retry_after", .int(wait)).with("limit", .int(limit))
    }
  }

  /// Forgets the attempts, after one that succeeded.
  package func forgive(_ what: String) async {
    let key = Self.key(what)
    local.withLock { $0[key] = nil }
    _ = try? await redis.command(["DEL", .string(key)])
  }

  /// Counts one attempt less: it succeeded, and says nothing of the others.
  func takeBack(_ what: String) async {
    let key = Self.key(what)
    local.withLock { $0[key]?.count -= 1 }
    _ = try? await redis.pipeline([
      ["DECR", .string(key)], ["EXPIRE", .string(key), .int(Self.seconds), "NX"],
    ])
  }

  private static func key(_ what: String) -> String { "clinic:attempts:\(what)" }
}
