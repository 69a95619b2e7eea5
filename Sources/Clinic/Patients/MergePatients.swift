import JSONRPC
package import Postgres

/// Merges a patient who was registered twice into the one that stays: every row that names the old
/// one moves, and the old number means the survivor from now on (rule 6).
package struct MergePatients: Command {
  /// The survivor.
  package typealias Result = Patient
  package static let name = "patients.merge"
  package static let summary = "Merges a patient into another one, who gets all that is there."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [
    .notFound, .staleVersion, .samePatient, .alreadyMerged, .patientArchived, .patientInQueue,
    .appointmentsOverlap, .visitOpen, .recordTooLong,
  ]
  package static let time: Duration? = .seconds(20)
  package static let sharesTransaction = false

  package let id: ID<Patient>
  /// The patient who stays.
  package let into: ID<Patient>
  package let reason: Note?
  /// The version of the patient who goes.
  package let version: RowVersion?

  package var subject: Subject? { Subject("patient", id) }
  package func auditDetails(of survivor: Patient) -> String? { #"{"into":\#(survivor.id)}"# }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Patient {
    let days = try await PatientMerges.lockWithOpenDays(transaction)
    let patients = try await LockedPatient.lock([id, into], in: transaction)
    guard let old = patients[id] else { throw ClinicError.notFound("patient", id) }
    guard let survivor = patients[into] else { throw ClinicError.notFound("patient", into) }
    if id == into { throw ClinicError(.samePatient) }
    for patient in [old, survivor] {
      if let other = patient.mergedInto {
        throw ClinicError(.alreadyMerged).with("id", patient.id)
          .with("merged_into", other)
      }
    }
    if survivor.archivedAt != nil { throw ClinicError(.patientArchived) }
    try version.require(old.version)
    let live = try await transaction.query(
      """
      SELECT FROM queue_tokens WHERE patient_id = \(id) \
      AND status IN ('WAITING', 'WITH_DOCTOR', 'SKIPPED')
      """)
    guard live.isEmpty else { throw ClinicError(.patientInQueue) }
    try await refuseCollisions(in: transaction)

    let merge: Int64 = try await transaction.query(
      """
      INSERT INTO patient_merges (merged_id, survivor_id, was_archived_at, reason, merged_by) \
      SELECT id, \(into), archived_at, \(reason), \(caller.scope) FROM patients WHERE id = \(id) \
      RETURNING id
      """
    ).single()
    _ = try await transaction.pipeline(
      PatientTable.moved.map { $0.move(from: id, to: into, merge: merge) } + [archive, repoint])
    try await PatientMerges.showInQueue(days, merge, of: into, in: transaction, of: clinic)
    let tooLong: String? = try await transaction.query(UnitedRecord.keep(merge)).single()
    if let tooLong { throw ClinicError(.recordTooLong).with("field", .string(tooLong)) }
    return try await transaction.query(UnitedRecord.unite(merge)).row()
  }

  /// Refuses what the survivor cannot have beside his or her own. The schema refuses it too; here
  /// the refusal names what is in the way, of the patient who goes.
  private func refuseCollisions(in transaction: Transaction) async throws {
    let found = try await transaction.pipeline([
      """
      SELECT a.id FROM appointments a JOIN appointments b ON b.date = a.date \
      AND a.start_time < b.end_time AND b.start_time < a.end_time \
      WHERE a.patient_id = \(id) AND b.patient_id = \(into) \
      AND a.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') AND NOT a.may_overlap \
      AND b.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') AND NOT b.may_overlap \
      ORDER BY a.id LIMIT 1
      """,
      """
      SELECT a.id FROM visits a JOIN visits b ON b.doctor_id = a.doctor_id \
      WHERE a.patient_id = \(id) AND b.patient_id = \(into) AND a.status = 'OPEN' \
      AND b.status = 'OPEN' ORDER BY a.id LIMIT 1
      """,
    ])
    if let appointment = try found[0].column(as: ID<Appointment>.self).first {
      throw ClinicError(.appointmentsOverlap).with("appointment_id", appointment)
    }
    if let visit = try found[1].column(as: ID<Visit>.self).first {
      throw ClinicError(.visitOpen).with("id", visit)
    }
  }

  private var archive: SQL {
    """
    UPDATE patients SET merged_into = \(into), archived_at = coalesce(archived_at, now()), \
    updated_at = now(), version = version + 1 WHERE id = \(id)
    """
  }

  /// Redirects all earlier numbers to the new survivor, so that one step resolves every number,
  /// however long the chain of merges is.
  private var repoint: SQL { "UPDATE patients SET merged_into = \(into) WHERE merged_into = \(id)" }
}

