package import JSONRPC
package import Postgres

/// What a pharmacist handed out of a prescription at one time.
package struct Dispensing: Codable, Sendable {
  package let id: ID<Dispensing>
  package let prescriptionID: ID<Prescription>
  package let patientID: ID<Patient>
  package let patientName: String
  package let pharmacistID: ID<User>
  package let pharmacistName: String
  /// The invoice that was paid for it, if it needed one.
  package let invoiceID: ID<Invoice>?
  package let allergyCheck: AllergyCheck.Outcome
  package let overrideReason: String?
  package let date: LocalDate
  package let dispensedAt: Instant
  /// One item for each batch that something was taken from.
  package internal(set) var items: [DispensedItem]
}

/// What was taken from one batch.
package struct DispensedItem: Codable, Sendable, RowDecodable {
  package let id: ID<DispensedItem>
  package let prescriptionItemID: ID<PrescriptionItem>
  package let medicineID: ID<Medicine>
  package let medicineName: String
  package let batchID: ID<Batch>
  package let batchNumber: String
  package let expiryDate: LocalDate
  package let quantity: Int
  /// The price on the invoice; without one, the medicine's at that time.
  package let unitPrice: Money
  /// How much of it was brought back.
  package let returned: Int

  init(id: ID<DispensedItem>, _ line: DispensingPlan.Line) {
    self.id = id
    prescriptionItemID = line.item.id
    medicineID = line.item.medicineID
    medicineName = line.item.medicineName
    batchID = line.batch.id
    batchNumber = line.batch.batchNumber
    expiryDate = line.batch.expiryDate
    quantity = line.quantity
    unitPrice = line.item.unitPrice
    returned = 0
  }

  package init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    prescriptionItemID = try cells.next()
    medicineID = try cells.next()
    medicineName = try cells.next()
    batchID = try cells.next()
    batchNumber = try cells.next()
    expiryDate = try cells.next()
    quantity = try cells.next()
    unitPrice = try cells.next()
    returned = try cells.next()
  }
}

extension Dispensing: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("prescription_id", prescriptionID)
    json.member("patient_id", patientID)
    json.member("patient_name", patientName)
    json.member("pharmacist_id", pharmacistID)
    json.member("pharmacist_name", pharmacistName)
    json.member("invoice_id", invoiceID)
    json.member("allergy_check", allergyCheck)
    json.member("override_reason", overrideReason)
    json.member("date", date)
    json.member("dispensed_at", dispensedAt)
    json.member("items", items)
  }
}

extension DispensedItem: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("id", id)
    json.member("prescription_item_id", prescriptionItemID)
    json.member("medicine_id", medicineID)
    json.member("medicine_name", medicineName)
    json.member("batch_id", batchID)
    json.member("batch_number", batchNumber)
    json.member("expiry_date", expiryDate)
    json.member("quantity", quantity)
    json.member("unit_price", unitPrice)
    json.member("returned", returned)
  }
}

extension Dispensing {
  /// Selects dispensings `d` with their items, one row per item; an ORDER BY is to follow.
  static func select(from dispensings: SQL) -> SQL {
    """
    SELECT d.id, d.prescription_id, d.patient_id, p.name, d.pharmacist_id, u.full_name, \
    d.invoice_id, d.allergy_check, d.override_reason, d.date, d.dispensed_at, \
    t.id, t.prescription_item_id, t.medicine_id, m.name, t.batch_id, b.batch_number, \
    b.expiry_date, t.quantity, t.unit_price, t.returned \
    FROM (\(sql: dispensings)) d JOIN patients p ON p.id = d.patient_id \
    JOIN users u ON u.id = d.pharmacist_id JOIN dispensing_items t ON t.dispensing_id = d.id \
    JOIN medicines m ON m.id = t.medicine_id JOIN medicine_batches b ON b.id = t.batch_id
    """
  }

  /// Reads rows of ``select(from:)``, in which those of one dispensing follow each other.
  static func list(_ rows: Rows) throws(PostgresError) -> [Dispensing] {
    var dispensings: [Dispensing] = []
    for row in rows {
      var cells = row.cells
      let head = try Dispensing(cells: &cells)
      let item = try DispensedItem(cells: &cells)
      if dispensings.last?.id != head.id { dispensings.append(head) }
      dispensings[dispensings.count - 1].items.append(item)
    }
    return dispensings
  }

  private init(cells: inout Cells) throws(PostgresError) {
    id = try cells.next()
    prescriptionID = try cells.next()
    patientID = try cells.next()
    patientName = try cells.next()
    pharmacistID = try cells.next()
    pharmacistName = try cells.next()
    invoiceID = try cells.next()
    allergyCheck = try cells.next()
    overrideReason = try cells.next()
    date = try cells.next()
    dispensedAt = try cells.next()
    items = []
  }
}

/// How a prescribed medicine stands after a dispensing or a return.
package struct RemainingItem: Codable, Sendable {
  package let prescriptionItemID: ID<PrescriptionItem>
  package let medicineID: ID<Medicine>
  package let medicineName: String
  package let prescribed: Int
  /// How much was dispensed, less what was returned.
  package let dispensed: Int
  package let remaining: Int

  init(_ item: DispensableItem, dispensedNow: Int = 0) {
    prescriptionItemID = item.id
    medicineID = item.medicineID
    medicineName = item.medicineName
    prescribed = item.prescribed
    dispensed = item.dispensed + dispensedNow
    remaining = item.remaining - dispensedNow
  }
}
