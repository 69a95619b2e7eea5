/// The patients that are measured with: 100,000, whose ids follow each other.
enum Patients {
  static let count = 100_000
  private static let mark = "clinic-bench"

  /// Loads the patients once, and removes those that earlier measurements have registered.
  static func load(into setting: Setting) async throws {
    try await forgetRegistered(in: setting)
    let known = try await setting.postgres.number(
      "SELECT count(*) FROM patients WHERE registered_by = '\(mark)'")
    guard known != count else { return }
    guard known == 0 else {
      throw Failure("there are \(known) patients of '\(mark)'; remove the bench's data and repeat")
    }
    Measure.tell("loading \(count) patients")
    try await setting.postgres.run(
      """
      WITH parts (part, firsts, stems, endings) AS (VALUES
      \(NameParts.rows))
      INSERT INTO patients (name, phone, date_of_birth, sex, email, address, allergies,
        chronic_conditions, medical_history, emergency_contact, registered_by)
      SELECT firsts[1 + h % cardinality(firsts)] || ' '
          || stems[1 + h / 64 % cardinality(stems)] || endings[1 + h / 4096 % cardinality(endings)],
        '+44 20 ' || lpad((n::bigint * 7919 % 10000000)::text, 7, '0'),
        date '1930-01-01' + h % 33000,
        CASE h / 8 % 2 WHEN 0 THEN 'FEMALE' ELSE 'MALE' END,
        CASE n % 3 WHEN 0 THEN 'patient' || n || '@example.org' END,
        (h % 200) || ' Example Street, Example Town',
        CASE n % 5 WHEN 0 THEN ARRAY['penicillin'] ELSE '{}' END,
        CASE n % 4 WHEN 0 THEN ARRAY['hypertension', 'type 2 diabetes'] ELSE '{}' END,
        CASE n % 3 WHEN 1 THEN 'Appendectomy in 2004. No complications.' END,
        CASE n % 2 WHEN 0 THEN '{"name":"A relative","phone":"+44 20 7946 0000","relation":null}'::jsonb END,
        '\(mark)'
      FROM generate_series(1, \(count)) n, LATERAL (SELECT hashint4(n) & 2147483647) AS hash (h),
        parts WHERE part = n % \(NameParts.all.count) ORDER BY n;
      VACUUM (ANALYZE) patients;
      """)
  }

  /// The id of the first of them.
  static func first(in setting: Setting) async throws -> Int {
    try await setting.postgres.number(
      "SELECT min(id) FROM patients WHERE registered_by = '\(mark)'")
  }

  /// Removes the patients that measurements have registered.
  static func forgetRegistered(in setting: Setting) async throws {
    try await setting.postgres.run(
      """
      DELETE FROM patients p WHERE (registered_by LIKE 'uid:%' OR registered_by = 'pgbench')
      AND NOT EXISTS (SELECT FROM queue_tokens WHERE patient_id = p.id)
      """)
  }
}
