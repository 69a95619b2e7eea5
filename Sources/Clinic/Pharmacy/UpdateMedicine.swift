package import JSONRPC
package import Postgres

/// Changes a medicine: what is left out stays, null clears. A new price changes no existing invoice
/// (rule 39).
package struct UpdateMedicine: Command {
  package typealias Result = Medicine
  package static let name = "inventory.update_medicine"
  package static let summary = "Changes a medicine: what is left out stays, null clears."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound, .staleVersion]

  package let id: ID<Medicine>
  package let name: Line?
  package let unitPrice: Money?
  package let genericName: Patch<Line>
  package let drugClass: Patch<Line>
  package let manufacturer: Patch<Line>
  package let form: Patch<Line>
  package let strength: Patch<Line>
  package let reorderLevel: StockLevel?
  package let isActive: Bool?
  package let version: RowVersion?

  package var subject: Subject? { Subject("medicine", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Medicine {
    let stored = try await transaction.query(
      "SELECT version FROM medicines WHERE id = \(id) FOR NO KEY UPDATE"
    ).column(as: RowVersion.self).first
    guard let stored else { throw ClinicError.notFound("medicine", id) }
    try version.require(stored)
    return try await transaction.query(
      """
      WITH m AS (UPDATE medicines SET \(sql: changes.joined(separator: ", ")) WHERE id = \(id) \
      RETURNING *) SELECT \(sql: Medicine.columns) FROM m \(sql: Medicine.usableStock)
      """
    ).row()
  }

  private var changes: [SQL] {
    var changes: [SQL] = ["updated_at = now()", "version = version + 1"]
    if let name { changes.append("name = \(name)") }
    if let unitPrice { changes.append("unit_price = \(unitPrice)") }
    if let reorderLevel { changes.append("reorder_level = \(reorderLevel)") }
    if let isActive { changes.append("is_active = \(isActive)") }
    return changes + genericName.change(of: "generic_name") + drugClass.change(of: "drug_class")
      + manufacturer.change(of: "manufacturer") + form.change(of: "form")
      + strength.change(of: "strength")
  }
}
