import JSONRPC
import Postgres

/// A prescription with everything that decides whether and from where it is dispensed, locked until
/// the transaction ends: its patient, the prescription, its invoice, the batches, in this order,
/// and the batches by id.
struct LockedPrescription: Sendable {
  let id: ID<Prescription>
  let isCancelled: Bool
  let ageInDays: Int
  let pharmacistName: String
  let patientID: ID<Patient>
  let patientName: String
  let isPatientArchived: Bool
  let hasAllergies: Bool
  let invoiceID: ID<Invoice>?
  let isPaid: Bool
  /// The invoice's amounts.
  let subtotal: Money
  let total: Money
  /// Refunds since the invoice was last fully paid; earlier ones were paid again.
  let refunded: Money
  let items: [DispensableItem]
  /// The usable batches of those medicines that are not yet dispensed in full.
  let shelf: [ShelfBatch]

  /// Locks everything in one trip. Each statement runs after the lock before it, so it sees what
  /// the previous transaction committed.
  static func lock(
    _ id: ID<Prescription>, for pharmacist: ID<User>, in transaction: Transaction
  ) async throws -> LockedPrescription {
    transaction.enqueue(
      Patient.lock("SELECT patient_id FROM prescriptions WHERE id = \(id)", "FOR SHARE"))
    let results = try await transaction.pipeline([
      """
      SELECT status = 'CANCELLED', (current_date - date)::bigint, \
      (SELECT full_name FROM users WHERE id = \(pharmacist)) \
      FROM prescriptions WHERE id = \(id) FOR NO KEY UPDATE
      """,
      """
      SELECT id, name, archived_at IS NOT NULL, cardinality(allergies) > 0 FROM patients \
      WHERE id = (SELECT patient_id FROM prescriptions WHERE id = \(id)) FOR SHARE NOWAIT
      """,
      // One that was refunded wholly pays for nothing any more.
      """
      SELECT id, status = 'PAID' AND (refunded < paid OR paid = 0), subtotal, total, \
      total - paid + refunded FROM invoices \
      WHERE prescription_id = \(id) AND status <> 'CANCELLED' FOR SHARE
      """,
      DispensableItem.select(of: id),
      """
      SELECT b.id, b.medicine_id, b.batch_number, b.expiry_date, b.quantity \
      FROM medicine_batches b WHERE b.medicine_id IN (SELECT medicine_id FROM prescription_items \
      WHERE prescription_id = \(id) AND dispensed < quantity) AND \(sql: Batch.isUsable) \
      ORDER BY b.id FOR NO KEY UPDATE OF b
      """,
    ])
    guard let head = results[0].first, let patient = results[1].first else {
      throw ClinicError.notFound("prescription", id)
    }
    return try LockedPrescription(
      id, head, patient, invoice: results[2].first, items: results[3].decode(),
      shelf: results[4].decode())
  }

  private init(
    _ id: ID<Prescription>, _ head: Row, _ patient: Row, invoice: Row?, items: [DispensableItem],
    shelf: [ShelfBatch]
  ) throws(PostgresError) {
    self.id = id
    var cells = head.cells
    isCancelled = try cells.next()
    ageInDays = try cells.next()
    pharmacistName = try cells.next()
    cells = patient.cells
    patientID = try cells.next()
    patientName = try cells.next()
    isPatientArchived = try cells.next()
    hasAllergies = try cells.next()
    if let invoice {
      cells = invoice.cells
      invoiceID = try cells.next()
      isPaid = try cells.next()
      subtotal = try cells.next()
      total = try cells.next()
      refunded = try cells.next()
    } else {
      invoiceID = nil
      isPaid = false
      (subtotal, total, refunded) = (.zero, .zero, .zero)
    }
    self.items = items
    self.shelf = shelf
  }

