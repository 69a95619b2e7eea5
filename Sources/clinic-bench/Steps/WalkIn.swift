import NIOCore

/// `queue.walk_in` beside such a transaction a commit by pgbench.
///
/// A day is emptied before it gets longer than a clinic's: the time of that does not count.
enum WalkIn {
  private static let script = """
    BEGIN;
    SELECT last_number + 1 AS number, version + 1 AS version FROM bench.queue_days \
    WHERE date = current_date FOR NO KEY UPDATE \\gset
    SELECT id, name, archived_at IS NOT NULL FROM patients WHERE id = :first::bigint + :number::bigint FOR KEY SHARE;
    INSERT INTO bench.queue_tokens (date, number, patient_id, patient_name, priority, status, \
    arrived_at, changed_version) VALUES (current_date, :number, :first::bigint + :number::bigint, 'Asha Sharma', \
    'ROUTINE', 'WAITING', now(), :version);
    \(Limits.eventAndAudit("queue.walk_in"))
    UPDATE bench.queue_days SET last_number = :number, version = :version WHERE date = current_date;
    COMMIT;
    """

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let day = try await ClinicDay(in: setting)
    try await Limits.prepare(in: setting)
    let limit = try await setting.postgres.transactions(
      Postgres.Load(
        scripts: [(script, 1)], clients: 8, seconds: setting.seconds,
        variables: ["first": String(day.patient)]))
    var findings: [Finding] = []
    for count in [1, 64, 256] {
      let measured = try await measure(on: day, connections: count)
      findings.append(
        Finding("queue.walk_in, \(count) caller\(count == 1 ? "" : "s")", measured))
    }
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 1, cpu: 150)
    findings[Setting.main].note = "days of \(ClinicDay.length) tokens"
    return findings
  }

  private static func measure(on day: ClinicDay, connections: Int) async throws -> Measurement {
    let setting = day.setting
    return try await LoadGenerator.with(setting.socket, connections: connections) { generator in
      var total = Measurement()
      for round in 0..<(setting.isQuick ? 3 : 10) where total.seconds < setting.seconds {
        try await day.reset()
        let calls = day.walkIns(ClinicDay.length, round: round)
        let measured = try await setting.measure(
          generator, SingleCalls(calls), seconds: setting.seconds)
        // The first round warms up.
        if round > 0 { total.add(measured) }
      }
      return total
    }
  }
}
