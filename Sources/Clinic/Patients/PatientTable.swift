import Postgres

/// The tables whose rows name a patient. A merge moves the rows of all of them (rule 6); a test
/// compares this list with the schema. Only the rows of `visitors` stay: they live for minutes, and
/// whoever reads them takes the survivor.
struct PatientTable: Sendable {
  let name: String
  /// The row's number as text, for `patient_merge_rows`.
  let key: SQL
  /// Matches rows created for another row (a token for its appointment), given that row's patient.
  private let isMadeFor: @Sendable (ID<Patient>) -> SQL

  /// Ordered so that a table comes after the tables its rows are made for.
  static let moved = [
    PatientTable("appointments"),
    PatientTable("queue_tokens", key: "(date || '/' || number)") {
      "appointment_id IN (SELECT id FROM appointments WHERE patient_id = \($0))"
    },
    PatientTable("visits") {
      """
      appointment_id IN (SELECT id FROM appointments WHERE patient_id = \($0)) \
      OR (token_date, token_number) IN (SELECT date, number FROM queue_tokens WHERE patient_id = \($0))
      """
    },
    PatientTable("prescriptions") {
      "visit_id IN (SELECT id FROM visits WHERE patient_id = \($0))"
    },
    PatientTable("dispensings") {
      "prescription_id IN (SELECT id FROM prescriptions WHERE patient_id = \($0))"
    },
    PatientTable("invoices") {
      """
      visit_id IN (SELECT id FROM visits WHERE patient_id = \($0)) \
      OR prescription_id IN (SELECT id FROM prescriptions WHERE patient_id = \($0))
      """
    },
  ]

  private init(
    _ name: String, key: SQL = "id::text",
    isMadeFor: @escaping @Sendable (ID<Patient>) -> SQL = { _ in "false" }
  ) {
    self.name = name
    self.key = key
    self.isMadeFor = isMadeFor
  }

  /// Gives all rows of a patient to another one, and records which rows those were.
  func move(
    from old: ID<Patient>, to survivor: ID<Patient>, merge: Int64
  ) -> SQL {
    """
    WITH moved AS (UPDATE \(raw: name) SET patient_id = \(survivor) WHERE patient_id = \(old) \
    RETURNING \(sql: key) AS key) \
    INSERT INTO patient_merge_rows (merge_id, table_name, row_key) \
    SELECT \(merge), \(name), key FROM moved
    """
  }

  /// Gives back the rows of a merge that still belong to the survivor, and with them the rows made
  /// since for one that went back: a visit's prescription, an appointment's token. Those count as
  /// moved by the merge, so that the queue shows them. Later merges, of the patients in between, no
  /// longer have these rows.
  func giveBack(
    to old: ID<Patient>, from survivor: ID<Patient>, merge: Int64
  ) -> SQL {
    """
    WITH RECURSIVE above AS (SELECT survivor_id AS id FROM patient_merges WHERE id = \(merge) \
    UNION SELECT m.survivor_id FROM patient_merges m JOIN above a ON m.merged_id = a.id \
    WHERE m.undone_at IS NULL), \
    back AS (UPDATE \(raw: name) SET patient_id = \(old) WHERE patient_id = \(survivor) \
    AND (\(sql: key) IN (SELECT row_key FROM patient_merge_rows WHERE merge_id = \(merge) \
    AND table_name = \(name)) OR \(sql: isMadeFor(old))) RETURNING \(sql: key) AS key), \
    gone AS (DELETE FROM patient_merge_rows r USING back b, patient_merges m \
    WHERE r.table_name = \(name) AND r.row_key = b.key AND m.id = r.merge_id \
    AND m.undone_at IS NULL AND m.merged_id IN (SELECT id FROM above)) \
    INSERT INTO patient_merge_rows (merge_id, table_name, row_key) \
    SELECT \(merge), \(name), key FROM back ON CONFLICT DO NOTHING
    """
  }
}
