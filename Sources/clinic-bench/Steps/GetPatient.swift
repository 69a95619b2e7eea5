import NIOCore

/// `patients.get`, which writes an audit entry, beside the same SELECT by pgbench.
enum GetPatient {
  static func measure(_ setting: Setting) async throws -> [Finding] {
    let first = try await Patients.first(in: setting)
    let limit = try await setting.postgres.transactions(
      Postgres.Load(
        scripts: [
          (
            """
            \\set id random(\(first), \(first + Patients.count - 1))
            SELECT \(Limits.patient) FROM patients WHERE id = :id;
            """, 1
          )
        ], clients: 8, seconds: setting.seconds))
    let calls = (0..<10_000).map { _ in
      Request.line("patients.get", #"{"id":\#(first + Int.random(in: 0..<Patients.count))}"#)
    }
    var findings = try await setting.scale(
      "patients.get", calls, seconds: setting.isQuick ? nil : 30)
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 0.5, cpu: 60)
    return findings + [try await drained(setting)]
  }

  /// How long the audit of all that takes to be sealed and shipped.
  private static func drained(_ setting: Setting) async throws -> Finding {
    let behind = try await Audit.behind(setting)
    let before = try setting.daemon.cpuNanoseconds()
    let seconds = try await Audit.drain(setting, within: setting.isQuick ? 60 : 300)
    let spent = Double(try setting.daemon.cpuNanoseconds() - before) / 1000
    let left = try await Audit.behind(setting)
    var finding = Finding("its audit sealed and shipped")
    finding.cpu = spent / Double(max(1, behind - left))
    finding.note =
      "\(behind) entries behind at the end; "
      + (seconds.map { "\(Finding.text($0)) s until none" } ?? "\(left) left after the wait")
    return finding
  }
}
