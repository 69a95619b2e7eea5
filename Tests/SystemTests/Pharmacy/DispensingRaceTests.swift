import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Rules 31, 33 to 37 with many pharmacists at once over two instances.
@Suite struct DispensingRaceTests {
  /// Pharmacists at connections of their own, half of them at each instance.
  private static func pharmacists(
    _ count: Int, _ clinic: TestClinic
  ) async throws -> [TestConnection] {
    let member = try await clinic.member(.pharmacist)
    let first = try await clinic.connect(member)
    let others = try await concurrently(count - 1) {
      try await clinic.connect(member, on: ($0 + 1) % 2)
    }
    return [first] + others
  }

  @Test("rule 31: 50 pharmacists at one prescription hand out what it says, and no more")
  func onePrescription() async throws {
    try await TestClinic.run { clinic in
      let medicine = try await clinic.medicine()
      for days in 1...6 { _ = try await clinic.batch(of: medicine, 20, expiresIn: days) }
      let order = try await clinic.prescription([(medicine, 30)])
      let pharmacists = try await Self.pharmacists(50, clinic)
      let reasons = try await concurrently(50) { index in
        try await pharmacists[index].outcome(
          "dispensing.create", order.params([1 + index % 3])
        ).reason
      }
      let refusals = Set(reasons).subtracting(["ok"])
      #expect(refusals.isSubset(of: ["exceeds_prescribed", "nothing_to_dispense"]))
      #expect(!refusals.isEmpty)
      // Whoever asks for one piece gets it until nothing is left.
      let rest = try await pharmacists[0].outcome("dispensing.create", order.params)
      #expect(rest.reason == "ok" || rest.reason == "nothing_to_dispense")
      #expect(try await clinic.number("SELECT dispensed::bigint FROM prescription_items") == 30)
      #expect(try await clinic.number("SELECT sum(quantity) FROM medicine_batches") == 90)
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 31: 50 pharmacists who all want all of it: one gets it")
  func allOfIt() async throws {
    try await TestClinic.run { clinic in
      let medicine = try await clinic.medicine()
      _ = try await clinic.batch(of: medicine, 1000)
      let order = try await clinic.prescription([(medicine, 10)])
      let pharmacists = try await Self.pharmacists(50, clinic)
      let reasons = try await concurrently(50) { index in
        try await pharmacists[index].outcome("dispensing.create", order.params).reason
      }
      #expect(reasons.count { $0 == "ok" } == 1)
      #expect(reasons.count { $0 == "nothing_to_dispense" } == 49)
      #expect(try await clinic.number("SELECT count(*) FROM dispensings") == 1)
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test(
    "rules 33, 35: 60 prescriptions on one scarce medicine: all of the stock, oldest first, no more"
  )
  func scarceMedicine() async throws {
    try await TestClinic.run { clinic in
      let scarce = try await clinic.medicine("Scarce")
      let plenty = try await clinic.medicine("Plenty")
      _ = try await clinic.batch(of: plenty, 10_000)
      // 100 in batches that no prescription's 3 divides.
      for (days, quantity) in [(9, 40), (3, 10), (5, 25), (3, 25)] {
        _ = try await clinic.batch(of: scarce, quantity, expiresIn: days)
      }
      var orders: [Prescribed] = []
      for index in 0..<60 {
        // In either order, so that locks would cross.
        let items = [(scarce, 3), (plenty, 2)]
        orders.append(
          try await clinic.prescription(index % 2 == 0 ? items : items.reversed()))
      }
      let pharmacists = try await Self.pharmacists(60, clinic)
      let prescribed = orders
      let reasons = try await concurrently(60) { index in
        try await pharmacists[index].outcome(
          "dispensing.create", prescribed[index].params
        ).reason
      }
      #expect(reasons.count { $0 == "ok" } == 33)
      #expect(reasons.count { $0 == "insufficient_stock" } == 27)
      #expect(
        try await clinic.number(
          "SELECT sum(quantity) FROM medicine_batches WHERE medicine_id = \(scarce)") == 1)
      // Nothing of the other medicine went with a refusal.
      #expect(
        try await clinic.number(
          "SELECT sum(quantity) FROM medicine_batches WHERE medicine_id = \(plenty)")
          == 10_000 - 2 * 33)
      // No batch was begun before those that expire earlier were empty.
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM (SELECT lag(b.expiry_date, 1, b.expiry_date) OVER (ORDER BY t.id) \
          > b.expiry_date OR lag(b.id, 1, b.id) OVER (PARTITION BY b.expiry_date ORDER BY t.id) \
          > b.id AS wrong FROM stock_movements t JOIN medicine_batches b ON b.id = t.batch_id \
          WHERE t.movement_type = 'DISPENSED' AND b.medicine_id = \(scarce)) t WHERE wrong
          """) == 0)
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rules 35, 36: dispensing, returns, adjustments, counts and holds at once keep the books")
  func everythingAtOnce() async throws {
    try await TestClinic.run { clinic in
      var medicines: [Int] = []
      var shelf: [Int] = []
      for index in 0..<4 {
        let medicine = try await clinic.medicine("Medicine \(index)")
        medicines.append(medicine)
        for days in 1...3 {
          shelf.append(try await clinic.batch(of: medicine, 40, expiresIn: days))
        }
      }
      var orders: [Prescribed] = []
      for index in 0..<24 {
        orders.append(
          try await clinic.prescription(
            (0..<3).map { (medicines[(index + $0 * (index % 2 == 0 ? 1 : 3)) % 4], 8) }))
      }
      let (prescribed, batches) = (orders, shelf)
      let pharmacists = try await Self.pharmacists(48, clinic)
      let reasons = try await concurrently(48) { index in
        let pharmacist = pharmacists[index]
        var reasons: [String] = []
        for round in 0..<4 {
          let batch = batches[(index * 5 + round) % batches.count]
          switch (index + round) % 6 {
          case 0:
            reasons.append(
              try await pharmacist.outcome(
                "inventory.update_batch",
                ["id": .int(batch), "adjustment": -15, "reason": "broken"]
              ).reason)
          case 1:
            reasons.append(
              try await pharmacist.outcome(
                "inventory.stocktake",
                [
                  "counts": .array(
                    batches.reversed().map { ["batch_id": .int($0), "counted": .int(20 + round)] })
                ]
              ).reason)
          case 2:
            let name = round % 2 == 0 ? "inventory.hold_batch" : "inventory.release_batch"
            let params: JSON = ["id": .int(batch)]
            reasons.append(
              try await pharmacist.outcome(
                name, round % 2 == 0 ? params.with("reason", "look at it") : params
              ).reason)
          default:
            let order = prescribed[(index + round) % prescribed.count]
            let made = try await pharmacist.outcome("dispensing.create", order.params([2, 2, 2]))
            reasons.append(made.reason)
            guard let item = try made.result?.list("items").first else { continue }
            reasons.append(
              try await pharmacist.outcome(
                "dispensing.return",
                [
                  "id": made.result?["id"].json ?? nil, "reason": "spared",
                  "restock": .bool(round % 2 == 0),
                  "items": [["dispensing_item_id": item["id"].json, "quantity": 1]],
                ]
              ).reason)
          }
        }
        return reasons
      }
      #expect(
        Set(reasons.flatMap { $0 }).isSubset(of: [
          "ok", "insufficient_stock", "exceeds_prescribed", "nothing_to_dispense", "already_held",
          "not_held",
        ]))
      #expect(reasons.flatMap { $0 }.count { $0 == "ok" } > 48)
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 37: 40 returns of one item at once bring back what was dispensed, and no more")
  func returnsAtOnce() async throws {
    try await TestClinic.run { clinic in
      let medicine = try await clinic.medicine()
      let batch = try await clinic.batch(of: medicine, 100)
      let order = try await clinic.prescription([(medicine, 9)])
      let pharmacists = try await Self.pharmacists(40, clinic)
      let made = try await pharmacists[0].call("dispensing.create", order.params)
      let (id, item) = (made["id"].json, try made.list("items").first?["id"].json ?? nil)
      let reasons = try await concurrently(40) { index in
        try await pharmacists[index].outcome(
          "dispensing.return",
          [
            "id": id, "reason": "spared",
            "items": [["dispensing_item_id": item, "quantity": 2]],
          ]
        ).reason
      }
      #expect(reasons.count { $0 == "ok" } == 4)
      #expect(reasons.count { $0 == "exceeds_dispensed" } == 36)
      #expect(
        try await clinic.number("SELECT quantity::bigint FROM medicine_batches WHERE id = \(batch)")
          == 99)
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("a dispensing repeated with its key at both instances is one")
  func oneKey() async throws {
    try await TestClinic.run { clinic in
      let medicine = try await clinic.medicine()
      _ = try await clinic.batch(of: medicine, 100)
      let order = try await clinic.prescription([(medicine, 50)])
      let pharmacists = try await Self.pharmacists(20, clinic)
      let ids = try await concurrently(20) { index in
        try await pharmacists[index].call(
          "dispensing.create", order.params([2]).with("idempotency_key", "counter 7")
        ).integer("id")
      }
      #expect(Set(ids).count == 1)
      #expect(try await clinic.number("SELECT dispensed::bigint FROM prescription_items") == 2)
    }
  }
}
