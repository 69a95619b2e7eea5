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

  /// Refuses what the survivor cannot have beside his or her own. The schema refuses most of it
  /// too; here the refusal names what is in the way, of the patient who goes. That one appointment
  /// was told to overlap says nothing of those of the other patient.
  private func refuseCollisions(in transaction: Transaction) async throws {
    let found = try await transaction.pipeline([
      """
      SELECT a.id FROM appointments a JOIN appointments b ON b.date = a.date \
      AND a.start_time < b.end_time AND b.start_time < a.end_time \
      WHERE a.patient_id = \(id) AND b.patient_id = \(into) \
      AND a.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') \
      AND b.status IN ('SCHEDULED', 'CHECKED_IN', 'WITH_DOCTOR') \
      AND NOT (a.may_overlap AND b.may_overlap) ORDER BY a.id LIMIT 1
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
