import NIOCore

/// `queue.call_next` and `queue.set_status` to COMPLETED, timed together, beside two such
/// transactions by pgbench. A caller is a doctor.
enum Serving {
  private static let doctors = 64

  /// The next token is the one whose number `last_number` counts to.
  private static let script = """
    BEGIN;
    SELECT last_number + 1 AS number, version + 1 AS version FROM bench.queue_days \
    WHERE date = current_date FOR NO KEY UPDATE \\gset
    UPDATE bench.queue_tokens SET status = 'WITH_DOCTOR', doctor_id = :doctor::bigint + :client_id::bigint, \
    called_at = now(), changed_version = :version WHERE date = current_date AND number = :number;
    \(Limits.eventAndAudit("queue.call_next"))
    UPDATE bench.queue_days SET last_number = :number, version = :version WHERE date = current_date;
    COMMIT;
    BEGIN;
    SELECT version + 1 AS version FROM bench.queue_days \
    WHERE date = current_date FOR NO KEY UPDATE \\gset
    UPDATE bench.queue_tokens SET status = 'COMPLETED', ended_at = now(), \
    changed_version = :version WHERE date = current_date AND number = :number;
    \(Limits.eventAndAudit("queue.set_status"))
    UPDATE bench.queue_days SET version = :version WHERE date = current_date;
    COMMIT;
    """

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let day = try await ClinicDay(in: setting)
    let ids = try await Doctors.ids(doctors, in: setting)
    try await Limits.prepare(in: setting)
    try await setting.postgres.run(
      """
      INSERT INTO bench.queue_tokens (date, number, patient_id, patient_name, priority, status,
      arrived_at, changed_version) SELECT current_date, n, \(day.patient) + n - 1, 'Asha Sharma',
      'ROUTINE', 'WAITING', now(), 0 FROM generate_series(1, \(Patients.count)) n;
      VACUUM (ANALYZE) bench.queue_tokens;
      """)
    let limit = try await setting.postgres.transactions(
      Postgres.Load(
        scripts: [(script, 1)], clients: 8, seconds: setting.seconds,
        variables: ["doctor": String(ids[0])]))
    var findings: [Finding] = []
    for count in [1, 16, doctors] {
      let measured = try await measure(on: day, doctors: Array(ids.prefix(count)))
      findings.append(
        Finding("call_next and COMPLETED, \(count) doctor\(count == 1 ? "" : "s")", measured))
    }
    for index in 1...2 {
      findings[index].compare(with: "pgbench", limit, atLeast: 1, cpu: 110)
    }
    return findings
  }

  private static func measure(on day: ClinicDay, doctors: [Int]) async throws -> Measurement {
    let setting = day.setting
    return try await LoadGenerator.with(setting.socket, connections: doctors.count) { generator in
      var total = Measurement()
      for round in 0..<(setting.isQuick ? 3 : 10) where total.seconds < setting.seconds {
        try await day.reset()
        try await day.fill(ClinicDay.length)
        let measured = try await setting.measure(
          generator, Consultations(doctors: doctors, count: ClinicDay.length),
          seconds: setting.seconds)
        if round > 0 { total.add(measured) }
      }
      return total
    }
  }
}
