import Postgres
import Redis

/// Today's queue in Redis, key by key, with the rows.
struct QueueComparison: Comparison {
  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let (day, kept) = try await standstill(of: clinic)
    var expected = clinic.liveQueue.expected(day)
    // Whoever was called last and then put back still stands there, as good as the one before.
    let current = "queue:current:\(day.date)"
    if day.tokens.contains(where: { kept[current]?[""] == $0.token.description }) {
      expected[current] = kept[current]
    }
    if day.version == 0 {
      // Made anew before anybody came, a day has its two numbers already.
      for (key, fields) in kept where fields == ["": "0"] { expected[key] = fields }
    }
    findings.checked("queue", expected.count)
    for (key, fields) in expected.sorted(by: { $0.key < $1.key }) where kept[key] != fields {
      let names = Self.differing(fields, kept[key])
      findings.add(
        .redis, "queue", key, expected: Self.told(key, fields, names),
        found: kept[key].map { Self.told(key, $0, names) })
    }
    for key in kept.keys.sorted() where expected[key] == nil {
      findings.add(.redis, "queue", key, found: "a key that should not be there")
    }
    guard repairs, findings.found > 0 else { return findings }
    let wrong = Set(kept.keys).union(expected.keys).filter { kept[$0] != expected[$0] }
    guard await clinic.liveQueue.repair(day, removing: wrong.sorted()) else {
      throw ClinicError(.storeUnavailable).with("store", "redis")
    }
    return findings
  }

  /// The day and its keys at the same version, or as they are if the day never stands still.
  private func standstill(
    of clinic: Clinic
  ) async throws -> (day: QueueDay, kept: [String: [String: String]]) {
    let date: LocalDate = try await clinic.postgres.query("SELECT current_date").single()
    var attempt = 0
    while true {
      attempt += 1
      let day = try await QueueDay.read(
        date, rules: clinic.settings.queue, from: clinic.postgres)
      guard let kept = await clinic.liveQueue.contents(of: date) else {
        throw ClinicError(.storeUnavailable).with("store", "redis")
      }
      let later = await clinic.liveQueue.version(of: date)
      let after = try await QueueDay.read(
        date, rules: clinic.settings.queue, from: clinic.postgres)
      // A day that moves on is looked at again; the daemons bring a late Redis up within a second.
      if (later == day.version && after.version == day.version) || attempt == 30 {
        return (day, kept)
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private static func differing(_ expected: [String: String], _ kept: [String: String]?) -> [String]
  {
    let kept = kept ?? [:]
    return Set(expected.keys).union(kept.keys).filter { expected[$0] != kept[$0] }.sorted()
  }

  /// A token's key tells which fields differ, but not what they hold: there are patients' names in
  /// them.
  private static func told(_ key: String, _ fields: [String: String], _ names: [String]) -> String {
    if key.hasPrefix("queue:token:") { return names.joined(separator: ", ") }
    return names.compactMap { name in
      fields[name].map { name.isEmpty ? $0 : "\(name) \($0)" }
    }.joined(separator: ", ")
  }
}
