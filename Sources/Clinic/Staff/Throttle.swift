import Redis
import StoreLoop
import Synchronization

/// Counts failures by the minute, for all instances in Redis; for this one alone while Redis is
/// away.
package final class Throttle: Sendable {
  private let redis: RedisClient
  private let local = Mutex<[String: (count: Int, endsAt: Int64)]>([:])

  init(redis: RedisClient) {
    self.redis = redis
  }

  /// How many failures this minute has seen, and how many seconds it has left.
  package func failures(of what: String) async -> (count: Int, secondsLeft: Int) {
    let window = Window()
    let key = window.key(what)
    if let value = try? await redis.command(["GET", .string(key)]) {
      return (Int(value.integer ?? 0), window.secondsLeft)
    }
    return (local.withLock { $0[key]?.count ?? 0 }, window.secondsLeft)
  }

  package func noteFailure(of what: String) async {
    let window = Window()
    let key = window.key(what)
    local.withLock { local in
      local = local.filter { $0.value.endsAt > window.seconds }
      local[key, default: (0, window.endsAt)].count += 1
    }
    _ = try? await redis.pipeline([["INCR", .string(key)], ["EXPIRE", .string(key), 120]])
  }

  /// The present minute.
  private struct Window {
    let seconds = WallClock.microseconds() / 1_000_000
    var endsAt: Int64 { (seconds / 60 + 1) * 60 }
    var secondsLeft: Int { Int(endsAt - seconds) }
    func key(_ what: String) -> String { "clinic:failures:\(seconds / 60):\(what)" }
  }
}
