import Logging

/// Tells the journal that a store is away, and that it is back: once each, and not of one that is
/// back within a moment.
struct StoreWatch: Sendable {
  private static let interval = Duration.seconds(1)
  /// Looks in a row that find it away.
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
          clinic.log.warning("a store does not answer", metadata: ["store": "\(name)"])
        }
      }
      try? await Task.sleep(for: Self.interval)
    }
  }
}
