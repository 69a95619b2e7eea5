/// What is due at once, and then each time that an interval has passed.
struct Periodic {
  private let interval: Duration
  private var last: ContinuousClock.Instant?

  init(_ interval: Duration) {
    self.interval = interval
  }

  mutating func isDue() -> Bool {
    let now = ContinuousClock.now
    if let last, now - last < interval { return false }
    last = now
    return true
  }
}
