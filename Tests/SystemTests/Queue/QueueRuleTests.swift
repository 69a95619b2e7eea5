import JSONRPC
import Postgres
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Rules 20, 21, 23 as callers of two instances meet them, with the rules that are configured.
@Suite struct QueueRuleTests {
  @Test("a token of a day without a queue is not found, as any other")
  func tokenOfNoDay() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      for token in ["2020-01-01-001", try await clinic.day(0) + "-001"] {
        for (method, more) in [
          ("queue.set_status", #","status":"SKIPPED""#), ("queue.undo", #","reason":"a slip""#),
          ("queue.recall", ""), ("queue.set_priority", #","priority":"URGENT""#),
        ] {
          let error = try await desk.refused(method, .raw(#"{"token":"\#(token)"\#(more)}"#))
          #expect(error.reason == "not_found", "\(method)")
          #expect(error.data["resource"] == "token", "\(method)")
        }
      }
      #expect(try await clinic.number("SELECT count(*) FROM queue_days") == 0)
    }
  }

  @Test("rule 23: when nobody has worked for half an hour, no wait is told")
  func waitWhileNothingMoves() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor).id
      for patient in try await clinic.patients(2) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      let token = try await desk.call("queue.call_next", ["doctor_id": .int(doctor)])
      try await desk.call(
        "queue.set_status", ["token": token["token"].json, "status": "COMPLETED"])
      let before = try await desk.call("queue.today").member("board")
      #expect(before["estimated_wait_minutes"]?.int != nil)
      await clinic.daemons[0].process.stop()
      _ = try await clinic.postgres.query(
        """
        UPDATE queue_tokens SET arrived_at = arrived_at - interval '31 minutes', \
        called_at = called_at - interval '31 minutes', ended_at = ended_at - interval '31 minutes'
        """)
      try await clinic.daemons[0].start()
      let caller = try await clinic.connect(.reception)
      let after = try await caller.call("queue.today").member("board")
      #expect(try after.integer("waiting") == 1)
      #expect(after["estimated_wait_minutes"]?.isNull == true)
    }
  }

  @Test("rule 20: recalled tokens let the configured number of calls pass", arguments: [0, 2])
  func recall(after calls: Int) async throws {
    try await TestClinic.run(2, ["CLINIC_QUEUE_RECALL_AFTER": "\(calls)"]) { clinic in
      let desks = [
        try await clinic.connect(.reception, on: 0), try await clinic.connect(.reception, on: 1),
      ]
      let doctor = JSON.int(try await clinic.member(.doctor).id)
      var tokens: [JSONValue] = []
      for patient in try await clinic.patients(5) {
        tokens.append(try await desks[0].call("queue.walk_in", ["patient_id": .int(patient)]))
      }
      let second = tokens[1]["token"].json
      try await desks[0].call("queue.set_status", ["token": second, "status": "SKIPPED"])
      let recalled = try await desks[1].call("queue.recall", ["token": second])
      #expect(recalled["arrived_at"]?.string == tokens[1]["arrived_at"]?.string)
      let early = try await desks[0].refused("queue.recall", ["token": second])
      #expect(early.reason == "invalid_transition")
      var order: [Int] = []
      for index in 0..<5 {
        let called = try await desks[index % 2].call("queue.call_next", ["doctor_id": doctor])
        order.append(try called.integer("number"))
        try await desks[(index + 1) % 2].call(
          "queue.set_status", ["token": called["token"].json, "status": "COMPLETED"])
      }
      #expect(order == (calls == 0 ? [2, 1, 3, 4, 5] : [1, 3, 2, 4, 5]))
    }
  }

  @Test(
    "rule 21: urgent patients at both instances pass a routine one over B times", arguments: [1, 4])
  func fairness(limit: Int) async throws {
    try await TestClinic.run(2, ["CLINIC_QUEUE_PASS_OVER_LIMIT": "\(limit)"]) { clinic in
      let desks = [
        try await clinic.connect(.reception, on: 0), try await clinic.connect(.reception, on: 1),
      ]
      let doctor = JSON.int(try await clinic.member(.doctor).id)
      let patients = try await clinic.patients(12)
      try await desks[0].call("queue.walk_in", ["patient_id": .int(patients[0])])
      var passed = 0
      for (index, patient) in patients.dropFirst().enumerated() {
        try await desks[index % 2].call(
          "queue.walk_in", ["patient_id": .int(patient), "priority": "EMERGENCY"])
        let called = try await desks[(index + 1) % 2].call("queue.call_next", ["doctor_id": doctor])
        try await desks[index % 2].call(
          "queue.set_status", ["token": called["token"].json, "status": "COMPLETED"])
        if try called.integer("number") == 1 { break }
        passed += 1
      }
      #expect(passed == limit)
      #expect(
        try await clinic.number("SELECT passed_over::bigint FROM queue_tokens WHERE number = 1")
          == limit)
    }
  }

  @Test("rule 21: what was counted survives the restart of every instance")
  func countsAreKept() async throws {
    try await TestClinic.run(1) { clinic in
      let reception = try await clinic.member(.reception)
      var desk = try await clinic.connect(reception)
      let doctor = JSON.int(try await clinic.member(.doctor).id)
      let patients = try await clinic.patients(6)
      try await desk.call("queue.walk_in", ["patient_id": .int(patients[0])])
      for (index, patient) in patients.dropFirst().enumerated() {
        try await desk.call(
          "queue.walk_in", ["patient_id": .int(patient), "priority": "URGENT"])
        let called = try await desk.call("queue.call_next", ["doctor_id": doctor])
        #expect(try called.integer("number") == (index < 3 ? index + 2 : 1))
        if index == 3 { break }
        try await desk.call(
          "queue.set_status", ["token": called["token"].json, "status": "COMPLETED"])
        if index == 1 {
          await clinic.daemons[0].process.stop()
          try await clinic.daemons[0].start()
          desk = try await clinic.connect(reception)
        }
      }
    }
  }

  @Test("rule 23: an estimated wait is null while nothing tells, and a number afterwards")
  func estimatedWaits() async throws {
    try await TestClinic.run { clinic in
      let desk = try await clinic.connect(.reception, on: 0)
      let board = try await clinic.connect(.display, on: 1)
      let doctor = JSON.int(try await clinic.member(.doctor).id)
      for patient in try await clinic.patients(3) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      func estimates() async throws -> [JSONValue?] {
        let version = try await clinic.number("SELECT version FROM queue_days")
        return try await [desk, board].asyncMap { caller in
          let queue = try await awaited("the present version") {
            let queue = try await caller.call("queue.today")
            return try queue.integer("version") == version ? queue : nil
          }
          return try queue.member("board")["estimated_wait_minutes"]
        }
      }
      for estimate in try await estimates() { #expect(estimate?.isNull == true) }
      let called = try await desk.call("queue.call_next", ["doctor_id": doctor])
      for estimate in try await estimates() { #expect(estimate?.isNull == true) }
      // The consultation took ten minutes.
      _ = try await clinic.postgres.query(
        "UPDATE queue_tokens SET called_at = called_at - interval '10 minutes' WHERE number = 1")
      for daemon in clinic.daemons { try await daemon.restart() }
      let again = try await clinic.connect(.reception, on: 0)
      try await again.call(
        "queue.set_status", ["token": called["token"].json, "status": "COMPLETED"])
      let display = try await clinic.connect(.display, on: 1)
      let estimate = try await awaited("an estimate") {
        try await display.call("queue.today").member("board")["estimated_wait_minutes"]?.int
      }
      #expect(estimate == 20 || estimate == 21, "2 wait, 10 minutes and some milliseconds each")
    }
  }

  @Test("the keys that Redis's readers expect")
  func redisKeys() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      var tokens: [JSONValue] = []
      for patient in try await clinic.patients(3) {
        tokens.append(try await desk.call("queue.walk_in", ["patient_id": .int(patient)]))
      }
      try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      try await desk.call(
        "queue.set_status", ["token": tokens[1]["token"].json, "status": "CANCELLED"])
      let names = try tokens.map { try $0.text("token") }
      let date = String(names[0].prefix(10))
      func text(_ key: String) async throws -> String? {
        try await clinic.redis.command(["GET", .string(key)]).text
      }
      try await eventually("Redis is up to date") {
        try await text("queue:version:\(date)") == "5"
      }
      #expect(try await text("queue:counter:\(date)") == "3")
      #expect(try await text("queue:current:\(date)") == names[0])
      let line = try await clinic.redis.command(["ZRANGE", "queue:\(date)", 0, -1])
      #expect(line.elements?.compactMap(\.text) == [names[0], names[2]])
      let serving = try await clinic.redis.command(["HGETALL", "queue:serving:\(date)"])
      #expect(serving.elements?.compactMap(\.text) == ["\(doctor.id)", names[0]])
      for (index, status) in ["WITH_DOCTOR", "CANCELLED", "WAITING"].enumerated() {
        let key = "queue:token:\(date):00\(index + 1)"
        let hash = try await clinic.redis.command(["HMGET", .string(key), "token", "status"])
        #expect(hash.elements?.compactMap(\.text) == [names[index], status])
        let life = try await clinic.redis.command(["TTL", .string(key)]).integer ?? -1
        #expect(life > 0, "keys expire some days after their date")
      }
    }
  }

  @Test("a token whose doctor works no more goes to nobody; undone it waits for everybody")
  func doctorsWhoLeft() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let left = JSON.int(try await clinic.member(.doctor).id)
      let other = JSON.int(try await clinic.member(.doctor).id)
      var tokens: [JSON] = []
      for patient in try await clinic.patients(2) {
        tokens.append(
          try await desk.call("queue.walk_in", ["patient_id": .int(patient), "doctor_id": left])[
            "token"
          ].json)
      }
      try await desk.call("queue.call_next", ["doctor_id": left])
      try await desk.call("queue.set_status", ["token": tokens[0], "status": "COMPLETED"])
      try await clinic.admin().call("users.update", ["id": left, "enabled": false])
      let call: JSON = ["token": tokens[1], "status": "WITH_DOCTOR"]
      let refused = try await desk.refused("queue.set_status", call)
      #expect(refused.reason == "not_a_doctor")
      let moved = try await desk.call("queue.set_status", call.with("doctor_id", other))
      #expect(moved["status"]?.string == "WITH_DOCTOR")
      let undone = try await desk.call("queue.undo", ["token": tokens[0], "reason": "too soon"])
      #expect(undone["status"]?.string == "WAITING" && undone["doctor_id"]?.isNull == true)
    }
  }
}
