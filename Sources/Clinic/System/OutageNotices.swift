/// Which repeated failures are logged: each once a minute, so that an outage of hours does not fill
/// the journal.
struct OutageNotices: Sendable {
  private static let interval = Duration.seconds(60)

  private var told: [String: ContinuousClock.Instant] = [:]

  mutating func isNews(_ reason: String, at now: ContinuousClock.Instant = .now) -> Bool {
    told = told.filter { now - $0.value < Self.interval }
    guard told[reason] == nil else { return false }
    told[reason] = now
    return true
  }
}
