/// How long to wait before the next attempt: longer after each failure, and never quite the same
/// for two clients, so that those who lost the same server do not all return at once.
public struct Backoff: Sendable, Hashable {
  /// The longest wait after the first failure; it doubles with each further one.
  public var first: Duration
  /// What it doubles up to.
  public var longest: Duration
  private var failures = 0

  public init(first: Duration = .milliseconds(100), longest: Duration = .seconds(5)) {
    self.first = first
    self.longest = longest
  }

  /// Counts a failure.
  ///
  /// - Returns: the time to wait now: between half of the present step and the whole of it.
  public mutating func next() -> Duration {
    let step = min(first * (1 << min(failures, 20)), longest)
    failures += 1
    return step / 2 + step / 2 * Double.random(in: 0...1)
  }

  /// Something worked: the next failure counts as the first again.
  public mutating func reset() { failures = 0 }
}
