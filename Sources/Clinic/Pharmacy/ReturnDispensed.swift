import JSONRPC
package import Postgres

/// Takes back what was dispensed, never more than that (rule 37). The pieces go to their batch by a
/// movement; pieces that expired meanwhile, or are not to be used again, are discarded by a second
/// movement.
package struct ReturnDispensed: Command {
  package struct Item: Codable, Sendable {
    package let dispensingItemID: ID<DispensedItem>
    package let quantity: Quantity
  }
  package struct Returned: Codable, Sendable {
    package let dispensingItemID: ID<DispensedItem>
    package let prescriptionItemID: ID<PrescriptionItem>
    package let medicineID: ID<Medicine>
    package let batchID: ID<Batch>
    package let quantity: Int
    /// Whether the pieces were thrown away and not put back into stock.
    package let isDiscarded: Bool
  }
  package struct Result: Codable, Sendable {
    package let dispensingID: ID<Dispensing>
    package let prescriptionID: ID<Prescription>
    package let items: [Returned]
    package let remaining: [RemainingItem]
    package let invoiceID: ID<Invoice>?
    /// What `billing.refund` owes for the pieces; null when no invoice was paid.
    package let refundDue: Money?
  }
  package static let name = "dispensing.return"
  package static let summary = "Takes back what was dispensed, and says what refund is due."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [.notFound, .noStaffIdentity, .exceedsDispensed]
  /// As for ``CreateDispensing``.
  package static let sharesTransaction = false

  package let id: ID<Dispensing>
  package let items: ItemList<Item>
  package let reason: Note
  package let restock: Bool?

  package var subject: Subject? { Subject("dispensing", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    _ = try caller.requireUser()
    let origin = try await LockedDispensing.lock(id, in: transaction)
    let parts = try origin.parts(items.rawValue)
    let returned = parts.map { item, quantity in
      Returned(
        dispensingItemID: item.id, prescriptionItemID: item.prescriptionItemID,
        medicineID: item.medicineID, batchID: item.batchID, quantity: quantity,
        isDiscarded: restock == false || item.isExpired)
    }
    let movements = returned.flatMap { part in
      [StockMovement(batch: part.batchID, kind: .returned, quantity: part.quantity)]
        + (part.isDiscarded
          ? [StockMovement(batch: part.batchID, kind: .discarded, quantity: -part.quantity)] : [])
    }
    let results = try await transaction.pipeline([
      takeBack(returned),
      StockMovement.insert(movements, reason: reason, dispensing: id, by: caller),
      DispensableItem.select(of: origin.prescriptionID),
      refundDue(for: returned, of: origin.prescriptionID),
    ])
    var refund = results[3].first?.cells
    return Result(
      dispensingID: id, prescriptionID: origin.prescriptionID, items: returned,
      remaining: try results[2].decode(as: DispensableItem.self).map { RemainingItem($0) },
      invoiceID: try refund?.next(), refundDue: try refund?.next())
  }

  /// Lowers what counts as dispensed, of the items and of the prescription.
  private func takeBack(_ returned: [Returned]) -> SQL {
    """
    WITH part AS (SELECT * FROM unnest(\(returned.map(\.dispensingItemID)), \
    \(returned.map(\.prescriptionItemID)), \(returned.map { Int32($0.quantity) })) \
    AS t (item, prescribed, quantity)), \
    given AS (UPDATE dispensing_items t SET returned = t.returned + part.quantity FROM part \
    WHERE t.id = part.item) \
    UPDATE prescription_items t SET dispensed = t.dispensed - g.quantity, \
    returned = t.returned + g.quantity \
    FROM (SELECT prescribed, sum(quantity)::integer AS quantity FROM part GROUP BY prescribed) g \
    WHERE t.id = g.prescribed
    """
  }

  /// What was paid for the returned pieces, by the invoice: their price, less their share of a
  /// discount and with their share of the tax, and never more than what is left of the payments.
  ///
  /// - `whole` and `before` are the worth of everything that ever came back, with this part and
  ///   without it: parts that come back one by one get as much as all of them at once would.
  /// - `back` is the worth of what lay back before this part. Refunds beyond that were for goods
  ///   that came back and were handed out again; they are not owed a second time.
  private func refundDue(for returned: [Returned], of prescription: ID<Prescription>) -> SQL {
    func worth(_ quantity: SQL) -> SQL {
      "round(sum((\(sql: quantity)) * l.unit_price) * i.total / nullif(i.subtotal, 0), 2)"
    }
    return """
      SELECT i.id, CASE WHEN i.subtotal = 0 THEN 0.00 ELSE greatest(0.00, least(i.paid - i.refunded, \
      worth.whole - worth.before \
      - greatest(0.00, least(i.total - i.paid + i.refunded, worth.before) - worth.back))) END \
      FROM invoices i CROSS JOIN LATERAL (SELECT \(sql: worth("t.returned")) AS whole, \
      \(sql: worth("t.returned - coalesce(part.quantity, 0)")) AS before, \
      \(sql: worth("least(t.quantity - t.dispensed, t.returned) - coalesce(part.quantity, 0)")) AS back \
      FROM invoice_items l JOIN prescription_items t ON t.id = l.prescription_item_id \
      LEFT JOIN (SELECT item, sum(quantity) AS quantity FROM unnest(\
      \(returned.map(\.prescriptionItemID)), \(returned.map { Int32($0.quantity) })) \
      AS u (item, quantity) GROUP BY item) part ON part.item = t.id WHERE l.invoice_id = i.id) worth \
      WHERE i.prescription_id = \(prescription) AND i.status = 'PAID'
      """
  }
}

/// A dispensing with what a return needs to know, its prescription and its batches locked in the
/// order of ``LockedPrescription``.
private struct LockedDispensing {
  struct Item: RowDecodable {
    let id: ID<DispensedItem>
    let prescriptionItemID: ID<PrescriptionItem>
    let medicineID: ID<Medicine>
    let batchID: ID<Batch>
    let left: Int
    let isExpired: Bool

    init(cells: inout Cells) throws(PostgresError) {
      id = try cells.next()
      prescriptionItemID = try cells.next()
      medicineID = try cells.next()
      batchID = try cells.next()
      left = try cells.next()
      isExpired = try cells.next()
    }
  }

  let prescriptionID: ID<Prescription>
  let items: [Item]

  static func lock(
    _ id: ID<Dispensing>, in transaction: Transaction
  ) async throws -> LockedDispensing {
    let results = try await transaction.pipeline([
      """
      SELECT id FROM prescriptions WHERE id = (SELECT prescription_id FROM dispensings \
      WHERE id = \(id)) FOR NO KEY UPDATE
      """,
      """
      SELECT FROM medicine_batches WHERE id IN (SELECT batch_id FROM dispensing_items \
      WHERE dispensing_id = \(id)) ORDER BY id FOR NO KEY UPDATE
      """,
      """
      SELECT t.id, t.prescription_item_id, t.medicine_id, t.batch_id, t.quantity - t.returned, \
      b.expiry_date < current_date FROM dispensing_items t \
      JOIN medicine_batches b ON b.id = t.batch_id WHERE t.dispensing_id = \(id) ORDER BY t.id
      """,
    ])
    guard let prescription = try results[0].column(as: ID<Prescription>.self).first else {
      throw ClinicError.notFound("dispensing", id)
    }
    return LockedDispensing(prescriptionID: prescription, items: try results[2].decode())
  }

  /// How much of which item comes back.
  func parts(
    _ list: [ReturnDispensed.Item]
  ) throws(ClinicError) -> [(item: Item, quantity: Int)] {
    let byID = Dictionary(items.map { ($0.id, $0) }) { first, _ in first }
    var quantities: [ID<DispensedItem>: Int] = [:]
    for entry in list {
      guard let item = byID[entry.dispensingItemID] else {
        throw .notFound("dispensing_item", entry.dispensingItemID)
      }
      let quantity = quantities[item.id, default: 0] + Int(entry.quantity.rawValue)
      guard quantity <= item.left else {
        throw ClinicError(.exceedsDispensed)
          .with("dispensing_item_id", item.id)
          .with("remaining", .int(item.left)).with("requested", .int(quantity))
      }
      quantities[item.id] = quantity
    }
    return items.compactMap { item in quantities[item.id].map { (item, $0) } }
  }
}
