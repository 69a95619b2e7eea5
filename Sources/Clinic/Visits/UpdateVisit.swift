package import JSONRPC
package import Postgres

/// Changes an open visit: what is left out stays, null clears. An administrator may give it to
/// another doctor.
package struct UpdateVisit: Command, VisitFindings {
  package typealias Result = Visit
  package static let name = "visits.update"
  package static let summary = "Changes an open visit: what is left out stays, null clears."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [
    .notFound, .noStaffIdentity, .notYourVisit, .visitCompleted, .staleVersion, .notADoctor,
    .visitOpen,
  ]

  package let id: ID<Visit>
  package let vitals: Patch<VitalsPatch>
  package let chiefComplaint: Patch<LongText>
  package let diagnosis: Patch<LongText>
  package let diagnosisCodes: Patch<DiagnosisCodes>
  package let treatmentPlan: Patch<LongText>
  package let doctorID: ID<User>?
  package let version: RowVersion?

  package var subject: Subject? { Subject("visit", id) }

  package func auditDetails(of result: Visit) -> String? {
    doctorID.map { #"{"doctor_id":\#($0)}"# }
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Visit {
    var changes = try assignments
    _ = try caller.requireUser()
    let visit = try await LockedVisit.lock(id, in: transaction)
    // Who gives a visit to somebody else changes nothing beside, unless it is his or her own.
    if caller.role != .admin || doctorID == nil || !changes.isEmpty {
      try visit.requireOwner(caller)
    }
    try visit.requireOpen(version)
    if let doctorID, doctorID != visit.doctorID {
      let doctor = try await newDoctor(doctorID, by: caller, in: clinic.staff)
      let other = try await transaction.query(
        """
        SELECT id FROM visits WHERE patient_id = \(visit.patientID) AND doctor_id = \(doctor) \
        AND status = 'OPEN'
        """
      ).column(as: ID<Visit>.self).first
      if let other { throw ClinicError(.visitOpen).with("id", other) }
      changes.append("doctor_id = \(doctor)")
    }
    changes += ["version = version + 1", "updated_at = now()"]
    let results = try await transaction.pipeline([
      "UPDATE visits SET \(sql: changes.joined(separator: ", ")) WHERE id = \(id)",
      Visit.select(id),
    ])
    return try results[1].row()
  }

  /// The new doctor: a doctor, or the administrator who takes the visit over.
  private func newDoctor(
    _ id: ID<User>, by caller: Caller, in staff: StaffDirectory
  ) async throws -> ID<User> {
    guard caller.role == .admin else { throw ClinicError(.notYourVisit) }
    return try id == caller.requireUser() ? id : await staff.doctor(id).id
  }
}
