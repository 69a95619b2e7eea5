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

/// Why somebody held or released a batch, as the audit keeps it.
private enum AuditedReason {
  static func json(_ reason: Line) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.member("reason", reason.rawValue)
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}

extension Batch {
  fileprivate func changed(_ fields: SQL, in transaction: Transaction) async throws -> Batch {
    try await transaction.pipeline([
      """
      UPDATE medicine_batches SET \(sql: fields), version = version + 1, updated_at = now() \
      WHERE id = \(id)
      """,
      Batch.select(where: "b.id = \(id)"),
    ])[1].row()
  }
}
