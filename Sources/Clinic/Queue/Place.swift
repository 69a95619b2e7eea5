/// The place of a waiting token: places compare in the order of service.
struct Place: Sendable, Comparable {
  /// Tokens that have been passed over often enough go first, then those recalled to the front,
  /// then all others by priority and arrival, then recalled ones that let some calls pass.
  private enum Tier: Int { case overdue, recalled, regular, held }

  private let tier: Int
  private let rank: Int
  /// Since when its token stands in line.
  let since: Instant
  let number: Int

  init(of token: QueueToken, under rules: QueueRules) {
    let tier: Tier =
      if let calls = token.callsToWait, calls > 0 {
        .held
      } else if token.passedOver >= rules.passOverLimit { .overdue } else if token.callsToWait == 0
      { .recalled } else { .regular }
    self.tier = tier.rawValue
    self.rank = tier == .regular ? token.priority.rank : 0
    self.since = token.standsSince(under: rules)
    self.number = token.number
  }

  /// Whether its token lets some calls pass.
  var isHeld: Bool { tier == Tier.held.rawValue }

  static func < (a: Place, b: Place) -> Bool {
    (a.tier, a.rank, a.since, a.number) < (b.tier, b.rank, b.since, b.number)
  }
}
