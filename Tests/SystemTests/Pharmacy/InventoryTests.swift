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
      #expect(received.reason == "medicine_inactive" && received.data["medicine_id"] == .int(id))
      let missing = try await pharmacist.refused("inventory.get_medicine", ["id": 4711])
      #expect(missing.reason == "not_found")
    }
  }

  @Test("rule 37: an expired batch is not received; through today it is; too far ahead is a slip")
  func expiredBatch() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      func add(_ number: String, days: Int) async throws -> TestConnection.Outcome {
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

  @Test("rule 36: every change of a quantity is a movement with a reason")
  func corrections() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      let batch = try await clinic.batch(of: medicine, 50)
      func update(_ params: JSON) async throws -> TestConnection.Outcome {
        try await pharmacist.outcome("inventory.update_batch", params.with("id", .int(batch)))
      }
      #expect(try await update(["quantity": 40]).reason == "missing")
      #expect(
        try await update(["quantity": 40, "adjustment": -10, "reason": "x"]).reason == "invalid")
      #expect(try await update(["adjustment": 0, "reason": "x"]).reason == "out_of_range")
      #expect(try await update(["quantity": 1_000_001, "reason": "x"]).reason == "out_of_range")
      #expect(try await update(["adjustment": 1_000_000, "reason": "x"]).reason == "out_of_range")
      let short = try await pharmacist.refused(
        "inventory.update_batch", ["id": .int(batch), "adjustment": -51, "reason": "x"])
      #expect(short.reason == "insufficient_stock" && short.data["medicine_id"] == .int(medicine))
      #expect(short.data["available"] == .int(50) && short.data["requested"] == .int(51))
      #expect(try await update(["expiry_date": "9999-01-01"]).reason == "out_of_range")
      let broken = try #require(
        try await update(["adjustment": -8, "reason": "broken", "version": 2]).result)
      #expect(try broken.integer("quantity") == 42)
      #expect(
        try await update(["quantity": 1, "reason": "x", "version": 2]).reason == "stale_version")
      let counted = try #require(
        try await update([
          "quantity": 45, "reason": "found", "supplier": "A. Maker", "cost_price": "0.99",
        ]).result)
      #expect(try counted.text("cost_price") == "0.99" && counted.text("supplier") == "A. Maker")
      #expect(try await update(["quantity": 45, "reason": "the same"]).reason == "ok")
      let cleared = try #require(try await update(["supplier": nil]).result)
      #expect(try cleared.member("supplier").isNull && cleared.integer("quantity") == 45)
      #expect(
        try await clinic.texts(
          """
          SELECT movement_type || ' ' || quantity || ' ' || balance || ' ' || reason \
          FROM stock_movements WHERE reason IS NOT NULL ORDER BY id
          """) == ["ADJUSTED -8 42 broken", "ADJUSTED 3 45 found"])
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 36: a quantity cannot be changed but by a movement, and a movement not at all")
  func schema() async throws {
    try await TestClinic.run(1) { clinic in
      let medicine = try await clinic.medicine()
      let batch = try await clinic.batch(of: medicine, 50)
      for sql: SQL in [
        "UPDATE medicine_batches SET quantity = 60 WHERE id = \(batch)",
        """
        INSERT INTO medicine_batches (medicine_id, batch_number, expiry_date, quantity) \
        VALUES (\(medicine), 'x', current_date, 1)
        """,
        "UPDATE stock_movements SET quantity = 60", "DELETE FROM stock_movements",
        """
        INSERT INTO stock_movements (medicine_id, batch_id, movement_type, quantity, balance, \
        user_name) VALUES (\(medicine), \(batch), 'ADJUSTED', -51, 0, 'x')
        """,
      ] {
        await #expect(throws: PostgresError.self) { try await clinic.postgres.query(sql) }
      }
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 36: a stocktake sets all that was counted, or nothing")
  func stocktake() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      let (first, second, third) = (
        try await clinic.batch(of: medicine, 10), try await clinic.batch(of: medicine, 20),
        try await clinic.batch(of: medicine, 30)
      )
      func count(_ counts: [(Int, Int)]) async throws -> TestConnection.Outcome {
        try await pharmacist.outcome(
          "inventory.stocktake",
          [
            "reason": "yearly",
            "counts": .array(counts.map { ["batch_id": .int($0), "counted": .int($1)] }),
          ])
      }
      #expect(try await count([(first, 1), (4711, 2)]).reason == "not_found")
      #expect(try await count([(first, 1), (first, 2)]).reason == "invalid")
      #expect(try await count([(first, 1), (second, -1)]).reason == "out_of_range")
      #expect(try await count([]).reason == "too_short")
      #expect(try await clinic.number("SELECT count(*) FROM stock_movements") == 3)
      let result = try #require(try await count([(third, 28), (second, 20), (first, 0)]).result)
      #expect(try result.integer("counted") == 3)
      #expect(
        try result.list("differences").map {
          [try $0.integer("batch_id"), try $0.integer("expected"), try $0.integer("difference")]
        } == [[first, 10, -10], [third, 30, -2]])
      #expect(
        try await clinic.texts(
          "SELECT movement_type || quantity FROM stock_movements WHERE reason = 'yearly' ORDER BY id"
        ) == ["STOCKTAKE-10", "STOCKTAKE-2"])
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 37: low stock counts what is neither expired nor held")
  func lowStock() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let doctor = try await clinic.connect(.doctor)
      func low() async throws -> [String] {
        try await doctor.call("inventory.low_stock").list("items").map {
          "\(try $0.text("name")) \(try $0.integer("usable_stock"))"
        }
      }
      let medicine = try await clinic.medicine("A", reorderLevel: 10)
      _ = try await clinic.batch(of: medicine, 100, expiresIn: -1)
      _ = try await clinic.batch(of: medicine, 10, expiresIn: 0)
      let held = try await clinic.batch(of: medicine, 1, expiresIn: 50)
      let empty = try await clinic.medicine("B")
      let other = try await clinic.medicine("C", reorderLevel: 5)
      _ = try await clinic.batch(of: other, 6)
      #expect(try await low() == ["B 0"])
      let stale = try await pharmacist.refused(
        "inventory.hold_batch", ["id": .int(held), "reason": "dented", "version": 7])
      #expect(stale.reason == "stale_version")
      try await pharmacist.call("inventory.hold_batch", ["id": .int(held), "reason": "dented"])
      #expect(try await low() == ["A 10", "B 0"])
      let again = try await pharmacist.refused(
        "inventory.hold_batch", ["id": .int(held), "reason": "dented"])
      #expect(again.reason == "already_held")
      let shown = try await pharmacist.call("inventory.list_batches", ["held": true])
      #expect(try shown.list("items").map { try $0.text("hold_reason") } == ["dented"])
      try await pharmacist.call(
        "inventory.release_batch", ["id": .int(held), "reason": "only the box"])
      #expect(
        try await clinic.texts(
          """
          SELECT details FROM audit_entries WHERE resource_type = 'batch' AND outcome = 'ok' \
          ORDER BY id
          """) == [#"{"reason":"dented"}"#, #"{"reason":"only the box"}"#])
      #expect(
        try await pharmacist.refused("inventory.release_batch", ["id": .int(held)]).reason
          == "not_held")
      try await pharmacist.call(
        "inventory.update_medicine", ["id": .int(empty), "is_active": false])
      #expect(try await low() == [])
    }
  }

  @Test("what expires: by date, page by page; lists of batches by what they are")
  func expiring() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      var batches: [Int: Int] = [:]
      for days in [400, 90, 3, 91, -2, 0] {
        batches[days] = try await clinic.batch(of: medicine, 5, expiresIn: days)
      }
      let twin = try await clinic.batch(of: medicine, 5, expiresIn: 3)
      let empty = try await clinic.batch(of: medicine, 5, expiresIn: 1)
      try await pharmacist.call(
        "inventory.update_batch", ["id": .int(empty), "quantity": 0, "reason": "spilled"])
      func pages(_ method: String, _ params: JSON) async throws -> [Int] {
        var found: [Int] = []
        var cursor: JSON = nil
        for _ in 0..<10 {
          let page = try await pharmacist.call(
            method, params.with("limit", 2).with("cursor", cursor))
          found += try page.list("items").map { try $0.integer("id") }
          if try page.member("next_cursor").isNull { return found }
          cursor = page["next_cursor"].json
        }
        throw CancellationError()
      }
      func ids(_ days: [Int]) -> [Int] { days.compactMap { batches[$0] } }
      #expect(
        try await pages("inventory.expiring", [:]) == ids([-2, 0, 3]) + [twin] + ids([90]))
      #expect(try await pages("inventory.expiring", ["days": 0]) == ids([-2, 0]))
      let wrong = try await pharmacist.refused("inventory.expiring", ["cursor": "2026-02-30.1"])
      #expect(wrong.code == -32602)
      #expect(try await pages("inventory.list_batches", ["expired": true]) == ids([-2]))
      #expect(
        try await pages("inventory.list_batches", ["medicine_id": .int(medicine)])
          == (Array(batches.values) + [twin]).sorted())
      #expect(
        try await pages("inventory.list_batches", ["include_empty": true, "expired": false])
          == (ids([400, 90, 3, 91, 0]) + [twin, empty]).sorted())
    }
  }
}
