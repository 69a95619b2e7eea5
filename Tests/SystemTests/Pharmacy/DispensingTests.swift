import JSONRPC
import Postgres
import RPCClient
import Testing

@testable import Clinic

/// Rules 30 to 35 for one pharmacist at a time; many at once are in ``DispensingRaceTests``.
@Suite struct DispensingTests {
  /// What was taken: batch and quantity of each item.
  private static func taken(_ dispensing: JSONValue) throws -> [[Int]] {
    try dispensing.list("items").map { [try $0.integer("batch_id"), try $0.integer("quantity")] }
  }

  // MARK: - Which batches

  @Test("rules 33, 34: first expired, first out over batches; a tie goes to the older batch")
  func firstExpiredFirstOut() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine(reorderLevel: 30)
      let late = try await clinic.batch(of: medicine, 50, expiresIn: 300)
      let soon = try await clinic.batch(of: medicine, 7, expiresIn: 20)
      let tie = try await clinic.batch(of: medicine, 9, expiresIn: 20)
      let other = try await clinic.medicine("Ibuprofen", price: "0.40")
      let only = try await clinic.batch(of: other, 100)
      let order = try await clinic.prescription([(medicine, 30), (other, 6)])

      let first = try await pharmacist.call("dispensing.create", order.params([10, 0]))
      #expect(try Self.taken(first) == [[soon, 7], [tie, 3]])
      #expect(try first.list("low_stock").isEmpty)
      #expect(try first.list("remaining").map { try $0.integer("remaining") } == [20, 6])

