import JSONRPC
package import Postgres

/// Pieces of a medicine that were delivered together and expire together. Only movements change the
/// quantity (rule 36).
package struct Batch: Codable, Sendable, Equatable {
  package let id: ID<Batch>
  package let medicineID: ID<Medicine>
  package let medicineName: String
  package let batchNumber: String
  package let quantity: Int
  package let expiryDate: LocalDate
  package let costPrice: Money?
  package let supplier: String?
  /// Whether the batch is held, so that nothing is dispensed from it (rule 33).
  package let isHeld: Bool
  package let holdReason: String?
  /// Whether its expiry date has passed, by the clinic's day.
  package let isExpired: Bool
  package let version: RowVersion
  package let createdAt: Instant
  package let updatedAt: Instant
}

extension Batch: RowDecodable {
  /// The columns of a batch, from `medicine_batches b` and `medicines m`.
  package static let columns: SQL = """
    b.id, b.medicine_id, m.name, b.batch_number, b.quantity, b.expiry_date, b.cost_price, \
    b.supplier, b.is_held, b.hold_reason, b.expiry_date < current_date, b.version, b.created_at, \
    b.updated_at
    """

  /// Whether a batch `b` can be dispensed from: through its expiry date, in the clinic's zone
  /// (rule 33).
  package static let isUsable: SQL =
    "b.quantity > 0 AND NOT b.is_held AND b.expiry_date >= current_date"

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    medicineID = try cells.next()
    medicineName = try cells.next()
    batchNumber = try cells.next()
    quantity = try cells.next()
    expiryDate = try cells.next()
    costPrice = try cells.next()
    supplier = try cells.next()
    isHeld = try cells.next()
    holdReason = try cells.next()
    isExpired = try cells.next()
    version = try cells.next()
    createdAt = try cells.next()
    updatedAt = try cells.next()
  }

  /// One batch, as a statement in a pipeline.
  static func select(where condition: SQL) -> SQL {
    """
    SELECT \(sql: columns) FROM medicine_batches b JOIN medicines m ON m.id = b.medicine_id \
    WHERE \(sql: condition)
    """
  }

  /// Locks the batch that a command is going to change.
  static func locked(_ id: ID<Batch>, in transaction: Transaction) async throws -> Batch {
    try await transaction.query("\(sql: select(where: "b.id = \(id)")) FOR NO KEY UPDATE OF b")
      .row(orMissing: "batch", id)
  }

  func changed(_ fields: SQL, in transaction: Transaction) async throws -> Batch {
    try await transaction.pipeline([
      """
      UPDATE medicine_batches SET \(sql: fields), version = version + 1, updated_at = now() \
      WHERE id = \(id)
      """,
      Batch.select(where: "b.id = \(id)"),
    ])[1].row()
  }
}

/// What the maker printed on a batch: one line, up to 60 characters.
package struct BatchNumber: CheckedText {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static var lengths: ClosedRange<Int> { 1...60 }
  package static var sample: String { "B-2026-117" }
  package static func checked(_ text: String) throws -> String { try text.trimmed.oneLine() }
}

/// The rules for an expiry date, beyond being a date.
struct ShelfLife: RowDecodable {
  let today: LocalDate
  /// The latest expiry date: no medicine lasts longer, so a later date is a typing error.
  let end: LocalDate

  static let columns: SQL = "current_date, (current_date + interval '30 years')::date"

  init(cells: inout Cells) throws(PostgresError) {
    today = try cells.next()
    end = try cells.next()
  }

  func check(_ date: LocalDate) throws(ParamsError) {
    if date > end {
      throw ParamsError(
        reason: .outOfRange, field: "expiry_date", message: "at most 30 years from now")
    }
  }
}
