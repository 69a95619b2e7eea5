import Postgres

/// The summaries of the last days with what PostgreSQL gives now (rule 44).
struct DayComparison: Comparison {
  private static let days: SQL = """
    SELECT d::date FROM projections p, \
    generate_series(current_date - 14, current_date - 1, interval '1 day') d \
    WHERE p.name = 'daily_summaries' AND d::date - DATE '2000-01-01' <= p.position \
    AND NOT EXISTS (SELECT FROM outbox o WHERE o.topic = 'daily_summaries' \
    AND o.entity_id = d::date - DATE '2000-01-01') \
    AND (EXISTS (SELECT FROM queue_days q WHERE q.date = d::date) \
    OR EXISTS (SELECT FROM visits v WHERE v.date = d::date) \
    OR EXISTS (SELECT FROM payments y WHERE y.date = d::date) \
    OR EXISTS (SELECT FROM refunds f WHERE f.date = d::date)) ORDER BY d
    """

  func run(in clinic: Clinic, repairs: Bool) async throws -> Findings {
    var findings = Findings()
    let dates: [LocalDate] = try await clinic.postgres.query(Self.days).column()
    findings.checked(DailySummaries.collection, dates.count)
    let differing = try await DailySummaries.differing(
      dates, from: clinic.postgres, to: clinic.mongo)
    for (date, _) in differing {
      findings.add(.mongodb, DailySummaries.collection, date.description)
    }
    if repairs, !differing.isEmpty {
      try await DailySummaries.store(
        differing.map(\.date), from: clinic.postgres, to: clinic.mongo)
    }
    return findings
  }
}