      let second = try await pharmacist.call("dispensing.create", order.params)
      #expect(try Self.taken(second) == [[tie, 6], [late, 14], [only, 6]])
      #expect(try second.list("remaining").map { try $0.integer("remaining") } == [0, 0])
      #expect(
        try second.list("items").map { try $0.text("unit_price") } == ["2.50", "2.50", "0.40"])
      #expect(try second.list("items").last?.text("medicine_name") == "Ibuprofen")
      // 36 of the first medicine are left; the second has no level to reach.
      #expect(try second.list("low_stock").isEmpty)
      let more = try await clinic.prescription([(medicine, 6)])
      let third = try await pharmacist.call("dispensing.create", more.params)
      let low = try #require(try third.list("low_stock").first)
      #expect(try low.integer("usable_stock") == 30 && low.integer("medicine_id") == medicine)

      let done = try await pharmacist.refused("dispensing.create", order.params)
      #expect(done.reason == "nothing_to_dispense")
      let shown = try await pharmacist.call(
        "dispensing.get", ["id": second["id"].json])
      #expect(try Self.taken(shown) == Self.taken(second))
      #expect(try shown.text("dispensed_at") == second.text("dispensed_at"))
      let listed = try await pharmacist.call(
        "dispensing.list", ["prescription_id": .int(order.id), "limit": 1])
      #expect(try listed.list("items").map { try $0.integer("id") } == [second.integer("id")])
      let next = try await pharmacist.call(
        "dispensing.list",
        ["patient_id": .int(order.patient), "limit": 1, "cursor": listed["next_cursor"].json])
      #expect(try next.list("items").map { try $0.integer("id") } == [first.integer("id")])
      #expect(try next.member("next_cursor").isNull)
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 33: one prescription with a medicine twice takes each batch once, in order")
  func medicineTwice() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      let first = try await clinic.batch(of: medicine, 5, expiresIn: 5)
      let second = try await clinic.batch(of: medicine, 5, expiresIn: 6)
      let order = try await clinic.prescription([(medicine, 4), (medicine, 5)])
      let all = try await pharmacist.refused(
        "dispensing.create",
        order.params.with("items", [["medicine_id": .int(medicine), "quantity": 10]]))
      #expect(all.reason == "exceeds_prescribed" && all.data["remaining"] == .int(9))
      let made = try await pharmacist.call(
        "dispensing.create",
        order.params.with("items", [["medicine_id": .int(medicine), "quantity": 9]]))
      #expect(try Self.taken(made) == [[first, 4], [first, 1], [second, 4]])

      // An item that is named keeps what it needs, wherever in the list it is named.
      _ = try await clinic.batch(of: medicine, 8)
      let both = try await clinic.prescription([(medicine, 4), (medicine, 5)])
      try await pharmacist.call(
        "dispensing.create",
        both.params.with(
          "items",
          [
            ["medicine_id": .int(medicine), "quantity": 5],
            ["prescription_item_id": .int(both.items[0]), "quantity": 4],
          ]))
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rules 33, 35: expired and held batches are skipped; through its expiry date one is used")
  func skipped() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      _ = try await clinic.batch(of: medicine, 100, expiresIn: -1)
      let today = try await clinic.batch(of: medicine, 5, expiresIn: 0)
      let held = try await clinic.batch(of: medicine, 100, expiresIn: 1)
      let later = try await clinic.batch(of: medicine, 5, expiresIn: 2)
      let fine = try await clinic.medicine("Ibuprofen")
      let plenty = try await clinic.batch(of: fine, 100)
      try await pharmacist.call(
        "inventory.hold_batch", ["id": .int(held), "reason": "a recall of the maker's"])
      let order = try await clinic.prescription([(fine, 10), (medicine, 11)])

      let short = try await pharmacist.refused("dispensing.create", order.params)
      #expect(short.reason == "insufficient_stock")
      #expect(
        short.data["medicine_id"] == .int(medicine) && short.data["available"] == .int(10)
          && short.data["requested"] == .int(11))
      // Nothing of the other item was taken either.
      #expect(try await clinic.number("SELECT count(*) FROM dispensings") == 0)
      #expect(try await clinic.number("SELECT sum(dispensed) FROM prescription_items") == 0)

      let ten = try await pharmacist.call("dispensing.create", order.params([10, 10]))
      #expect(try Self.taken(ten) == [[plenty, 10], [today, 5], [later, 5]])
      let none = try await pharmacist.refused("dispensing.create", order.params)
      #expect(none.reason == "insufficient_stock" && none.data["available"] == .int(0))
      try await pharmacist.call("inventory.release_batch", ["id": .int(held)])
      #expect(
        try Self.taken(try await pharmacist.call("dispensing.create", order.params)) == [[held, 1]])
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test(
    "rule 33: the day of the expiry date is the clinic's",
    arguments: ["Pacific/Kiritimati", "Etc/GMT+12"])
  func clinicsZone(zone: String) async throws {
    try await TestClinic.run(1, ["CLINIC_TIME_ZONE": zone]) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      func batch(_ number: String, _ days: Int) async throws -> TestConnection.Outcome {
        try await pharmacist.outcome(
          "inventory.add_batch",
          [
            "medicine_id": .int(medicine), "batch_number": .string(number), "quantity": 5,
            "expiry_date": .string(try await clinic.day(days, in: zone)),
          ])
      }
      #expect(try await batch("yesterday", -1).reason == "expired_batch")
      let today = try #require(try await batch("today", 0).result).integer("id")
      let order = try await clinic.prescription([(medicine, 5)])
      #expect(
        try Self.taken(try await pharmacist.call("dispensing.create", order.params)) == [
          [today, 5]
        ])
      let shown = try await pharmacist.call("dispensing.list")
      let date = try await clinic.day(0, in: zone)
      #expect(try shown.list("items").first?.text("date") == date)
    }
  }

  // MARK: - Whether at all

  @Test("rule 31: a quantity is whole, positive and no more than is left")
  func quantities() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine()
      _ = try await clinic.batch(of: medicine, 100)
      let order = try await clinic.prescription([(medicine, 10)])
      let stranger = try await clinic.prescription([(medicine, 10)])
      for quantity in ["0", "-1", "1.5", "1000000000", "\"3\"", "null"] {
        let refused = try await pharmacist.refused(
          "dispensing.create",
          order.params.with(
            "items",
            [["prescription_item_id": .int(order.items[0]), "quantity": .raw(quantity)]]))
        #expect(refused.code == -32602, "\(quantity)")
        #expect(refused.data["field"] == .string("items[0].quantity"), "\(quantity)")
      }
      let bare = try await pharmacist.refused(
        "dispensing.create", order.params.with("items", [["quantity": 1]]))
      #expect(bare.data["field"] == .string("items[0].prescription_item_id"))
      let empty = try await pharmacist.refused("dispensing.create", order.params.with("items", []))
      #expect(empty.code == -32602 && empty.data["field"] == .string("items"))
      let others = try await pharmacist.refused(
        "dispensing.create",
        order.params.with(
          "items", [["prescription_item_id": .int(stranger.items[0]), "quantity": 1]]))
      #expect(others.reason == "not_found")
      let missing = try await pharmacist.refused("dispensing.create", ["prescription_id": 4711])
      #expect(missing.reason == "not_found")

      try await pharmacist.call("dispensing.create", order.params([4]))
      let many = try await pharmacist.refused("dispensing.create", order.params([7]))
      #expect(many.reason == "exceeds_prescribed" && many.data["remaining"] == .int(6))
      // Twice in one call is together.
      let entry: JSON = ["prescription_item_id": .int(order.items[0]), "quantity": 4]
      let twice = try await pharmacist.refused(
        "dispensing.create", order.params.with("items", [entry, entry]))
      #expect(twice.reason == "exceeds_prescribed")
      try await pharmacist.call("dispensing.create", order.params([6]))
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 32: the invoice is paid, the prescription neither cancelled nor too old")
  func paid() async throws {
    try await TestClinic.run(
      2, each: [1: ["CLINIC_DISPENSE_UNPAID": "yes", "CLINIC_PRESCRIPTION_DAYS": "5"]]
    ) { clinic in
      let member = try await clinic.member(.pharmacist)
      let strict = try await clinic.connect(member)
      let lenient = try await clinic.connect(member, on: 1)
      let medicine = try await clinic.medicine()
      _ = try await clinic.batch(of: medicine, 1000)
      for status in [nil, "DRAFT", "PENDING", "CANCELLED"] {
        let order = try await clinic.prescription([(medicine, 1)], invoice: status)
        let refused = try await strict.refused("dispensing.create", order.params)
        #expect(refused.reason == "invoice_not_paid", "\(status ?? "none")")
        #expect(try await lenient.outcome("dispensing.create", order.params).reason == "ok")
      }
      let refunded = try await clinic.prescription([(medicine, 1)])
      _ = try await clinic.postgres.query(
        "UPDATE invoices SET refunded = paid WHERE prescription_id = \(refunded.id)")
      #expect(
        try await strict.refused("dispensing.create", refunded.params).reason == "invoice_not_paid")

      let cancelled = try await clinic.prescription([(medicine, 1)], status: "CANCELLED")
      #expect(
        try await lenient.refused("dispensing.create", cancelled.params).reason
          == "prescription_cancelled")
      let old = try await clinic.prescription([(medicine, 1)], daysOld: 90)
      #expect(
        try await lenient.refused("dispensing.create", old.params).reason == "prescription_expired")
      #expect(try await strict.outcome("dispensing.create", old.params).reason == "ok")
      let older = try await clinic.prescription([(medicine, 1)], daysOld: 91)
      #expect(
        try await strict.refused("dispensing.create", older.params).reason == "prescription_expired"
      )
      let archived = try await clinic.prescription([(medicine, 1)])
      _ = try await clinic.postgres.query(
        "UPDATE patients SET archived_at = now() WHERE id = \(archived.patient)")
      #expect(
        try await strict.refused("dispensing.create", archived.params).reason == "patient_archived")
      // The kernel's word makes nobody a pharmacist.
      let root = try await clinic.admin().refused("dispensing.create", old.params)
      #expect(root.reason == "no_staff_identity")
    }
  }

  @Test("rule 30: an allergy warns at dispensing too; an override needs a reason, and is kept")
  func allergies() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine(
        "Amoxil", generic: "Amoxicillin", drugClass: "Penicillins")
      let harmless = try await clinic.medicine("Vitamin C")
      _ = try await clinic.batch(of: medicine, 100)
      _ = try await clinic.batch(of: harmless, 100)
      let order = try await clinic.prescription(
        [(harmless, 2), (medicine, 5)], allergies: ["penicillin"])
      let refused = try await pharmacist.refused("dispensing.create", order.params)
      #expect(refused.reason == "allergy_match")
      // What matches nothing is dispensed.
      let part = try await pharmacist.call("dispensing.create", order.params([2, 0]))
      #expect(try part.text("allergy_check") == "CLEAR" && part.list("warnings").isEmpty)
      let blank = try await pharmacist.refused(
        "dispensing.create", order.params.with("override_reason", "  "))
      #expect(blank.code == -32602)
      let made = try await pharmacist.call(
        "dispensing.create", order.params.with("override_reason", "tolerated since 2020"))
      #expect(try made.text("allergy_check") == "MATCH")
      #expect(try made.text("override_reason") == "tolerated since 2020")
      #expect(try made.list("warnings").map { try $0.integer("medicine_id") } == [medicine])
      #expect(
        try await clinic.texts(
          """
          SELECT outcome || ' ' || resource_type || ' ' || coalesce(details, '') FROM audit_entries \
          WHERE method = 'dispensing.create' ORDER BY id
          """) == [
            "allergy_match prescription ", "ok dispensing ",
            """
            ok dispensing {"allergy_check":"MATCH","medicine_ids":[\(medicine)],\
            "has_override_reason":true}
            """,
          ])
    }
  }

  // MARK: - Returns

  @Test("rules 36, 37: a return goes to its batch, and never exceeds what was dispensed")
  func returns() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine(price: "3.33")
      let first = try await clinic.batch(of: medicine, 6, expiresIn: 10)
      let second = try await clinic.batch(of: medicine, 100, expiresIn: 20)
      let order = try await clinic.prescription([(medicine, 10)])
      let made = try await pharmacist.call("dispensing.create", order.params)
      let id = try made.integer("id")
      let items = try made.list("items").map { try $0.integer("id") }
      func back(_ quantities: [Int], restock: JSON = nil) async throws -> TestConnection.Outcome {
        try await pharmacist.outcome(
          "dispensing.return",
          [
            "id": .int(id), "reason": "not needed", "restock": restock,
            "items": .array(
              zip(items, quantities).filter { $1 > 0 }.map {
                ["dispensing_item_id": .int($0), "quantity": .int($1)]
              }),
          ])
      }
      let returned = try #require(try await back([2, 1]).result)
      #expect(try returned.text("refund_due") == "9.99")
      #expect(try returned.list("remaining").map { try $0.integer("remaining") } == [3])
      #expect(try await back([5, 0]).reason == "exceeds_dispensed")
      // What is not to be used again is discarded; what expired meanwhile, too.
      _ = try #require(try await back([0, 1], restock: false).result)
      _ = try await clinic.postgres.query(
        "UPDATE medicine_batches SET expiry_date = current_date - 2 WHERE id = \(first)")
      let expired = try #require(try await back([4, 0]).result)
      #expect(try expired.list("items").first?.member("is_discarded").bool == true)
      #expect(
        try await clinic.texts(
          """
          SELECT (batch_id = \(first))::text || ' ' || movement_type || ' ' || quantity \
          FROM stock_movements WHERE dispensing_id = \(id) AND movement_type <> 'DISPENSED' \
          ORDER BY id
          """) == [
            "true RETURNED 2", "false RETURNED 1", "false RETURNED 1", "false DISCARDED -1",
            "true RETURNED 4", "true DISCARDED -4",
          ])
      #expect(
        try await clinic.number(
          "SELECT quantity::bigint FROM medicine_batches WHERE id = \(second)")
          == 97)
      // What came back can be dispensed again.
      let again = try await pharmacist.call("dispensing.create", order.params)
      #expect(try Self.taken(again) == [[second, 8]])
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }

  @Test("rule 37: a refund that is due follows the discount, and what is left of the payments")
  func refundDue() async throws {
    try await TestClinic.run(1) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let medicine = try await clinic.medicine(price: "0.99")
      _ = try await clinic.batch(of: medicine, 100)
      func due(discount: Int, refunded: String = "0", _ quantity: Int) async throws -> String {
        let order = try await clinic.prescription([(medicine, 9)], invoice: nil)
        let invoice = try await clinic.invoice(order, status: "PAID", discountPercent: discount)
        let made = try await pharmacist.call("dispensing.create", order.params)
        _ = try await clinic.postgres.query(
          "UPDATE invoices SET refunded = \(refunded)::text::numeric WHERE id = \(invoice)")
        let back = try await pharmacist.call(
          "dispensing.return",
          [
            "id": made["id"].json, "reason": "spared",
            "items": [
              [
                "dispensing_item_id": try made.list("items").first?["id"].json ?? nil,
                "quantity": .int(quantity),
              ]
            ],
          ])
        #expect(try back.integer("invoice_id") == invoice)
        return try back.text("refund_due")
      }
      #expect(try await due(discount: 0, 9) == "8.91")
      // 8.91 less 4.46 is 4.45; of it one in nine.
      #expect(try await due(discount: 50, 1) == "0.49")
      #expect(try await due(discount: 100, 9) == "0.00")
      #expect(try await due(discount: 0, refunded: "8.00", 9) == "0.91")
    }
  }

  @Test("rule 32: what was brought back can be exchanged until it is refunded, and then no more")
  func refundedParts() async throws {
    try await TestClinic.run(2) { clinic in
      let pharmacist = try await clinic.connect(.pharmacist)
      let desk = try await clinic.connect(.reception, on: 1)
      let dear = try await clinic.medicine("Dear", price: "3.35")
      let cheap = try await clinic.medicine("Cheap", price: "1.01")
      for medicine in [dear, cheap] { _ = try await clinic.batch(of: medicine, 1000) }
      let order = try await clinic.prescription([(dear, 10), (cheap, 7)], invoice: nil)
      // A discount, so that shares are rounded: 40.57 less 17.04.
      let invoice = try await clinic.invoice(order, status: "PAID", discountPercent: 42)
      let made = try await pharmacist.call("dispensing.create", order.params([10, 0]))
      let item = try #require(made.list("items").first)["id"].json
      func bringBack() async throws -> String {
        try await pharmacist.call(
          "dispensing.return",
          [
            "id": made["id"].json, "reason": "broken",
            "items": [["dispensing_item_id": item, "quantity": 1]],
          ]
        ).text("refund_due")
      }
      func refund(_ amount: String) async throws {
        try await desk.call(
          "billing.refund",
          [
            "id": .int(invoice), "payment_method": "CASH", "reason": "brought back",
            "amount": .string(amount),
          ])
      }
      // Exchanged: another piece for the one that came back.
      _ = try await bringBack()
      try await pharmacist.call("dispensing.create", order.params([1, 0]))
      // One by one they are worth as much as all at once: 3 x 3.35 x 0.58 = 5.829.
      var due: [String] = []
      for _ in 0..<3 { due.append(try await bringBack()) }
      let sum = due.reduce(0) { $0 + (Int($1.filter(\.isNumber)) ?? 0) }
      #expect(abs(sum - 583) <= 1, "\(due)")
      for amount in due { try await refund(amount) }
      let refused = try await pharmacist.refused("dispensing.create", order.params([1, 0]))
      #expect(refused.reason == "exceeds_paid" && refused.code == -32007)
      #expect(refused.data["invoice_id"] == .int(invoice))
      // The rest, which is paid, is handed out all the same.
      try await pharmacist.call("dispensing.create", order.params([0, 4]))
      // What was refunded before it was handed out is not paid for either.
      try await refund("1.17")
      let spared = try await pharmacist.refused("dispensing.create", order.params([0, 2]))
      #expect(spared.reason == "exceeds_paid")
      try await pharmacist.call("dispensing.create", order.params([0, 1]))
      #expect(try await clinic.pharmacyFaults() == [])
    }
  }
}
