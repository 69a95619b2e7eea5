import JSONRPC
package import Postgres

/// Hands out what is left of a prescription, or some of it: first expired, first out, from several
/// batches if need be; everything or nothing (rules 30 to 35).
package struct CreateDispensing: Command {
  /// A part of a prescription: by its item, or by a medicine of it.
  package struct Item: Codable, Sendable {
    package let prescriptionItemID: ID<PrescriptionItem>?
    package let medicineID: ID<Medicine>?
    package let quantity: Quantity
  }

  /// What a pharmacist should look at now.
  package struct Outlook: Codable, Sendable {
    let warnings: [AllergyWarning]
    let remaining: [RemainingItem]
    let lowStock: [ReorderNotice]
  }
  /// A medicine whose usable stock is at its reorder level or below.
  package struct ReorderNotice: Codable, Sendable {
    let medicineID: ID<Medicine>
    let medicineName: String
    let usableStock: Int
    let reorderLevel: Int
  }
  package typealias Result = Extended<Dispensing, Outlook>
  package static let name = "dispensing.create"
  package static let summary =
    "Dispenses a prescription, all that is left or some of it, first expired, first out."
  package static let roles = Roles.only(.pharmacist)
  package static let errors: [Reason] = [
    .notFound, .noStaffIdentity, .prescriptionCancelled, .prescriptionExpired, .patientArchived,
    .invoiceNotPaid, .nothingToDispense, .exceedsPrescribed, .exceedsPaid, .allergyMatch,
    .insufficientStock,
  ]
  /// Several dispensings in one transaction would lock their batches in an arbitrary order.
  package static let sharesTransaction = false

  package let prescriptionID: ID<Prescription>
  package let items: ItemList<Item>?
  package let overrideReason: Note?

  package var subject: Subject? { Subject("prescription", prescriptionID) }
  package func subject(of result: Result) -> Subject? {
    Subject("dispensing", result.id)
  }
  package func auditDetails(of result: Result) -> String? {
    result.allergyCheck.auditDetails(
      of: result.warnings, hasReason: result.overrideReason != nil)
  }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Result {
    let pharmacist = try caller.requireUser()
    try checkParams()
    let order = try await LockedPrescription.lock(prescriptionID, for: pharmacist, in: transaction)
    try order.requireDispensable(by: clinic.settings.pharmacy)
    let wanted = try order.wanted(items?.rawValue)
    try order.requirePaid(wanted, by: clinic.settings.pharmacy)
    let check = try await order.checkAllergies(to: wanted.map(\.item.medicineID), in: transaction)
    try check.require(override: overrideReason)
    let plan = try DispensingPlan(wanted, from: order.shelf)
    let head = DispensingHead(
      pharmacistID: pharmacist, allergyCheck: check.outcome,
      overrideReason: check.outcome == .match ? overrideReason : nil)
    let rows = try await transaction.query(insert(plan, of: order, head, by: caller))
    return Result(
      try Dispensing(rows, plan, of: order, head),
      Outlook(
        warnings: check.warnings, remaining: order.remaining(after: plan), lowStock: plan.lowStock))
  }

  private func checkParams() throws(ParamsError) {
    for (index, item) in (items?.rawValue ?? []).enumerated() {
      switch (item.prescriptionItemID, item.medicineID) {
      case (nil, nil):
        throw ParamsError(
          reason: .missing, field: "items[\(index)].prescription_item_id",
          message: "which item, or which medicine of the prescription")
      case (.some, .some):
        throw ParamsError(
          reason: .invalid, field: "items[\(index)].medicine_id",
          message: "either an item or a medicine")
      default: break
      }
    }
  }

  /// Everything that a dispensing changes, in one statement: a row for each line's item.
  private func insert(
    _ plan: DispensingPlan, of order: LockedPrescription, _ head: DispensingHead, by caller: Caller
  ) -> SQL {
    let lines = plan.lines
    return """
      WITH d AS (INSERT INTO dispensings (prescription_id, patient_id, invoice_id, pharmacist_id, \
      allergy_check, override_reason) VALUES (\(order.id), \(order.patientID), \
      \(order.invoiceID), \(head.pharmacistID), \(head.allergyCheck), \(head.overrideReason)) \
      RETURNING id, date, dispensed_at), \
      line AS (SELECT * FROM unnest(\(lines.map(\.item.id)), \(lines.map(\.item.medicineID)), \
      \(lines.map(\.batch.id)), \(lines.map { Int32($0.quantity) }), \
      \(lines.map(\.item.unitPrice.description))) WITH ORDINALITY \
      AS t (item, medicine, batch, quantity, price, place)), \
      taken AS (INSERT INTO dispensing_items (dispensing_id, prescription_item_id, medicine_id, \
      batch_id, quantity, unit_price) SELECT d.id, item, medicine, batch, quantity, price::numeric \
      FROM d, line ORDER BY place RETURNING id), \
      moved AS (INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, \
      balance, dispensing_id, user_id, user_name) SELECT medicine, batch, 'DISPENSED', -quantity, \
      0, d.id, \(caller.userID), \(caller.name) FROM d, line ORDER BY place), \
      given AS (UPDATE prescription_items t SET dispensed = t.dispensed + g.quantity \
      FROM (SELECT item, sum(quantity)::integer AS quantity FROM line GROUP BY item) g \
      WHERE t.id = g.item) \
      SELECT d.id, d.date, d.dispensed_at, taken.id FROM d, taken ORDER BY taken.id
      """
  }
}

/// What a call decides of a dispensing before it is written.
struct DispensingHead: Sendable {
  let pharmacistID: ID<User>
  let allergyCheck: AllergyCheck.Outcome
  let overrideReason: Note?
}

extension Dispensing {
  /// Made from the rows that writing the dispensing gave.
  fileprivate init(
    _ rows: Rows, _ plan: DispensingPlan, of order: LockedPrescription, _ head: DispensingHead
  ) throws {
    guard let first = rows.first, rows.count == plan.lines.count else { throw StoreFailure.noRow }
    var cells = first.cells
    id = try cells.next()
    date = try cells.next()
    dispensedAt = try cells.next()
    prescriptionID = order.id
    patientID = order.patientID
    patientName = order.patientName
    pharmacistID = head.pharmacistID
    pharmacistName = order.pharmacistName
    invoiceID = order.invoiceID
    allergyCheck = head.allergyCheck
    overrideReason = head.overrideReason?.rawValue
    items = try zip(rows, plan.lines).map { row, line throws(PostgresError) in
      var cells = row.cells
      for _ in 0..<3 { cells.skip() }
      return DispensedItem(id: try cells.next(), line)
    }
  }
}

extension LockedPrescription {
  fileprivate func remaining(after plan: DispensingPlan) -> [RemainingItem] {
    items.map { item in
      RemainingItem(
        item,
        dispensedNow: plan.lines.reduce(0) { $0 + ($1.item.id == item.id ? $1.quantity : 0) })
    }
  }
}

extension DispensingPlan {
  fileprivate var lowStock: [CreateDispensing.ReorderNotice] {
    var seen: Set<ID<Medicine>> = []
    return lines.map(\.item).compactMap { item in
      guard let left = usable[item.medicineID], left <= item.reorderLevel,
        seen.insert(item.medicineID).inserted
      else { return nil }
      return CreateDispensing.ReorderNotice(
        medicineID: item.medicineID, medicineName: item.medicineName, usableStock: left,
        reorderLevel: item.reorderLevel)
    }
  }
}
