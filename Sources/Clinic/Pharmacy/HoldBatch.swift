import JSONRPC
package import Postgres

/// Holds a batch back: nothing is dispensed of it until it is released (rule 33).
package struct HoldBatch: Command {
  package typealias Result = Batch
  package static let name = "inventory.hold_batch"
  package static let summary = "Holds a batch back: nothing is dispensed of it."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound, .staleVersion, .alreadyHeld]
  /// As for ``CreateDispensing``.
  package static let sharesTransaction = false

  package let id: ID<Batch>
  package let reason: Line
  package let version: RowVersion?

  package var subject: Subject? { Subject("batch", id) }
  package func auditDetails(of result: Batch) -> String? { AuditedReason.json(reason) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Batch {
    let before = try await Batch.locked(id, in: transaction)
    try version.require(before.version)
    if before.isHeld { throw ClinicError(.alreadyHeld) }
    return try await before.changed(
      "is_held = true, hold_reason = \(reason)", in: transaction)
  }
}
