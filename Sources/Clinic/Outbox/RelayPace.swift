/// How soon one of the relay's steps follows another. Its work can wait: while many calls are being
/// answered they go first, for a minute at most.
struct RelayPace {
  private static let interval = Duration.milliseconds(250)
  private static let patience = Duration.seconds(60)

  private let load: CallLoad
  /// Since when each step has left something for the next.
  private var behindSince: ContinuousClock.Instant?
  /// What ``CallLoad/highs`` was at the last look.
  private var highs: Int

  init(load: CallLoad) {
    self.load = load
    highs = load.highs
  }

  /// Returns when the next step may begin.
  ///
  /// - Parameter isBehind: whether the last step has left something to do.
  mutating func rest(isBehind: Bool) async throws {
    guard isBehind else {
      behindSince = nil
      return try await Task.sleep(for: Self.interval)
    }
    let since = behindSince ?? .now
    behindSince = since
    for _ in 0..<10 where isBusy() && .now - since < Self.patience {
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Whether many calls have been answered at once since the last look.
  private mutating func isBusy() -> Bool {
    let before = highs
    highs = load.highs
    return load.isHigh || highs != before
  }
}
