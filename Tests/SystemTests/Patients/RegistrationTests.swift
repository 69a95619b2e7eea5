import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rules 4 and 47 for registrations that come at once and travel to PostgreSQL together.
@Suite struct RegistrationTests {
  @Test("rule 47: of 400 registrations at once each reply and audit entry names its own patient")
  func together() async throws {
    try await TestClinic.run(1) { clinic in
      let reception = try await clinic.connect(.reception)
      let kiosk = try await clinic.connect(.kiosk)
      let replies = try await concurrently(400) { index in
        try await (index % 4 == 0 ? kiosk : reception).call(
          "patients.create", ["name": "Patient \(index)", "phone": .string("0700 \(index + 1000)")])
      }
      for (index, reply) in replies.enumerated() {
        #expect(try reply.text("name") == "Patient \(index)")
        #expect(reply["verified"]?.bool == (index % 4 != 0))
      }
      #expect(Set(try replies.map { try $0.integer("id") }).count == 400)
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM patients p JOIN audit_entries e ON e.resource_id = p.id::text \
          AND e.method = 'patients.create' AND e.outcome = 'ok' \
          AND (e.role = 'KIOSK') = (NOT p.verified) WHERE p.name LIKE 'Patient %'
          """) == 400)
      #expect(
        try await clinic.number(
          "SELECT count(*) FROM audit_entries WHERE method = 'patients.create'") == 400)
    }
  }

  @Test("rule 4: of registrations of one person at once, all but the first are told of others")
  func duplicates() async throws {
    try await TestClinic.run { clinic in
      let member = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(member, on: 0), try await clinic.connect(member, on: 1),
      ]
      let replies = try await concurrently(40) { index in
        try await desks[index % 2].call(
          "patients.create", ["name": "Asha Iyer", "phone": "0712 345 678"])
      }
      let own = try replies.map { try $0.integer("id") }
      #expect(Set(own).count == 40)
      let told = try replies.map { try $0.list("possible_duplicates").map { try $0.integer("id") } }
      for (id, others) in zip(own, told) { #expect(!others.contains(id)) }
      #expect(told.contains { $0.count == 5 }, "as many as are told")
      #expect(told.count(where: \.isEmpty) == 1, "one was the first")
      let next = try await desks[0].call(
        "patients.create", ["name": "Asha Iyer", "phone": "0712 345 678"])
      #expect(try next.list("possible_duplicates").count == 5)
    }
  }

  @Test("one that is refused, here or by the database, takes nobody with it")
  func refusedAmongOthers() async throws {
    try await TestClinic.run(1) { clinic in
      // By a name whose meaning is known; the schema itself refuses no registration.
      _ = try await clinic.postgres.query(
        "ALTER TABLE patients ADD CONSTRAINT users_email_key CHECK (name NOT LIKE 'Nobody%')")
      let desk = try await clinic.connect(.reception)
      let outcomes = try await concurrently(300) { index in
        switch index % 30 {
        case 7: try await desk.outcome("patients.create", ["name": "Nobody \(index)"])
        case 11:
          try await desk.outcome(
            "patients.create", ["name": "Unborn \(index)", "date_of_birth": "2999-01-01"])
        default: try await desk.outcome("patients.create", ["name": "Somebody \(index)"])
        }
      }
      for (index, outcome) in outcomes.enumerated() {
        switch index % 30 {
        case 7: #expect(outcome.reason == "email_taken")
        case 11: #expect(outcome.reason == "born_in_future")
        default: #expect(outcome.result?["name"]?.string == "Somebody \(index)")
        }
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 280)
      #expect(try await clinic.number("SELECT count(DISTINCT name) FROM patients") == 280)
      func told(_ outcome: String) async throws -> Int {
        try await clinic.number(
          """
          SELECT count(*) FROM audit_entries \
          WHERE method = 'patients.create' AND outcome = \(outcome)
          """)
      }
      #expect(try await told("ok") == 280)
      #expect(try await told("email_taken") == 10)
      #expect(try await told("born_in_future") == 10)
    }
  }

  @Test("one that is cancelled while it waits is undone, and takes nobody with it")
  func cancelledAmongOthers() async throws {
    try await TestClinic.run(1) { clinic in
      let wire = try clinic.daemons[0].wire()
      try await clinic.holding("LOCK TABLE patients IN SHARE MODE") {
        let calls = (1...12).map { index in
          WireSocket.request("patients.create", ["name": "Patient \(index)"], id: index)
        }
        try await wire.send(Array(calls.joined()))
        // Together they wait for 50 ms; then each has its turn alone.
        try await eventually("one waits alone, and others for their turn") {
          try await clinic.number(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '200 ms'
            """) > 0
        }
        for id in [1, 6, 12] {
          try await wire.send(
            #"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":\#(id)}}"# + "\n")
        }
        var cancelled: Set<Int> = []
        for _ in 1...3 {
          let answer = try #require(try await wire.message())
          #expect(answer.errorReason == "cancelled")
          cancelled.insert(try answer.integer("id"))
        }
        #expect(cancelled == [1, 6, 12], "while the others still wait")
      }
      for _ in 1...9 {
        let answer = try #require(try await wire.message())
        let id = try answer.integer("id")
        #expect(answer["result"]?["name"]?.string == "Patient \(id)")
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 9)
      #expect(try await clinic.number("SELECT count(DISTINCT name) FROM patients") == 9)
    }
  }
}
