import JSONRPC
package import Postgres

/// Prescribes medicines at one's own visit, open or completed. A medicine that matches an allergy
/// of the patient needs a reason (rule 30).
package struct CreatePrescription: Command {
  /// A medicine that is to be prescribed.
  package struct Item: Codable, Sendable {
    let medicineID: ID<Medicine>
    let dosage: Line
    let frequency: Line
    let durationDays: TreatmentDays?
    let quantity: Quantity
    let instructions: Note?
  }

  package typealias Result = Prescription
  package static let name = "prescriptions.create"
  package static let summary = "Prescribes medicines at a visit; an allergy needs a reason."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [
    .notFound, .noStaffIdentity, .notYourVisit, .medicineInactive, .allergyMatch,
  ]

  package let visitID: ID<Visit>
  package let items: PrescribedItems
  package let notes: Note?
  package let overrideReason: Note?

  package var subject: Subject? { Subject("visit", visitID) }
  package func subject(of result: Prescription) -> Subject? {
    Subject("prescription", result.id)
  }

  /// Which medicines were prescribed in spite of an allergy; the reason is in the prescription.
  package func auditDetails(of result: Prescription) -> String? {
    result.allergyCheck.auditDetails(
      of: result.warnings, hasReason: result.overrideReason != nil)
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Prescription {
    transaction.enqueue(
      Patient.lock("SELECT patient_id FROM visits WHERE id = \(visitID)", "FOR SHARE"))
    let visit = try await LockedVisit.lock(visitID, in: transaction)
    try visit.requireOwner(caller)
    let medicines = Set(items.rawValue.map(\.medicineID)).sorted()
    let check = try await AllergyCheck.run(medicines, for: visit.patientID, in: transaction)
    try await requireActive(medicines, in: transaction)
    try check.require(override: overrideReason)
    let reason = check.outcome == .match ? overrideReason : nil
    let warnings =
      check.warnings.isEmpty ? nil : JSONB(try JSONValueEncoder().encode(check.warnings))
    let id: ID<Prescription> = try await transaction.query(
      """
      INSERT INTO prescriptions (visit_id, patient_id, doctor_id, notes, allergy_check, warnings, \
      override_reason) VALUES (\(visitID), \(visit.patientID), \(visit.doctorID), \(notes), \
      \(check.outcome), \(warnings), \(reason)) RETURNING id
      """
    ).single()
    let results = try await transaction.pipeline([insertItems(of: id), Prescription.select(id)])
    return try Prescription.read(results[1], id)
  }

  private func requireActive(
    _ medicines: [ID<Medicine>], in transaction: Transaction
  ) async throws {
    let inactive = try await transaction.query(
      """
      SELECT id FROM medicines WHERE id = ANY(\(medicines)) AND NOT is_active ORDER BY id LIMIT 1
      """
    ).column(as: ID<Medicine>.self)
    if let id = inactive.first {
      throw ClinicError(.medicineInactive).with("medicine_id", id)
    }
  }

  private func insertItems(of id: ID<Prescription>) -> SQL {
    let items = items.rawValue
    return """
      INSERT INTO prescription_items (prescription_id, position, medicine_id, dosage, frequency, \
      duration_days, quantity, instructions) SELECT \(id), t.* FROM unnest(\
      \(items.indices.map { Int32($0 + 1) }), \(items.map(\.medicineID)), \
      \(items.map(\.dosage.rawValue)), \(items.map(\.frequency.rawValue)), \
      \(items.map(\.durationDays?.rawValue)), \(items.map(\.quantity.rawValue)), \
      \(items.map(\.instructions?.rawValue))) AS t
      """
  }
}

/// What a prescription may hold: 1 to 50 medicines.
package struct PrescribedItems: BoundedList {
  package let rawValue: [CreatePrescription.Item]
  package init(rawValue: [CreatePrescription.Item]) { self.rawValue = rawValue }
  package static let counts = 1...50
}
