import JSONRPC
import Postgres
import RPCClient
import Testing

@testable import Clinic

/// Medicines and batches, as a pharmacist keeps them.
@Suite struct InventoryTests {
  @Test("a medicine is added, found, changed; a stale version is refused")
  func medicines() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let added = try await pharmacist.call(
        "inventory.add_medicine",
        [
          "name": "Amoxicilina Ibáñez", "generic_name": "Amoxicillin", "drug_class": "Penicillin",
          "manufacturer": "Núñez", "form": "capsule", "strength": "500 mg",
          "unit_price": .raw("1.5"),
          "reorder_level": 20,
        ])
      let id = try added.integer("id")
      #expect(try added.text("unit_price") == "1.50")
      #expect(try added.integer("usable_stock") == 0)
      try await pharmacist.call(
        "inventory.add_medicine", ["name": "Paracetamol", "unit_price": "0.10"])
      for search in ["amoxicilina", "IBANEZ amoxi", "nunez", "am"] {
        let found = try await pharmacist.call(
          "inventory.list_medicines", ["search": .string(search)])
        #expect(try found.list("items").map { try $0.integer("id") } == [id], "\(search)")
      }

      let changed = try await pharmacist.call(
        "inventory.update_medicine",
        [
          "id": .int(id), "drug_class": nil, "unit_price": "2.25", "is_active": false, "version": 1,
        ])
      #expect(try changed.member("drug_class").isNull && changed.text("unit_price") == "2.25")
      #expect(try changed.text("generic_name") == "Amoxicillin")
      let stale = try await pharmacist.refused(
        "inventory.update_medicine", ["id": .int(id), "name": "Other", "version": 1])
      #expect(stale.reason == "stale_version")
      let active = try await pharmacist.call("inventory.list_medicines", ["active": true])
      #expect(try active.list("items").map { try $0.text("name") } == ["Paracetamol"])
      let received = try await pharmacist.refused(
        "inventory.add_batch",
        ["medicine_id": .int(id), "batch_number": "1", "quantity": 1, "expiry_date": "2030-01-01"])
      #expect(received.reason == "medicine_inactive")
      let missing = try await pharmacist.refused("inventory.get_medicine", ["id": 4711])
      #expect(missing.reason == "not_found")
    }
  }

  @Test("rule 37: an expired batch is not received; through today it is; too far ahead is a slip")
  func expiredBatch() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      func add(_ number: String, days: Int) async throws -> Caller.Outcome {
        try await pharmacist.outcome(
          "inventory.add_batch",
          [
            "medicine_id": .int(medicine), "batch_number": .string(number), "quantity": 7,
            "expiry_date": .string(try await clinic.day(days)),
          ])
      }
      #expect(try await add("yesterday", days: -1).reason == "expired_batch")
      #expect(try await add("today", days: 0).reason == "ok")
      #expect(try await add("today", days: 30).reason == "batch_exists")
      #expect(try await add("far", days: 366 * 31).reason == "out_of_range")
      let late = try await pharmacist.refused(
        "inventory.add_batch",
        [
          "medicine_id": .int(medicine), "batch_number": "9999", "quantity": 7,
          "expiry_date": "9999-12-31",
        ])
      #expect(late.code == -32602 && late.data["field"] == .string("expiry_date"))
      let shown = try await pharmacist.call("inventory.get_medicine", ["id": .int(medicine)])
      #expect(try shown.integer("usable_stock") == 7)
      #expect(try shown.list("batches").map { try $0.text("batch_number") } == ["today"])
      #expect(
        try await clinic.texts(
          "SELECT movement_type || quantity || ' ' || balance FROM stock_movements")
          == ["RECEIVED7 7"])
    }
  }
}
