/// A line of the table.
struct Finding: Sendable {
  /// A figure that is held against a bound.
  struct Goal: Sendable {
    let name: String
    let measured: Double
    let bound: Double
    var isUpperBound = false
    var unit = ""

    var isReached: Bool { isUpperBound ? measured <= bound : measured >= bound }
    var wanted: String { "\(isUpperBound ? "≤" : "≥") \(Finding.text(bound))\(unit) \(name)" }
  }

  let what: String
  var rate: Double?
  var p50: Double?
  var p99: Double?
  var cpu: Double?
  /// The share of one core that the generator took.
  var generatorShare: Double?
  /// The limit that the rate is compared with.
  var limit: String?
  var limitRate: Double?
  var goals: [Goal] = []
  /// What else there is to say.
  var note: String?

  var ratio: Double? {
    guard let rate, let limitRate, limitRate > 0 else { return nil }
    return rate / limitRate
  }

  init(_ what: String) {
    self.what = what
  }

  init(_ what: String, _ measured: Measurement) {
    self.what = what
    let sorted = measured.latencies.sorted()
    rate = measured.rate
    p50 = sorted.milliseconds(at: 0.5)
    p99 = sorted.milliseconds(at: 0.99)
    cpu = measured.daemonMicroseconds
    generatorShare = measured.generatorShare
  }

  /// Holds the rate against a limit's, and the CPU of a call against a bound in microseconds.
  mutating func compare(
    with limit: String, _ limitRate: Double, atLeast: Double, cpu bound: Double?
  ) {
    self.limit = limit
    self.limitRate = limitRate
    goals.append(Goal(name: "of it", measured: ratio ?? 0, bound: atLeast))
    if let bound, let cpu {
      goals.append(Goal(name: "CPU", measured: cpu, bound: bound, isUpperBound: true, unit: " µs"))
    }
  }

  /// Three digits or so.
  static func text(_ value: Double) -> String {
    switch abs(value) {
    case 100...: return String(Int(value.rounded()))
    case 10...: return decimal(value, 1)
    case 1...: return decimal(value, 2)
    default: return decimal(value, 3)
    }
  }

  private static func decimal(_ value: Double, _ digits: Int) -> String {
    let scale = [1.0, 10, 100, 1000][digits]
    let text = String((value * scale).rounded() / scale)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
