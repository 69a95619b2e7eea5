import JSONRPC
import Synchronization

/// Counts calls by method and outcome, and how long they took by group of methods. Costs a call
/// some tens of nanoseconds.
final class CallMetrics: Sendable {
  private let methods: [String: MethodMetrics]
  /// Calls of methods that do not exist: names that strangers choose must not become labels.
  private let unknown: MethodMetrics
  private let latencies: [LatencyMetrics]

  init(methods names: [String]) {
    var groups: [String: LatencyMetrics] = [:]
    func latency(of method: String) -> LatencyMetrics {
      let group = String(method.prefix { $0 != "." })
      let known = groups[group] ?? LatencyMetrics(group: group)
      groups[group] = known
      return known
    }
    let metrics = names.map { MethodMetrics($0, latency: latency(of: $0)) }
    methods = Dictionary(metrics.map { ($0.method, $0) }) { first, _ in first }
    unknown = MethodMetrics("unknown", latency: latency(of: "unknown"))
    latencies = groups.values.sorted { $0.group < $1.group }
  }

  subscript(method: String) -> MethodMetrics { methods[method] ?? unknown }

  func write(to text: inout MetricsText) {
    text.family("clinicd_calls_total", .counter, "Calls that ended, by their outcome.")
    for method in (methods.values + [unknown]).sorted(by: { $0.method < $1.method }) {
      method.write(to: &text)
    }
    text.family(
      "clinicd_call_duration_seconds", .histogram,
      "From the start of a call to its outcome, by the first word of the method.")
    for latency in latencies { latency.write(to: &text) }
  }
}

/// One method's calls.
final class MethodMetrics: Sendable {
  let method: String
  private let latency: LatencyMetrics
  /// In the order of `labels`.
  private let outcomes: InlineArray<14, Atomic<Int>> = InlineArray { _ in Atomic(0) }

  /// `ok`, each code, and all other codes.
  private static let codes = RPCError.Code.allCases.map(\.rawValue)
  private static let labels = ["ok"] + codes.map(String.init) + ["other"]

  init(_ method: String, latency: LatencyMetrics) {
    self.method = method
    self.latency = latency
    precondition(outcomes.count == Self.labels.count, "a code has no place")
  }

  func note(_ outcome: CallOutcome, after time: Duration) {
    outcomes[Self.index(of: outcome)].wrappingAdd(1, ordering: .relaxed)
    latency.note(time)
  }

  private static func index(of outcome: CallOutcome) -> Int {
    switch outcome {
    case .result: 0
    case .failure(let error): (codes.firstIndex(of: error.code) ?? codes.count) + 1
    }
  }

  func write(to text: inout MetricsText) {
    for (index, label) in Self.labels.enumerated() {
      let count = outcomes[index].load(ordering: .relaxed)
      if count > 0 { text.sample(count, [("method", method), ("code", label)]) }
    }
  }
}

/// How long the calls of a group took.
final class LatencyMetrics: Sendable {
  let group: String
  private let buckets: InlineArray<15, Atomic<Int>> = InlineArray { _ in Atomic(0) }
  private let nanoseconds = Atomic(0)

  /// The upper ends of the buckets, in microseconds; the last bucket has none.
  private static let bounds = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000,
  ]

  init(group: String) { self.group = group }

  func note(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    let took = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    let bucket = Self.bounds.firstIndex { took <= $0 * 1_000 } ?? Self.bounds.count
    buckets[bucket].wrappingAdd(1, ordering: .relaxed)
    nanoseconds.wrappingAdd(took, ordering: .relaxed)
  }

  func write(to text: inout MetricsText) {
    var total = 0
    for (index, bound) in Self.bounds.enumerated() {
      total += buckets[index].load(ordering: .relaxed)
      text.sample(
        total, [("group", group), ("le", "\(Double(bound) / 1_000_000)")], suffix: "_bucket")
    }
    total += buckets[Self.bounds.count].load(ordering: .relaxed)
    text.sample(total, [("group", group), ("le", "+Inf")], suffix: "_bucket")
    text.sample(
      Double(nanoseconds.load(ordering: .relaxed)) / 1_000_000_000, [("group", group)],
      suffix: "_sum")
    text.sample(total, [("group", group)], suffix: "_count")
  }
}
