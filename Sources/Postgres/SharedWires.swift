/// Connections that the rounds of many callers share, and the rounds that wait for one of them.
/// Used on the loop only.
final class SharedWires {
  /// A statement that takes longer makes those behind it wait.
  private static let slow = Duration.milliseconds(20)

  var wires: [Wire] = []
  var waiting = Ring<Round>()
  /// How many queries may be on one connection; more wait, and go to the first that has room.
  private let greatestDepth: Int

  init(greatestDepth: Int) {
    self.greatestDepth = greatestDepth
  }

  /// The connection for the next query: preferably not one whose server has been busy for long.
  ///
  /// - Parameter start: connections that were opened before this take no more queries.
  func leastLoaded(openedSince start: ContinuousClock.Instant?) -> Wire? {
    let now = wires.count > 1 ? ContinuousClock.now : nil
    var best: Wire?
    var least = Int.max
    for wire in wires where !wire.isCancelling && wire.depth < greatestDepth {
      if let start, wire.openedAt < start { continue }
      var load = wire.depth
      if let now, load > 0, now - wire.waitingSince > Self.slow { load += greatestDepth }
      if load < least {
        best = wire
        least = load
      }
    }
    return best
  }

  /// Gives up the wait of a round.
  ///
  /// - Returns: whether it was waiting.
  func leave(_ round: Round) -> Bool {
    guard waiting.contains(where: { $0 === round }) else { return false }
    waiting.removeAll { $0 === round }
    return true
  }

  func failWaiting(_ error: PostgresError) {
    for round in waiting.removeAll() { round.end(.failure(error)) }
  }
}