/// Undoes the last merge of a patient: the rows that it moved go back, as far as they still belong
/// to the survivor, with what was made for them since, and the patient is as before the merge;
/// archived only if nothing is under way. The survivor loses what the merge added and nobody has
/// changed since.
package struct UnmergePatient: Command {
  package typealias Result = Patient
  package static let name = "patients.unmerge"
  package static let summary = "Undoes the merge of a patient, who gets the rows back."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.notFound, .notMerged]
  package static let time: Duration? = .seconds(20)
  package static let sharesTransaction = false

  package let id: ID<Patient>

  package var subject: Subject? { Subject("patient", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Patient {
    let days = try await PatientMerges.lockWithOpenDays(transaction)
    let survivor: ID<Patient>? =
      try await transaction.query(
        "SELECT merged_into FROM patients WHERE id = \(id)"
      ).column(as: ID<Patient>?.self).first ?? nil
    // The merge's own survivor may have been merged since.
    let first: ID<Patient>? = try await transaction.query(
      "SELECT survivor_id FROM patient_merges WHERE merged_id = \(id) AND undone_at IS NULL"
    ).column(as: ID<Patient>.self).first
    let patients = try await LockedPatient.lock(
      [id, survivor ?? id, first ?? id], in: transaction)
    guard patients[id] != nil else { throw ClinicError.notFound("patient", id) }
    guard let survivor else { throw ClinicError(.notMerged) }
    let merge: Int64 = try await transaction.query(
      """
      UPDATE patient_merges SET undone_by = \(caller.scope), undone_at = now() \
      WHERE merged_id = \(id) AND undone_at IS NULL RETURNING id
      """
    ).single()
    let restored = try await transaction.pipeline(
      PatientTable.moved.map { $0.giveBack(to: id, from: survivor, merge: merge) }
        + [repoint] + UnitedRecord.part(merge) + [restore(merge)])
    try await PatientMerges.showInQueue(days, merge, of: id, in: transaction, of: clinic)
    return try restored[restored.count - 1].row()
  }

  private func restore(_ merge: Int64) -> SQL {
    """
    UPDATE patients SET merged_into = NULL, updated_at = now(), version = version + 1, \
    archived_at = (SELECT was_archived_at FROM patient_merges WHERE id = \(merge) \
    AND NOT \(sql: DeletePatient.isUnderWay(id))) WHERE id = \(id) RETURNING \(sql: Patient.columns)
    """
  }

  /// Patients who were merged into this one before are redirected to this one again.
  private var repoint: SQL {
    """
    WITH RECURSIVE below AS (SELECT merged_id FROM patient_merges \
    WHERE survivor_id = \(id) AND undone_at IS NULL UNION \
    SELECT m.merged_id FROM patient_merges m JOIN below b ON m.survivor_id = b.merged_id \
    WHERE m.undone_at IS NULL) \
    UPDATE patients SET merged_into = \(id) WHERE id IN (SELECT merged_id FROM below)
    """
  }
}

/// What merging and unmerging have in common.
private enum PatientMerges {
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
private struct LockedPatient: Sendable, RowDecodable {
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
