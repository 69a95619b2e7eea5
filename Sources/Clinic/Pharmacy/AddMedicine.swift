import JSONRPC
package import Postgres

/// Adds a medicine, with nothing of it in stock.
package struct AddMedicine: Command {
  package typealias Result = Medicine
  package static let name = "inventory.add_medicine"
  package static let summary = "Adds a medicine, with nothing of it in stock yet."
  package static let roles = Roles.only(.pharmacist)

  package let name: Line
  package let unitPrice: Money
  package let genericName: Line?
  package let drugClass: Line?
  package let manufacturer: Line?
  package let form: Line?
  package let strength: Line?
  package let reorderLevel: StockLevel?

  package var subject: Subject? { Subject("medicine") }
  package func subject(of result: Medicine) -> Subject? { Subject("medicine", result.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Medicine {
    try await transaction.query(
      """
      WITH m AS (INSERT INTO medicines (name, generic_name, drug_class, manufacturer, form, \
      strength, unit_price, reorder_level) VALUES (\(name), \(genericName), \(drugClass), \
      \(manufacturer), \(form), \(strength), \(unitPrice), \(reorderLevel?.rawValue ?? 0)) \
      RETURNING *) SELECT \(sql: Medicine.columns) FROM m CROSS JOIN (SELECT 0::bigint AS usable) \
      stock
      """
    ).row()
  }
}
