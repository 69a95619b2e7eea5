import JSONRPC

/// Everything that was measured in one run.
struct Report: Sendable {
  private(set) var findings: [Finding] = []

  mutating func add(_ more: [Finding]) { findings += more }

  /// A table in Markdown, its columns aligned.
  var table: String {
    let head = [
      "what", "calls/s", "p50 ms", "p99 ms", "daemon CPU µs", "generator CPU", "beside it", "ratio",
      "wanted", "reached",
    ]
    let rows = [head] + findings.map(Self.cells)
    let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { index, cell in
        cell + String(repeating: " ", count: widths[index] - cell.count)
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = line(widths.map { String(repeating: "-", count: $0) })
    return ([line(head), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
  }

  private static func cells(_ finding: Finding) -> [String] {
    func text(_ value: Double?) -> String { value.map(Finding.text) ?? "" }
    let missed = finding.goals.filter { !$0.isReached }.map(\.name)
    let limit = [finding.limit, finding.limitRate.map { Finding.text($0) + "/s" }, finding.note]
    return [
      finding.what, text(finding.rate), text(finding.p50), text(finding.p99), text(finding.cpu),
      finding.generatorShare.map { "\(Int(($0 * 100).rounded())) %" } ?? "",
      limit.compactMap(\.self).joined(separator: "; "), text(finding.ratio),
      finding.goals.map(\.wanted).joined(separator: ", "),
      finding.goals.isEmpty
        ? "" : missed.isEmpty ? "yes" : "no: " + missed.joined(separator: ", "),
    ]
  }

  /// The report for programs: an array of objects.
  var json: String {
    var json = JSONWriter()
    json.beginArray()
    for finding in findings {
      json.beginObject()
      json.member("what", finding.what)
      let figures = [
        ("calls_per_second", finding.rate), ("p50_ms", finding.p50), ("p99_ms", finding.p99),
        ("daemon_cpu_us", finding.cpu), ("generator_share", finding.generatorShare),
        ("limit_per_second", finding.limitRate), ("ratio", finding.ratio),
      ]
      for (name, value) in figures {
        guard let value else { continue }
        json.key(name)
        json.double(value)
      }
      json.member("limit", finding.limit)
      json.member("note", finding.note)
      json.key("goals")
      json.beginArray()
      for goal in finding.goals {
        json.beginObject()
        json.member("name", goal.name)
        json.key("measured")
        json.double(goal.measured)
        json.key("bound")
        json.double(goal.bound)
        json.member("is_upper_bound", goal.isUpperBound)
        json.member("is_reached", goal.isReached)
        json.endObject()
      }
      json.endArray()
      json.endObject()
    }
    json.endArray()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
