import JSONRPC
import Postgres

/// What merging and unmerging have in common.
enum PatientMerges {
  /// "merge" as a number.
  private static let advisoryKey: Int64 = 0x6d_6572_6765

  /// Lets only one merge run at a time, so that no chain becomes a ring, and locks the open days of
  /// the queue: a day is always locked before patients.
  ///
  /// - Returns: the open days.
  static func lockWithOpenDays(_ transaction: Transaction) async throws -> [LocalDate] {
    try await transaction.pipeline([
      "SELECT pg_advisory_xact_lock(\(advisoryKey))",
      "SELECT date FROM queue_days WHERE closed_at IS NULL ORDER BY date FOR NO KEY UPDATE",
    ])[1].column()
  }

  /// Tokens have another patient now: for open days, the queue in memory, Redis and boards follow
  /// at once. For days that are over a new version is made; whoever shows such a day reads it
  /// again.
  static func showInQueue(
    _ days: [LocalDate], _ merge: Int64, of patient: ID<Patient>, in transaction: Transaction,
    of clinic: Clinic
  ) async throws {
    let rows = try await transaction.query(
      """
      SELECT t.date, t.number FROM patient_merge_rows r JOIN queue_tokens t \
      ON r.row_key = t.date || '/' || t.number WHERE r.merge_id = \(merge) \
      AND r.table_name = 'queue_tokens' AND t.date = ANY(\(days)) AND t.patient_id = \(patient)
      """)
    transaction.enqueue(
      """
      UPDATE queue_days SET version = version + 1 WHERE date <> ALL(\(days)) AND date::text IN \
      (SELECT left(row_key, 10) FROM patient_merge_rows WHERE merge_id = \(merge) \
      AND table_name = 'queue_tokens')
      """)
    guard !rows.isEmpty else { return }
    var numbers: [LocalDate: Set<Int>] = [:]
    for row in rows {
      var cells = row.cells
      numbers[try cells.next(), default: []].insert(try cells.next())
    }
    let name: String = try await transaction.query(
      "SELECT name FROM patients WHERE id = \(patient)"
    ).single()
    for (date, numbers) in numbers.sorted(by: { $0.key < $1.key }) {
      try await clinic.queue.change(date, in: transaction) { day, _ in
        day.reassign(numbers, to: patient, named: name)
      }
    }
  }
}

/// A patient whose row is locked against everybody who would add to it.
struct LockedPatient: Sendable, RowDecodable {
  let id: ID<Patient>
  let mergedInto: ID<Patient>?
  let archivedAt: Instant?
  let version: RowVersion

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    mergedInto = try cells.next()
    archivedAt = try cells.next()
    version = try cells.next()
  }

  static func lock(
    _ ids: [ID<Patient>], in transaction: Transaction
  ) async throws -> [ID<Patient>: LockedPatient] {
    let rows = try await transaction.query(
      """
      SELECT id, merged_into, archived_at, version FROM patients WHERE id = ANY(\(ids)) \
      ORDER BY id FOR UPDATE
      """
    ).decode(as: LockedPatient.self)
    return Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
  }
}
