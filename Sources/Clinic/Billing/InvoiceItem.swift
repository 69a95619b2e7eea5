import JSONRPC
package import Postgres

/// A line of an invoice. Its price is a copy: a later price in the catalogue does not change it
/// (rule 39).
package struct InvoiceItem: Codable, Sendable, Equatable {
  package let description: String
  package let medicineID: ID<Medicine>?
  /// The prescribed item that the line bills, if it bills one.
  package let prescriptionItemID: ID<PrescriptionItem>?
  package let quantity: Int
  package let unitPrice: Money
  package let lineTotal: Money

  init(
    description: String, medicineID: ID<Medicine>? = nil,
    prescriptionItemID: ID<PrescriptionItem>? = nil, quantity: Int, unitPrice: Money
  ) {
    self.description = description
    self.medicineID = medicineID
    self.prescriptionItemID = prescriptionItemID
    self.quantity = quantity
    self.unitPrice = unitPrice
    lineTotal = quantity * unitPrice
  }
}

extension InvoiceItem: RowDecodable {
  package static let columns: SQL =
    "description, medicine_id, prescription_item_id, quantity, unit_price"

  package init(cells: inout Cells) throws(PostgresError) {
    self.init(
      description: try cells.next(), medicineID: try cells.next(),
      prescriptionItemID: try cells.next(), quantity: try cells.next(),
      unitPrice: try cells.next())
  }

  /// The lines of a prescription as they are billed: whatever was prescribed, at today's prices.
  static func prescribed(by id: ID<Prescription>) -> SQL {
    """
    SELECT left(concat_ws(' ', m.name, m.strength), 200), m.id, i.id, i.quantity, m.unit_price \
    FROM prescription_items i JOIN medicines m ON m.id = i.medicine_id \
    WHERE i.prescription_id = \(id) ORDER BY i.position
    """
  }

  /// Writes lines of the invoice whose number `owner` selects, the first one at `position`.
  static func insert(_ items: [InvoiceItem], at position: Int = 1, owner: SQL) -> SQL {
    """
    INSERT INTO invoice_items (invoice_id, position, description, medicine_id, \
    prescription_item_id, quantity, unit_price, line_total) \
    SELECT (\(sql: owner)), l.n + \(position) - 1, l.description, l.medicine, l.prescribed, \
    l.quantity, l.price::numeric, l.total::numeric \
    FROM unnest(\(items.map(\.description)), \(items.map(\.medicineID)), \
    \(items.map(\.prescriptionItemID)), \(items.map(\.quantity)), \
    \(items.map(\.unitPrice.description)), \(items.map(\.lineTotal.description))) \
    WITH ORDINALITY AS l (description, medicine, prescribed, quantity, price, total, n)
    """
  }
}

/// A line as a caller gives it. A medicine supplies name and price from the catalogue unless the
/// line gives its own.
package struct InvoiceLine: Codable, Sendable {
  package let description: Line?
  package let quantity: Quantity
  package let unitPrice: Money?
  package let medicineID: ID<Medicine>?
}

/// The lines that a caller gives: at most 100.
package struct InvoiceLines: BoundedList {
  package let rawValue: [InvoiceLine]
  package init(rawValue: [InvoiceLine]) { self.rawValue = rawValue }
  package static let counts = 0...100

  /// What the catalogue says of the medicines that the lines name; no statement when they name
  /// none.
  var catalogue: [SQL] {
    let medicines = Set(rawValue.compactMap(\.medicineID)).sorted()
    guard !medicines.isEmpty else { return [] }
    return [
      """
      SELECT id, left(concat_ws(' ', name, strength), 200), unit_price, is_active FROM medicines \
      WHERE id = ANY (\(medicines))
      """
    ]
  }

  /// The lines as they are billed, from what ``catalogue`` gave.
  ///
  /// - Throws: `not_found` and `medicine_inactive`; `ParamsError` for a line without a description
  ///   or a price.
  func items(_ catalogue: ArraySlice<Rows>) throws -> [InvoiceItem] {
    var medicines: [ID<Medicine>: CatalogueEntry] = [:]
    for entry in try catalogue.first?.decode(as: CatalogueEntry.self) ?? [] {
      medicines[entry.id] = entry
    }
    return try rawValue.enumerated().map { index, line in
      let medicine = try line.medicineID.map { id in
        guard let medicine = medicines[id] else { throw ClinicError.notFound("medicine", id) }
        guard medicine.isActive else {
          throw ClinicError(.medicineInactive).with("medicine_id", id)
        }
        return medicine
      }
      func missing(_ name: String) -> ParamsError {
        ParamsError(
          reason: .missing, field: "items[\(index)].\(name)",
          message: "a line without a medicine has one")
      }
      guard let description = line.description?.rawValue ?? medicine?.description else {
        throw missing("description")
      }
      guard let price = line.unitPrice ?? medicine?.unitPrice else { throw missing("unit_price") }
      return InvoiceItem(
        description: description, medicineID: line.medicineID,
        quantity: Int(line.quantity.rawValue),
        unitPrice: price)
    }
  }
}

private struct CatalogueEntry: RowDecodable {
  let id: ID<Medicine>
  let description: String
  let unitPrice: Money
  let isActive: Bool

  init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    description = try cells.next()
    unitPrice = try cells.next()
    isActive = try cells.next()
  }
}
