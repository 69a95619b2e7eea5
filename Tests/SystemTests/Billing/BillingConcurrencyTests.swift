import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Rules 40, 41, 43 with many callers at once, over two instances.
@Suite struct BillingConcurrencyTests {
  /// A connection of one user to each instance.
  private static func desks(of clinic: TestClinic) async throws -> [TestConnection] {
    let reception = try await clinic.member(.reception)
    var desks: [TestConnection] = []
    for index in 0..<8 { desks.append(try await clinic.connect(reception, on: index % 2)) }
    return desks
  }

  @Test("rule 41: 100 payments of one invoice at once never exceed its balance")
  func payments() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      let invoice = try await desks[0].call(
        "billing.create", .manual(try await clinic.patient(), "100"))
      let id = try invoice.integer("id")
      let outcomes = try await concurrently(100) { index in
        try await desks[index % 8].outcome(
          "billing.pay",
          ["id": .int(id), "payment_method": index % 2 == 0 ? "CARD" : "UPI", "amount": "3"])
      }
      #expect(outcomes.count { $0.reason == "ok" } == 33)
      #expect(outcomes.count { $0.reason == "exceeds_balance" } == 67)
      // Each saw a balance of its own.
      let balances = Set(outcomes.compactMap { $0.result?["balance"]?.string })
      #expect(balances.count == 33 && balances.contains("1.00"))
      let last = try await concurrently(20) { index in
        try await desks[index % 8].outcome(
          "billing.pay", ["id": .int(id), "payment_method": "CASH", "amount": "3"])
      }
      #expect(last.count { $0.result?["change"]?.string == "2.00" } == 1)
      #expect(last.count { $0.reason == "already_paid" } == 19)
      #expect(
        try await clinic.number(
          "SELECT (paid = total AND paid = (SELECT sum(amount) FROM payments))::integer FROM invoices"
        ) == 1)
    }
  }

  @Test("rule 41: a payment repeated with its key 40 times is one payment")
  func repeated() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      let invoice = try await desks[0].call(
        "billing.create", .manual(try await clinic.patient(), "100"))
      let id = try invoice.integer("id")
      let replies = try await concurrently(40) { index in
        try await desks[index % 8].call(
          "billing.pay",
          ["id": .int(id), "payment_method": "CARD", "amount": "10", "idempotency_key": "till 1"])
      }
      #expect(Set(replies.map(\.rawBytes)).count == 1)
      #expect(try await clinic.number("SELECT count(*) FROM payments") == 1)
      #expect(try await clinic.number("SELECT paid::bigint FROM invoices") == 10)
    }
  }

  @Test("rule 42: 40 refunds at once never exceed what was paid")
  func refunds() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      let invoice = try await desks[0].call(
        "billing.create", .manual(try await clinic.patient(), "100"))
      let id = try invoice.integer("id")
      try await desks[0].call("billing.pay", ["id": .int(id), "payment_method": "CASH"])
      let outcomes = try await concurrently(40) { index in
        try await desks[index % 8].outcome(
          "billing.refund",
          ["id": .int(id), "payment_method": "CASH", "amount": "7", "reason": "Brought back"])
      }
      #expect(outcomes.count { $0.reason == "ok" } == 14)
      #expect(outcomes.count { $0.reason == "exceeds_paid" } == 26)
      #expect(try await clinic.number("SELECT refunded::bigint FROM invoices") == 98)
      #expect(try await clinic.number("SELECT sum(amount)::bigint FROM refunds") == 98)
    }
  }

  @Test("rule 43: 50 invoices of one prescription at once are one")
  func oneInvoice() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      let doctor = try await clinic.member(.doctor)
      let prescription = try await clinic.prescription(
        of: try await clinic.patient(), by: doctor.id)
      let outcomes = try await concurrently(50) { index in
        try await desks[index % 8].outcome(
          "billing.create", ["mode": "AUTO", "prescription_id": .int(prescription)])
      }
      let made = try #require(outcomes.compactMap(\.result).first).integer("id")
      #expect(outcomes.count { $0.reason == "ok" } == 1)
      for case .refused(let error) in outcomes {
        #expect(error.reason == "already_invoiced")
        #expect(error.data["invoice_id"] == .int(made))
      }
      #expect(try await clinic.number("SELECT count(*) FROM invoices") == 1)
      #expect(try await clinic.number("SELECT last FROM invoice_numbers") == 1)
    }
  }

  @Test("rule 43: payments, refunds and cancellations at once: none is cancelled with money in it")
  func cancellations() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      var made: [JSON] = []
      for _ in 0..<12 {
        made.append(
          try await desks[0].call(
            "billing.create", JSON.manual(try await clinic.patient(), "10"))["id"].json)
      }
      let invoices = made
      let reasons = try await concurrently(12 * 8) { index in
        let (desk, id) = (desks[(index / 12 + index) % 8], invoices[index % 12])
        switch index / 12 % 4 {
        case 0, 1:
          return try await desk.outcome(
            "billing.pay", ["id": id, "payment_method": "CASH", "amount": "4"]
          ).reason
        case 2:
          return try await desk.outcome(
            "billing.refund", ["id": id, "payment_method": "CASH", "reason": "Back"]
          ).reason
        default:
          return try await desk.outcome("billing.cancel", ["id": id, "reason": "Not wanted"]).reason
        }
      }
      #expect(
        Set(reasons).subtracting(["ok", "already_paid"]).isSubset(
          of: ["exceeds_paid", "refund_first", "invoice_cancelled"]))
      let broken = try await clinic.brokenRules()
      #expect(broken.filter { $0.hasPrefix("rule 4") && !$0.hasPrefix("rule 47") } == [])
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM payments p JOIN invoices i ON i.id = p.invoice_id \
          WHERE i.status = 'CANCELLED' AND i.paid > i.refunded
          """) == 0)
    }
  }

  @Test("rule 42: drafts that are changed and issued at once: what was issued stays")
  func changesMeetIssues() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      let patient = try await clinic.patient()
      var made: [JSON] = []
      for _ in 0..<10 {
        made.append(
          try await desks[0].call(
            "billing.create", JSON.manual(patient, "10").with("status", "DRAFT"))["id"].json)
      }
      let drafts = made
      let outcomes = try await concurrently(10 * 6) { index in
        let (desk, id) = (desks[index % 8], drafts[index % 10])
        if index / 10 == 3 { return try await desk.outcome("billing.issue", ["id": id]) }
        return try await desk.outcome(
          "billing.update",
          [
            "id": id,
            "items": [
              ["description": "Anew", "quantity": .int(1 + index / 10), "unit_price": "3.00"]
            ],
          ])
      }
      for draft in 0..<10 {
        let issued = try #require(outcomes[30 + draft].result)
        let stored = try await desks[0].call("billing.get", ["id": drafts[draft]])
        #expect(try stored.text("total") == issued.text("total"))
        #expect(try stored.member("items").rawBytes == issued.member("items").rawBytes)
      }
      #expect(Set(outcomes.map(\.reason)).isSubset(of: ["ok", "not_draft"]))
      let broken = try await clinic.brokenRules()
      #expect(broken.filter { $0.hasPrefix("rule 38") || $0.hasPrefix("rule 40") } == [])
    }
  }

  @Test(
    "rule 40: 150 issued at once, with refused calls between them: numbers 1 to K without a gap")
  func numbers() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(of: clinic)
      let patient = try await clinic.patient()
      let drafts = try await concurrently(50) { index in
        try await desks[index % 8].call(
          "billing.create", JSON.manual(patient, "5").with("status", "DRAFT")
        ).integer("id")
      }
      let outcomes = try await concurrently(250) { index in
        let desk = desks[index % 8]
        let draft = JSON.int(drafts[index / 5])
        return switch index % 5 {
        case 0, 1: try await desk.outcome("billing.create", .manual(patient, "5"))
        case 2: try await desk.outcome("billing.issue", ["id": draft])
        case 3: try await desk.outcome("billing.issue", ["id": draft])
        default:
          try await desk.outcome(
            "billing.create", JSON.manual(patient, "5").with("discount_amount", "6"))
        }
      }
      #expect(outcomes.count { $0.reason == "ok" } == 150)
      #expect(outcomes.count { $0.reason == "invalid_transition" } == 50)
      #expect(outcomes.count { $0.reason == "discount_too_large" } == 50)
      let numbers = outcomes.compactMap { $0.result?["number"]?.int }
      #expect(numbers.sorted() == Array(1...150))
      #expect(try await Self.hasNoGap(clinic))
    }
  }

  @Test("rule 40: an instance killed in the middle leaves no gap, and loses no number that it told")
  func killed() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let doomed = try await clinic.connect(reception, on: 0)
      let desk = try await clinic.connect(reception, on: 1)
      let patient = try await clinic.patient()
      @Sendable func params(_ index: Int) -> JSON {
        JSON.manual(patient, "5").with("idempotency_key", .string("key \(index)"))
      }
      async let told = concurrently(200) { index in
        try? await doomed.connection.call("billing.create", rawParams: params(index).bytes)
      }
      async let others = concurrently(50) { index in
        try await desk.call("billing.create", params(1000 + index))
      }
      try await eventually("some are issued") {
        try await clinic.number("SELECT count(*) FROM invoices") >= 20
      }
      await clinic.daemons[0].process.stop()
      let answered = try await told
      #expect(try await others.count == 50)
      let repeated = try await concurrently(200) { index in
        try await desk.call("billing.create", params(index))
      }
      for (first, second) in zip(answered, repeated) {
        if let first { #expect(first.rawBytes == second.rawBytes) }
      }
      #expect(try await clinic.number("SELECT count(*) FROM invoices") == 250)
      #expect(try await Self.hasNoGap(clinic))
    }
  }

  /// Whether the issued invoices have the numbers from 1 to the last one that was given.
  private static func hasNoGap(_ clinic: TestClinic) async throws -> Bool {
    try await clinic.number(
      """
      SELECT (count(number) = last AND min(number) = 1 AND max(number) = last)::integer \
      FROM invoices, invoice_numbers GROUP BY last
      """) == 1
  }
}
