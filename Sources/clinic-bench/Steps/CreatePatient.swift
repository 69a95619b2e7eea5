import NIOCore

/// `patients.create` beside that transaction by pgbench: look for duplicates, insert, audit.
enum CreatePatient {
  private static let script = """
    \\set phone random(1000000, 9999999)
    \\set born random(0, 33000)
    BEGIN;
    SELECT id, name, phone, date_of_birth, score FROM (SELECT id, name, phone, date_of_birth, \
    round((0.5 * similarity(name_key, folded('Bench Patient ' || :phone)) \
    + CASE WHEN right(phone_key, 8) = '0' || :phone THEN 0.3 ELSE 0 END \
    + CASE WHEN date_of_birth = date '1930-01-01' + :born::int THEN 0.2 ELSE 0 END)::numeric, 2)::float8 \
    AS score FROM patients WHERE archived_at IS NULL \
    AND (right(phone_key, 8) = '0' || :phone \
    OR date_of_birth = date '1930-01-01' + :born::int OR name_key = folded('Bench Patient ' || :phone))) \
    candidates WHERE score >= 0.5 ORDER BY score DESC, id LIMIT 5;
    INSERT INTO patients (name, phone, date_of_birth, sex, registered_by) VALUES \
    ('Bench Patient ' || :phone, '+44 20 ' || :phone, date '1930-01-01' + :born::int, 'FEMALE', \
    'pgbench') RETURNING \(Limits.patient);
    INSERT INTO bench.audit_entries (user_name, role, source, method, resource_type, resource_id, \
    outcome, request_id) VALUES ('uid:0', 'ADMIN', 'unix', 'patients.create', 'patient', :phone, \
    'ok', 'pgbench');
    COMMIT;
    """

  static func measure(_ setting: Setting) async throws -> [Finding] {
    try await Limits.prepare(in: setting)
    let limit = try await setting.postgres.transactions(
      Postgres.Load(scripts: [(script, 1)], clients: 64, seconds: setting.seconds))
    let calls = (0..<20_000).map { _ in
      let phone = Int.random(in: 1_000_000...9_999_999)
      let born = "19\(30 + phone % 70)-0\(1 + phone / 70 % 9)-1\(phone / 700 % 10)"
      let who = #""name":"Bench Patient \#(phone)","phone":"+44 20 \#(phone)""#
      return Request.line(
        "patients.create", #"{\#(who),"date_of_birth":"\#(born)","sex":"FEMALE"}"#)
    }
    var findings = try await setting.scale("patients.create", calls)
    findings[Setting.main].compare(with: "pgbench", limit, atLeast: 0.7, cpu: 130)
    try await Patients.forgetRegistered(in: setting)
    return findings
  }
}
