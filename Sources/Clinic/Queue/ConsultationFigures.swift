/// What today's consultations tell about waiting.
struct ConsultationFigures: Sendable {
  /// A doctor counts as active for this long after a patient left.
  static let activeFor: Int64 = 30 * 60 * 1_000_000

  private var count: Int64 = 0
  private var microseconds: Int64 = 0
  /// When each doctor's patients left, by the tokens' numbers.
  private var ends: [ID<User>: [Int: Instant]] = [:]
  private var lastSeen: [ID<User>: Instant] = [:]
  private var serving: Set<ID<User>> = []

  mutating func add(_ token: QueueToken) {
    guard let doctor = token.doctorID else { return }
    if token.status == .withDoctor { serving.insert(doctor) }
    if let length = Self.length(of: token) {
      count += 1
      microseconds += length
      if let end = token.endedAt {
        ends[doctor, default: [:]][token.number] = end
        lastSeen[doctor] = max(end, lastSeen[doctor] ?? end)
      }
    }
  }

  mutating func remove(_ token: QueueToken) {
    guard let doctor = token.doctorID else { return }
    if token.status == .withDoctor { serving.remove(doctor) }
    if let length = Self.length(of: token) {
      count -= 1
      microseconds -= length
      ends[doctor]?[token.number] = nil
      lastSeen[doctor] = ends[doctor]?.values.max()
    }
  }

  /// The time from the call to the end, for a consultation that a person completed.
  static func length(of token: QueueToken) -> Int64? {
    guard token.status == .completed, !token.autoClosed, let start = token.calledAt,
      let end = token.endedAt
    else { return nil }
    // Figures of a day: a store may tell of any times.
    return min(max(0, end.microseconds - start.microseconds), 86_400_000_000)
  }

  /// Minutes, rounded up, until `ahead` patients are through; `nil` while no consultation was
  /// completed today or no doctor is active.
  ///
  /// - Parameter doctor: whose patients they are; `nil` for those of all active doctors.
  func estimatedWaitMinutes(ahead: Int, of doctor: ID<User>?, at now: Instant) -> Int? {
    let recent = lastSeen.filter { now.microseconds - $0.value.microseconds < Self.activeFor }
    var active = serving.union(recent.keys)
    if let doctor { active.formIntersection([doctor]) }
    guard count > 0, !active.isEmpty else { return nil }
    let mean = Double(microseconds) / Double(count)
    return Int((Double(ahead) * mean / Double(active.count) / 60_000_000).rounded(.up))
  }
}
