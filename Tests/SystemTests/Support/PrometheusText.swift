import Testing

/// Prometheus' text format 0.0.4, read strictly.
struct PrometheusText {
  struct Sample: Hashable {
    let name: String
    let labels: [String: String]
  }
  struct Fault: Error { let line: String }

  private(set) var values: [Sample: Double] = [:]
  private var kinds: [String: String] = [:]

  init(_ text: String) throws {
    try #require(text.hasSuffix("\n"))
    var family = ""
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.split(separator: " ", maxSplits: 3).map(String.init)
      switch words.first {
      case "#" where words.count == 4 && words[1] == "HELP":
        try #require(kinds[words[2]] == nil, "a family is there once: \(line)")
        family = words[2]
      case "#" where words.count == 4 && words[1] == "TYPE":
        try #require(words[2] == family && ["counter", "gauge", "histogram"].contains(words[3]))
        try #require(
          words[3] != "counter" || family.hasSuffix("_total"), "a counter's name: \(line)")
        kinds[family] = words[3]
      default:
        let (sample, value) = try Self.sample(line)
        try #require(belongs(sample.name, to: family), "a sample is in its family: \(line)")
        let isNew = values.updateValue(value, forKey: sample) == nil
        try #require(isNew, "a sample is there once: \(line)")
      }
    }
    try checkHistograms()
  }

  subscript(name: String, labels: [String: String]) -> Double? {
    values[Sample(name: name, labels: labels)]
  }

  private func belongs(_ name: String, to family: String) -> Bool {
    kinds[family] == "histogram"
      ? ["_bucket", "_sum", "_count"].contains { family + $0 == name } : name == family
  }

  private static func sample(_ line: Substring) throws -> (Sample, Double) {
    let pattern = /([a-z_][a-z0-9_]*)(?:\{([^}]*)\})? ([-+0-9.e]+)/
    guard let match = line.wholeMatch(of: pattern), let value = Double(match.3) else {
      throw Fault(line: String(line))
    }
    var labels: [String: String] = [:]
    for pair in (match.2 ?? "").split(separator: ",", omittingEmptySubsequences: true) {
      guard let parts = pair.wholeMatch(of: /([a-z_]+)="([^"\\]*)"/) else {
        throw Fault(line: String(line))
      }
      let isNew = labels.updateValue(String(parts.2), forKey: String(parts.1)) == nil
      try #require(isNew, "a label is there once: \(line)")
    }
    return (Sample(name: String(match.1), labels: labels), value)
  }

  /// Buckets count up to all, and all is the count.
  private func checkHistograms() throws {
    for (family, kind) in kinds where kind == "histogram" {
      var series: [[String: String]: [(end: Double, count: Double)]] = [:]
      for (sample, value) in values where sample.name == family + "_bucket" {
        var labels = sample.labels
        let label = labels.removeValue(forKey: "le")
        let end = try #require(label)
        let bound = try #require(end == "+Inf" ? Double.infinity : Double(end))
        series[labels, default: []].append((bound, value))
      }
      for (labels, buckets) in series {
        let counts = buckets.sorted { $0.end < $1.end }
        try #require(counts.last?.end == .infinity)
        try #require(counts.map(\.count) == counts.map(\.count).sorted())
        try #require(self[family + "_count", labels] == counts.last?.count)
        try #require(self[family + "_sum", labels] != nil)
      }
    }
  }
}
