import JSONRPC
package import Postgres

/// Lets a held batch be dispensed from again.
package struct ReleaseBatch: Command {
  package typealias Result = Batch
  package static let name = "inventory.release_batch"
  package static let summary = "Releases a held batch."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound, .staleVersion, .notHeld]
  /// As for ``CreateDispensing``.
  package static let sharesTransaction = false

  package let id: ID<Batch>
  package let reason: Line?
  package let version: RowVersion?

  package var subject: Subject? { Subject("batch", id) }
  package func auditDetails(of result: Batch) -> String? { reason.map(AuditedReason.json) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Batch {
    let before = try await Batch.locked(id, in: transaction)
    try version.require(before.version)
    if !before.isHeld { throw ClinicError(.notHeld) }
    return try await before.changed("is_held = false, hold_reason = NULL", in: transaction)
  }
}
