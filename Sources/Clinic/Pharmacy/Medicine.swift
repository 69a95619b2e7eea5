package import JSONRPC
package import Postgres

/// A medicine that the pharmacy knows, with how much of it can be dispensed now.
package struct Medicine: Codable, Sendable, Equatable {
  package let id: ID<Medicine>
  package let name: String
  package let genericName: String?
  package let drugClass: String?
  package let manufacturer: String?
  package let form: String?
  package let strength: String?
  /// The price of one piece.
  package let unitPrice: Money
  /// The usable stock at which to order more.
  package let reorderLevel: Int
  /// False for a medicine that is no longer prescribed or received.
  package let isActive: Bool
  /// The stock that is neither expired nor held (rule 37).
  package let usableStock: Int
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}

extension Medicine: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("name", name)
    json.member("generic_name", genericName)
    json.member("drug_class", drugClass)
    json.member("manufacturer", manufacturer)
    json.member("form", form)
    json.member("strength", strength)
    json.member("unit_price", unitPrice)
    json.member("reorder_level", reorderLevel)
    json.member("is_active", isActive)
    json.member("usable_stock", usableStock)
    json.member("version", version)
    json.member("created_at", createdAt)
    json.member("updated_at", updatedAt)
  }
}

extension Medicine: RowDecodable {
  /// The columns of a medicine, from `medicines m` with ``usableStock``.
  package static let columns: SQL = """
    m.id, m.name, m.generic_name, m.drug_class, m.manufacturer, m.form, m.strength, \
    m.unit_price, m.reorder_level, m.is_active, stock.usable, m.version, m.created_at, m.updated_at
    """

  /// The stock that can be dispensed: through the expiry date, in the clinic's zone (rule 33).
  package static let usableStock: SQL = """
    CROSS JOIN LATERAL (SELECT coalesce(sum(b.quantity), 0)::bigint AS usable \
    FROM medicine_batches b WHERE b.medicine_id = m.id AND \(sql: Batch.isUsable)) stock
    """

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    name = try cells.next()
    genericName = try cells.next()
    drugClass = try cells.next()
    manufacturer = try cells.next()
    form = try cells.next()
    strength = try cells.next()
    unitPrice = try cells.next()
    reorderLevel = try cells.next()
    isActive = try cells.next()
    usableStock = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
    updatedAt = try cells.next()
  }
}
