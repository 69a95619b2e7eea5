import JSONRPC
import Testing

@testable import Clinic

/// Rules 33 to 35, as far as they can be decided without a store.
@Suite struct DispensingPlanTests {
  private static func item(_ id: Int64, of medicine: Int64) -> DispensableItem {
    DispensableItem(
      id: ID(rawValue: id), medicineID: ID(rawValue: medicine), medicineName: "M\(medicine)",
      prescribed: 1000)
  }

  private static func batch(
    _ id: Int64, of medicine: Int64, _ quantity: Int, expires day: Int
  ) -> ShelfBatch {
    ShelfBatch(
      id: ID(rawValue: id), medicineID: ID(rawValue: medicine), batchNumber: "\(id)",
      expiryDate: LocalDate(days: day), quantity: quantity)
  }

  @Test("rule 33: by expiry date, then the older batch, whatever their order on the shelf")
  func order() throws {
    let shelf = [
      Self.batch(4, of: 1, 5, expires: 9), Self.batch(2, of: 1, 5, expires: 3),
      Self.batch(3, of: 1, 5, expires: 2), Self.batch(1, of: 1, 5, expires: 3),
      Self.batch(5, of: 2, 5, expires: 1),
    ]
    for shelf in [shelf, shelf.reversed()] {
      let plan = try DispensingPlan([(Self.item(1, of: 1), 17)], from: shelf)
      #expect(plan.lines.map(\.batch.id.rawValue) == [3, 1, 2, 4])
      #expect(plan.lines.map(\.quantity) == [5, 5, 5, 2])
      #expect(plan.usable[ID(rawValue: 1)] == 3)
    }
  }

  @Test("rule 35: items of one medicine need its stock together")
  func together() throws {
    let shelf = [Self.batch(1, of: 1, 5, expires: 1), Self.batch(2, of: 2, 50, expires: 1)]
    let wanted = [
      (item: Self.item(1, of: 2), quantity: 50), (item: Self.item(2, of: 1), quantity: 3),
      (item: Self.item(3, of: 1), quantity: 3),
    ]
    let refusal = #expect(throws: ClinicError.self) { try DispensingPlan(wanted, from: shelf) }
    #expect(
      refusal
        == ClinicError(.insufficientStock).with("medicine_id", .int(1)).with("available", .int(5))
        .with("requested", .int(6)))
  }

  @Test(
    "rules 33, 34: any shelf, any wish: exact sums, in order, no batch overdrawn",
    arguments: 1...200)
  func anything(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let shelf = (1...20).map { id in
      Self.batch(
        Int64(id), of: .random(in: 1...3, using: &random), .random(in: 1...9, using: &random),
        expires: .random(in: 0...4, using: &random))
    }.shuffled(using: &random)
    let wanted = (1...4).map { id in
      (
        item: Self.item(Int64(id), of: .random(in: 1...3, using: &random)),
        quantity: Int.random(in: 1...15, using: &random)
      )
    }
    func needed(_ medicine: Int64) -> Int {
      wanted.reduce(0) { $0 + ($1.item.medicineID.rawValue == medicine ? $1.quantity : 0) }
    }
    func available(_ medicine: Int64) -> Int {
      shelf.reduce(0) { $0 + ($1.medicineID.rawValue == medicine ? $1.quantity : 0) }
    }
    guard (1...3).allSatisfy({ needed($0) <= available($0) }) else {
      #expect(throws: ClinicError.self) { try DispensingPlan(wanted, from: shelf) }
      return
    }
    let plan = try DispensingPlan(wanted, from: shelf)
    for (item, quantity) in wanted {
      let lines = plan.lines.filter { $0.item.id == item.id }
      #expect(lines.reduce(0) { $0 + $1.quantity } == quantity)
      #expect(lines.allSatisfy { $0.quantity > 0 && $0.batch.medicineID == item.medicineID })
      #expect(Set(lines.map(\.batch.id)).count == lines.count)
    }
    for batch in shelf {
      let taken = plan.lines.reduce(0) { $0 + ($1.batch.id == batch.id ? $1.quantity : 0) }
      #expect(taken <= batch.quantity)
      guard taken < batch.quantity else { continue }
      // Something of it is left, so no later one was begun.
      #expect(
        plan.lines.allSatisfy {
          $0.batch.medicineID != batch.medicineID
            || ($0.batch.expiryDate, $0.batch.id) <= (batch.expiryDate, batch.id)
        })
    }
    for medicine in 1...3 {
      let left = available(Int64(medicine)) - needed(Int64(medicine))
      #expect((plan.usable[ID(rawValue: Int64(medicine))] ?? 0) == left)
    }
  }
}
