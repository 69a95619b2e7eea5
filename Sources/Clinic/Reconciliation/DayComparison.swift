import Mongo
import Postgres

/// Compares the summaries of days that are over with what PostgreSQL gives now (rule 44).
struct DayComparison: Comparison {
  private static let step = 100

  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let stored = try await clinic.mongo.find(DailySummaryTopic.collection, projection: ["_id": 1])
      .compactMap { $0["_id"] }.map { (id: $0, date: $0.stringValue.flatMap(LocalDate.init)) }
    let known = stored.compactMap(\.date)
    let today: LocalDate = try await clinic.postgres.query("SELECT current_date").single()
    let dates: [LocalDate] = try await clinic.postgres.query(days(known)).column()
    findings.checked(DailySummaryTopic.collection, dates.count)
    for start in stride(from: 0, to: dates.count, by: Self.step) {
      let part = Array(dates[start..<min(start + Self.step, dates.count)])
      try await compare(part, known: known, in: clinic, repairs: repairs, &findings)
    }
    let strays = stored.filter { $0.date.map { $0 > today } ?? true }.map(\.id)
    for id in strays {
      findings.add(
        .mongodb, DailySummaryTopic.collection, id.stringValue ?? "an id of another kind",
        found: "a summary")
    }
    if repairs, !strays.isEmpty {
      try await clinic.mongo.deleteMany(
        DailySummaryTopic.collection, filter: ["_id": ["$in": .array(strays)]])
    }
    return findings
  }

  private func compare(
    _ dates: [LocalDate], known: [LocalDate], in clinic: Clinic, repairs: Bool,
    _ findings: inout Findings
  ) async throws {
    var differing = try await DailySummaryTopic.differing(
      dates, from: clinic.postgres, to: clinic.mongo)
    if !differing.isEmpty {
      // A day that has changed meanwhile is in the outbox, and left out, or has been shipped by now.
      let still: [LocalDate] = try await clinic.postgres.query(days(known)).column()
      differing = try await DailySummaryTopic.differing(
        differing.map(\.date).filter(Set(still).contains), from: clinic.postgres, to: clinic.mongo)
    }
    for (date, _) in differing {
      findings.add(
        .mongodb, DailySummaryTopic.collection, date.description, expected: "a summary",
        found: known.contains(date) ? "another summary" : nil)
    }
    if repairs, !differing.isEmpty {
      try await DailySummaryTopic.store(
        differing.map(\.date), from: clinic.postgres, to: clinic.mongo)
    }
  }

  /// The days that have a summary, and those since the first of them, or in the last fortnight, on
  /// which something was done. Days that are about to be shipped are not among them.
  private func days(_ known: [LocalDate]) -> SQL {
    """
    SELECT d::date FROM projections p, \
    generate_series(least(\(known.min()), current_date - 14), current_date - 1, interval '1 day') d \
    WHERE p.name = 'daily_summaries' AND \(sql: DailySummaryTopic.number(of: "d::date")) <= p.position \
    AND NOT EXISTS (SELECT FROM outbox o WHERE o.topic = 'daily_summaries' \
    AND o.entity_id = \(sql: DailySummaryTopic.number(of: "d::date"))) \
    AND (d::date = ANY(\(known)) \
    OR EXISTS (SELECT FROM queue_days q WHERE q.date = d::date) \
    OR EXISTS (SELECT FROM appointments a WHERE a.date = d::date) \
    OR EXISTS (SELECT FROM visits v WHERE v.date = d::date) \
    OR EXISTS (SELECT FROM invoices i WHERE i.date = d::date) \
    OR EXISTS (SELECT FROM payments y WHERE y.date = d::date) \
    OR EXISTS (SELECT FROM refunds f WHERE f.date = d::date)) ORDER BY d
    """
  }
}
