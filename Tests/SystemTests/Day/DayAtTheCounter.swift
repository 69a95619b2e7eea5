import JSONRPC
import TestSupport
import Testing

/// How patients pay, get their medicines and bring some back.
extension DayInTheClinic {
  func pay(_ patient: DayPatient, _ seen: Seen) async throws {
    let invoice = try await desks.serve { try await self.bill(patient, seen, at: $0) }
    let isPaid = try await desks.serve { try await self.settle(invoice, as: patient, at: $0) }
    guard let prescription = seen.prescription else { return }
    guard isPaid else {
      return try await pharmacists.serve {
        try await $0.refused(
          "dispensing.create", ["prescription_id": .int(prescription)], as: "invoice_not_paid")
      }
    }
    let dispensing = try await pharmacists.serve {
      try await self.dispense(prescription, to: patient, at: $0)
    }
    if patient.bringsBack { try await bringBack(dispensing, of: invoice) }
  }

  private func bill(_ patient: DayPatient, _ seen: Seen, at desk: DayWorker) async throws
    -> JSONValue
  {
    let fee: JSON = ["description": "Consultation", "quantity": 1, "unit_price": "12.35"]
    var params: JSON = ["status": patient.isDraftFirst ? "DRAFT" : "PENDING"]
    if let prescription = seen.prescription {
      params = params.with("mode", "AUTO").with("prescription_id", .int(prescription))
        .with("items", patient.number % 7 == 0 ? [fee] : [])
    } else {
      params = params.with("mode", "MANUAL").with("patient_id", .int(seen.patient))
        .with("visit_id", .int(seen.visit)).with("items", [fee])
    }
    if patient.number % 5 == 0 { params = params.with("discount_percent", "7.5") }
    if patient.number % 3 == 0 { params = params.with("tax_percent", "5") }
    let invoice = try await desk.call("billing.create", params)
    guard patient.isDraftFirst else { return invoice }
    try await desk.refused(
      "billing.pay", ["id": invoice["id"].json, "payment_method": "CARD"], as: "not_issued")
    return try await desk.call("billing.issue", ["id": invoice["id"].json])
  }

  /// - Returns: whether the invoice is paid.
  private func settle(
    _ invoice: JSONValue, as patient: DayPatient, at desk: DayWorker
  ) async throws -> Bool {
    let id = invoice["id"].json
    let total = try cents(invoice, "total")
    let half = total / 2
    var parts: [JSON] = []
    switch patient.settlement {
    case .never: return false
    case .cancelled:
      try await desk.call("billing.cancel", ["id": id, "reason": "not wanted"])
      return false
    case .card: parts = [["payment_method": "CARD"]]
    case .cashWithChange:
      parts = [["payment_method": "CASH", "amount": .string(money(total + 500))]]
    case .twice:
      parts = [
        ["payment_method": "UPI", "amount": .string(money(half))], ["payment_method": "CASH"],
      ]
    case .mixed:
      parts = [
        [
          "payments": [
            ["payment_method": "CARD", "amount": .string(money(half))],
            ["payment_method": "CASH", "amount": .string(money(total - half))],
          ]
        ]
      ]
    }
    for (index, part) in parts.enumerated() {
      let key: JSON = "payment \(index) of \(patient.number)"
      let params = part.with("id", id).with("idempotency_key", key)
      let paid = try await desk.call("billing.pay", params)
      if index == parts.count - 1 { #expect(try paid.text("status") == "PAID") }
      if patient.settlement == .cashWithChange { #expect(try cents(paid, "change") == 500) }
      // Sent again, because nobody knows whether it arrived.
      let again = try await desk.call("billing.pay", params)
      #expect(again.rawBytes == paid.rawBytes)
    }
    taken.update { $0 += total }
    try await desk.refused("billing.pay", ["id": id, "payment_method": "CARD"], as: "already_paid")
    return true
  }

  private func dispense(
    _ prescription: Int, to patient: DayPatient, at pharmacist: DayWorker
  ) async throws -> JSONValue {
    var params: JSON = ["prescription_id": .int(prescription)]
    if patient.isAllergic {
      try await pharmacist.refused("dispensing.create", params, as: "allergy_match")
      params = params.with("override_reason", "the doctor says so")
    }
    let medicine = medicines[patient.medicines[0].index]
    let one: JSON = [["medicine_id": .int(medicine), "quantity": 1]]
    var dispensing = try await pharmacist.call(
      "dispensing.create", patient.isDispensedInParts ? params.with("items", one) : params)
    if try dispensing.list("remaining").contains(where: { try $0.integer("remaining") > 0 }) {
      dispensing = try await pharmacist.call("dispensing.create", params)
    }
    try await pharmacist.refused("dispensing.create", params, as: "nothing_to_dispense")
    return dispensing
  }

  /// One piece comes back, and its money with it.
  private func bringBack(_ dispensing: JSONValue, of invoice: JSONValue) async throws {
    let item = try #require(dispensing.list("items").first)
    let returned = try await pharmacists.serve {
      try await $0.call(
        "dispensing.return",
        [
          "id": dispensing["id"].json, "reason": "not needed",
          "items": [["dispensing_item_id": item["id"].json, "quantity": 1]],
        ])
    }
    let due = try cents(returned, "refund_due")
    guard due > 0 else { return }
    _ = try await desks.serve {
      try await $0.call(
        "billing.refund",
        [
          "id": invoice["id"].json, "payment_method": "CASH", "reason": "brought back",
          "amount": returned["refund_due"].json,
        ])
    }
    taken.update { $0 -= due }
  }

  private func cents(_ value: JSONValue, _ name: String) throws -> Int {
    try #require(Int(value.text(name).filter { $0 != "." }))
  }

  private func money(_ cents: Int) -> String {
    "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }
}
