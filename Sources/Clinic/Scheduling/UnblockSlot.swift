import JSONRPC
package import Postgres

/// Lets a blocked slot be booked again.
package struct UnblockSlot: Command {
  package typealias Result = Slot
  package static let name = "slots.unblock"
  package static let summary = "Lets a blocked slot be booked again."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.notFound, .staleVersion, .notYourSlots]

  package let id: ID<Slot>
  package let version: RowVersion?

  package var subject: Subject? { Subject("slot", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Slot {
    let slot = try await Slot.locked(id, in: transaction)
    try caller.requireOwnSlots(of: slot.doctorID)
    try version.require(slot.version)
    guard slot.isBlocked else { return slot }
    return try await slot.changed("is_blocked = false, block_reason = NULL", in: transaction)
  }
}
