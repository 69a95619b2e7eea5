import NIOCore

/// `patients.list` by part of a name and by part of a phone number, beside the same query by
/// pgbench.
enum SearchPatients {
  static func measure(_ setting: Setting) async throws -> [Finding] {
    let terms = try await names(in: setting)
    let limit = try await setting.postgres.transactions(load(terms, setting))
    var searches: [String] = []
    for index in 0..<2000 {
      searches.append(terms[index % terms.count].joined(separator: " "))
      searches.append(String(Int.random(in: 100_000..<1_000_000)))
    }
    let calls = searches.map { Request.line("patients.list", #"{"search":"\#($0)"}"#) }
    var findings = try await setting.scale("patients.list search", calls)
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 0.7, cpu: 85)
    return findings
  }

  /// Parts of names of patients there are: of a last name, or of a first and a last name.
  private static func names(in setting: Setting) async throws -> [[String]] {
    let first = try await Patients.first(in: setting)
    let rows = try await setting.postgres.run(
      "SELECT name FROM patients WHERE id IN (SELECT \(first) + n * 5821 FROM generate_series(1, 16) n) ORDER BY id"
    ).split(separator: "\n")
    return rows.enumerated().map { index, name in
      let words = name.split(separator: " ").map(String.init)
      let last = String((words.last ?? "").prefix(6))
      return index % 2 == 0 ? [last] : [String((words.first ?? "").prefix(4)), last]
    }
  }

  private static func load(_ terms: [[String]], _ setting: Setting) -> Postgres.Load {
    var scripts = [
      (
        text: """
        \\set part random(100000, 999999)
        \(select("search LIKE '%' || ltrim(digits(:part), '0') || '%' OR id = :part"))
        """, weight: terms.count
      )
    ]
    var variables: [String: String] = [:]
    for (index, words) in terms.enumerated() {
      let conditions = words.indices.map { word in
        let name = "term_\(index)_\(word)"
        variables[name] = words[word]
        let start = words[word].unicodeScalars.count < 3 ? "% " : "%"
        return "search LIKE '\(start)' || searchable(:\(name)) || '%'"
      }
      scripts.append((text: select(conditions.joined(separator: " AND ")), weight: 1))
    }
    return Postgres.Load(
      scripts: scripts, clients: 8, seconds: setting.seconds, variables: variables)
  }

  private static func select(_ condition: String) -> String {
    """
    SELECT id, name, phone, date_of_birth, \
    estimated_age + extract(year FROM age(current_date, estimated_on))::integer, \
    sex, verified, archived_at, version FROM patients WHERE id > 0 AND archived_at IS NULL \
    AND (\(condition)) ORDER BY id LIMIT 51;
    """
  }
}
