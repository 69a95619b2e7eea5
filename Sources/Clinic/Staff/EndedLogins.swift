/// The logins that have ended recently.
struct EndedLogins: Sendable {
  private let life: Duration
  private var lately: Set<Int64> = []
  private var before: Set<Int64> = []
  /// When the logins in `lately` move to `before`.
  private var turn = ContinuousClock.now

  /// - Parameter life: how long each is kept at least; it is kept at most twice as long, once
  ///   others end.
  init(keptFor life: Duration) {
    self.life = life
  }

  var count: Int { lately.count + before.count }

  func contains(_ login: Int64) -> Bool { lately.contains(login) || before.contains(login) }

  mutating func insert(_ login: Int64, at now: ContinuousClock.Instant) {
    if now >= turn {
      before = now < turn + life ? lately : []
      lately = []
      turn = now + life
    }
    lately.insert(login)
  }
}
