import Logging
import Mongo
import Postgres
import Redis

/// Logs that a store is away, and that it is back: once each, and not for a store that is back
/// within a moment.
struct StoreWatch: Sendable {
  private static let interval = Duration.seconds(1)
  /// How many looks in a row must find it away.
  private static let patience = 2

  let clinic: Clinic

  func run() async {
    var away: [String: Int] = [:]
    while !Task.isCancelled {
      for (name, isUp) in clinic.stores {
        let before = away[name, default: 0]
        away[name] = isUp ? 0 : before + 1
        if isUp, before >= Self.patience {
          clinic.log.notice("a store is back", metadata: ["store": "\(name)"])
        } else if !isUp, before + 1 == Self.patience {
          var details: Logger.Metadata = ["store": "\(name)"]
          details["error"] = await reason(name).map { "\($0)" }
          clinic.log.warning("a store cannot be used", metadata: details)
        }
      }
      try? await Task.sleep(for: Self.interval)
    }
  }

  /// The reason, if it is known: the store may answer, and refuse the login.
  private func reason(_ name: String) async -> String? {
    do {
      switch name {
      case "redis": _ = try await clinic.redis.command(["PING"])
      case "mongodb": try await clinic.mongo.ping()
      default:
        guard !clinic.postgres.isUp else { return "no answer" }
        return clinic.postgres.lastFailure.map { $0.message ?? $0.description }
      }
      return nil
    } catch let error as RedisError where error.kind == .unavailable {
      return clinic.redis.lastFailure ?? "\(error)"
    } catch let error as MongoError where error.kind == .unavailable {
      return clinic.mongo.lastFailure ?? "\(error)"
    } catch {
      return "\(error)"
    }
  }
}