  /// Rule 32.
  func requireDispensable(by rules: PharmacyRules) throws(ClinicError) {
    if isCancelled { throw ClinicError(.prescriptionCancelled) }
    if ageInDays > rules.prescriptionDays {
      throw ClinicError(.prescriptionExpired).with("days", .int(rules.prescriptionDays))
    }
    if isPatientArchived { throw ClinicError(.patientArchived) }
    if !isPaid, !rules.dispensesUnpaid {
      let refusal = ClinicError(.invoiceNotPaid)
      throw invoiceID.map { refusal.with("invoice_id", $0) } ?? refusal
    }
  }

  /// A refunded amount no longer pays for anything. It counts first for pieces that were brought
  /// back, as far as those go, and beyond that for pieces that were never handed out. After this
  /// dispensing, what is left of each must still be worth its part of the refund. A share is
  /// rounded up, as the sum due for pieces that come back one by one may be.
  func requirePaid(
    _ wanted: [(item: DispensableItem, quantity: Int)], by rules: PharmacyRules
  ) throws(ClinicError) {
    if rules.dispensesUnpaid || refunded == .zero { return }
    func worth(_ quantity: (DispensableItem) -> Int) -> Money {
      total.share(items.reduce(.zero) { $0 + quantity($1) * $1.unitPrice }, of: subtotal)
    }
    let now = Dictionary(wanted.map { ($0.item.id, $0.quantity) }, uniquingKeysWith: +)
    func left(_ item: DispensableItem) -> Int { item.remaining - now[item.id, default: 0] }
    let broughtBack = worth { $0.remaining - $0.untouched }
    let stillBack = worth { min($0.remaining - $0.untouched, left($0)) }
    if stillBack >= min(refunded, broughtBack), worth(left) >= refunded { return }
    throw ClinicError(.exceedsPaid).with("refunded", refunded.description)
      .with("invoice_id", invoiceID.map { .int(Int($0.rawValue)) } ?? .null)
  }

  /// How much of each item is asked for; without a list, everything that is left.
  func wanted(
    _ list: [CreateDispensing.Item]?
  ) throws -> [(item: DispensableItem, quantity: Int)] {
    guard items.contains(where: { $0.remaining > 0 }) else {
      throw ClinicError(.nothingToDispense)
    }
    var wanted = items.map { (item: $0, quantity: list == nil ? $0.remaining : 0) }
    // A medicine's entry takes what those that name an item leave.
    let entries = list ?? []
    for entry in entries.filter(\.namesItem) + entries.filter({ !$0.namesItem }) {
      var missing = Int(entry.quantity.rawValue)
      let places = wanted.indices.filter { entry.names(wanted[$0].item) }
      if places.isEmpty { throw entry.notFound }
      let left = places.map { wanted[$0].item.remaining - wanted[$0].quantity }
      guard missing <= left.reduce(0, +) else {
        throw ClinicError(.exceedsPrescribed)
          .with("prescription_item_id", wanted[places[0]].item.id)
          .with("remaining", .int(left.reduce(0, +))).with("requested", .int(missing))
      }
      for (place, left) in zip(places, left) {
        wanted[place].quantity += min(left, missing)
        missing -= min(left, missing)
      }
    }
    return wanted.filter { $0.quantity > 0 }
  }

  /// Rule 30, at dispensing. A patient without allergies needs no trip for it.
  func checkAllergies(
    to medicines: [ID<Medicine>], in transaction: Transaction
  ) async throws -> AllergyCheck {
    guard hasAllergies else { return await AllergyCheck(of: [], against: []) }
    return try await AllergyCheck.run(
      Set(medicines).sorted(), of: id, for: patientID, in: transaction)
  }
}

extension CreateDispensing.Item {
  fileprivate var namesItem: Bool { prescriptionItemID != nil }

  fileprivate func names(_ item: DispensableItem) -> Bool {
    prescriptionItemID.map { $0 == item.id } ?? (medicineID == item.medicineID)
  }

  fileprivate var notFound: ClinicError {
    if let prescriptionItemID { return .notFound("prescription_item", prescriptionItemID) }
    return medicineID.map { .notFound("medicine", $0) } ?? ClinicError(.notFound)
  }
}
