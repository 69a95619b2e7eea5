import JSONRPC
import Postgres

/// A prescribed medicine, as far as dispensing needs to know.
struct DispensableItem: Sendable, RowDecodable {
  let id: ID<PrescriptionItem>
  let medicineID: ID<Medicine>
  let medicineName: String
  let prescribed: Int
  let dispensed: Int
  /// How much ever came back.
  let returned: Int
  let unitPrice: Money
  let reorderLevel: Int

  var remaining: Int { prescribed - dispensed }
  /// How much of the remaining quantity was never handed out.
  var untouched: Int { max(0, remaining - returned) }

  /// The items of a prescription in their order. A price is the invoice's, if there is one
  /// (rule 39).
  static func select(of prescription: ID<Prescription>) -> SQL {
    """
    SELECT t.id, t.medicine_id, m.name, t.quantity, t.dispensed, t.returned, coalesce((SELECT min(l.unit_price) \
    FROM invoices i JOIN invoice_items l ON l.invoice_id = i.id \
    WHERE i.prescription_id = t.prescription_id AND i.status <> 'CANCELLED' \
    AND l.prescription_item_id = t.id), m.unit_price), m.reorder_level \
    FROM prescription_items t JOIN medicines m ON m.id = t.medicine_id \
    WHERE t.prescription_id = \(prescription) ORDER BY t.position
    """
  }

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    medicineID = try cells.next()
    medicineName = try cells.next()
    prescribed = try cells.next()
    dispensed = try cells.next()
    returned = try cells.next()
    unitPrice = try cells.next()
    reorderLevel = try cells.next()
  }

  init(
    id: ID<PrescriptionItem>, medicineID: ID<Medicine>, medicineName: String, prescribed: Int,
    dispensed: Int = 0, returned: Int = 0, unitPrice: Money = .zero, reorderLevel: Int = 0
  ) {
    self.id = id
    self.medicineID = medicineID
    self.medicineName = medicineName
    self.prescribed = prescribed
    self.dispensed = dispensed
    self.returned = returned
    self.unitPrice = unitPrice
    self.reorderLevel = reorderLevel
  }
}

/// A batch on the shelf that can be dispensed from.
struct ShelfBatch: Sendable, RowDecodable {
  let id: ID<Batch>
  let medicineID: ID<Medicine>
  let batchNumber: String
  let expiryDate: LocalDate
  let quantity: Int

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    medicineID = try cells.next()
    batchNumber = try cells.next()
    expiryDate = try cells.next()
    quantity = try cells.next()
  }

  init(
    id: ID<Batch>, medicineID: ID<Medicine>, batchNumber: String, expiryDate: LocalDate,
    quantity: Int
  ) {
    self.id = id
    self.medicineID = medicineID
    self.batchNumber = batchNumber
    self.expiryDate = expiryDate
    self.quantity = quantity
  }
}

/// How much is taken from which batch: first expired, first out, and of two batches that expire on
/// the same day the older one (rule 33).
struct DispensingPlan: Sendable {
  struct Line: Sendable {
    let item: DispensableItem
    let batch: ShelfBatch
    let quantity: Int
  }

  private(set) var lines: [Line] = []
  /// The usable stock of each medicine afterwards.
  private(set) var usable: [ID<Medicine>: Int] = [:]

  /// - Parameters:
  ///   - wanted: how much of each item, in order; more than 0.
  ///   - shelf: all usable batches of the medicines, in any order.
  /// - Throws: `insufficient_stock` for the first medicine of which there is less than its items
  ///   need.
  init(_ wanted: [(item: DispensableItem, quantity: Int)], from shelf: [ShelfBatch])
    throws(ClinicError)
  {
    let shelf = shelf.sorted { ($0.expiryDate, $0.id) < ($1.expiryDate, $1.id) }
    for batch in shelf { usable[batch.medicineID, default: 0] += batch.quantity }
    let needed = Dictionary(wanted.map { ($0.item.medicineID, $0.quantity) }, uniquingKeysWith: +)
    var left = Dictionary(shelf.map { ($0.id, $0.quantity) }) { first, _ in first }
    for (item, quantity) in wanted {
      let available = usable[item.medicineID] ?? 0
      guard let all = needed[item.medicineID], all <= available else {
        throw ClinicError(.insufficientStock)
          .with("medicine_id", item.medicineID)
          .with("available", .int(available))
          .with("requested", .int(needed[item.medicineID] ?? quantity))
      }
    }
    for (item, quantity) in wanted {
      var missing = quantity
      for batch in shelf where batch.medicineID == item.medicineID && missing > 0 {
        let taken = min(missing, left[batch.id] ?? 0)
        guard taken > 0 else { continue }
        lines.append(Line(item: item, batch: batch, quantity: taken))
        left[batch.id, default: 0] -= taken
        missing -= taken
      }
      usable[item.medicineID, default: 0] -= quantity
    }
  }
}
