import JSONRPC
package import Postgres

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
