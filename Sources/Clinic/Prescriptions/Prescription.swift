/// What a doctor prescribed at a visit.
package struct Prescription: Sendable {}

/// One medicine of a prescription.
package struct PrescriptionItem: Sendable {}
