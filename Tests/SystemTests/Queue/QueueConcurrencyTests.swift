import JSONRPC
import Postgres
import RPCClient
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Rules 14, 15, 17, 18, 19, 22 with many callers at once over two instances.
@Suite struct QueueConcurrencyTests {
  /// The same user's connections to both instances.
  private static func desks(_ clinic: TestClinic) async throws -> [TestConnection] {
    let reception = try await clinic.member(.reception)
    return [try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1)]
  }

  // MARK: - Numbers

  @Test("rule 14: 100 walk-ins at once, the first of the day by both instances: 1 to 100")
  func numbersWithoutGap() async throws {
    try await TestClinic.run { clinic in
      let patients = try await clinic.patients(100)
      let desks = try await Self.desks(clinic)
      let numbers = try await concurrently(100) { index in
        let token = try await desks[index % 2].call(
          "queue.walk_in", ["patient_id": .int(patients[index])])
        #expect(try token.integer("patient_id") == patients[index])
        return try token.integer("number")
      }
      #expect(numbers.sorted() == Array(1...100))
      for desk in desks {
        let tokens = try await awaited("both instances show all of them") {
          let queue = try await desk.call("queue.today")
          return try queue.integer("version") == 100 ? try queue.list("tokens") : nil
        }
        #expect(try tokens.map { try $0.integer("number") } == Array(1...100))
        #expect(Set(try tokens.map { try $0.integer("patient_id") }) == Set(patients))
      }
      #expect(try await clinic.number("SELECT last_number::bigint FROM queue_days") == 100)
      #expect(try await clinic.number("SELECT version FROM queue_days") == 100)
    }
  }

  @Test("rule 25: Redis tells of each version once, whichever instance is faster")
  func publishedOnce() async throws {
    try await TestClinic.run { clinic in
      let patients = try await clinic.patients(400)
      let desks = try await Self.desks(clinic)
      var events = clinic.redis.subscriptions(patterns: ["queue:events:*"]).makeAsyncIterator()
      #expect(await events.next() == .subscribed)
      _ = try await concurrently(400) { index in
        try await desks[index % 2].call("queue.walk_in", ["patient_id": .int(patients[index])])
      }
      // A call is answered when Redis has told of it.
      _ = try await clinic.redis.command(["PUBLISH", "queue:events:end", ""])
      var versions: [Int64] = []
      while case .message(let channel, let payload) = await events.next(),
        channel != "queue:events:end"
      {
        versions.append(try #require(QueueEvent.version(of: payload)))
      }
      #expect(versions.sorted() == Array(1...400))
    }
  }

  @Test(
    "rule 14: both instances open the day at the same moment",
    arguments: [false, true])
  func openedTwice(meanwhile isOpened: Bool) async throws {
    try await TestClinic.run { clinic in
      let patients = try await clinic.patients(20)
      let desks = try await Self.desks(clinic)
      // Somebody else is just opening the day, so both of them have to wait with that.
      let numbers = try await clinic.postgres.withConnection { connection in
        _ = try await connection.query("BEGIN")
        _ = try await connection.query("INSERT INTO queue_days (date) VALUES (current_date)")
        async let numbers = concurrently(20) { index in
          try await desks[index % 2].call("queue.walk_in", ["patient_id": .int(patients[index])])
            .integer("number")
        }
        try await eventually("both instances wait for the day") {
          try await clinic.lockWaits() == 2
        }
        _ = try await connection.query(isOpened ? "COMMIT" : "ROLLBACK")
        return try await numbers
      }
      #expect(numbers.sorted() == Array(1...20))
      #expect(try await clinic.number("SELECT count(DISTINCT patient_id) FROM queue_tokens") == 20)
      #expect(
        try await clinic.number("SELECT count(DISTINCT patient_name) FROM queue_tokens") == 20)
      #expect(try await clinic.number("SELECT count(*) FROM queue_events") == 20)
    }
  }

  @Test("rule 14: refused check-ins take no number")
  func refusalsTakeNoNumber() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let patients = try await clinic.patients(20)
      // Everybody is sent twice, and every third call is for nobody.
      let outcomes = try await concurrently(60) { index in
        let patient = index % 3 == 2 ? 1_000_000 + index : patients[index / 3]
        return try await desks[index % 2].outcome("queue.walk_in", ["patient_id": .int(patient)])
      }
      let numbers = try outcomes.compactMap { try $0.result?.integer("number") }
      #expect(numbers.sorted() == Array(1...20))
      #expect(outcomes.filter { $0.reason == "already_in_queue" }.count == 20)
      #expect(outcomes.filter { $0.reason == "not_found" }.count == 20)
      let next = try await desks[0].call(
        "queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      #expect(try next.integer("number") == 21)
    }
  }

  @Test("rule 14: an instance killed at any point, every check-in repeated: 1 to K, one each")
  func killedWhileCheckingIn() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let patients = try await clinic.patients(400)
      @Sendable func params(_ index: Int) -> JSON {
        ["patient_id": .int(patients[index]), "idempotency_key": "key \(index)"]
      }
      async let arrivals = concurrently(400) { index in
        try? await desks[0].connection.call("queue.walk_in", rawParams: params(index).bytes)
      }
      try await eventually("some are in the queue") {
        try await clinic.number("SELECT count(*) FROM queue_tokens") > 0
      }
      await clinic.daemons[0].process.stop()
      let answered = try await arrivals
      let repeated = try await concurrently(400) { index in
        try await desks[1].call("queue.walk_in", params(index))
      }
      for (first, second) in zip(answered, repeated) {
        if let first { #expect(first.rawBytes == second.rawBytes, "what was answered is durable") }
      }
      #expect(try repeated.map { try $0.integer("number") }.sorted() == Array(1...400))
    }
  }

  @Test("rule 15: completing, cancelling and skipping while others arrive changes no number")
  func numbersStay() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let patients = try await clinic.patients(60)
      let doctors = [try await clinic.member(.doctor), try await clinic.member(.doctor)]
      let arrived = try await concurrently(30) { index in
        try await desks[index % 2].call("queue.walk_in", ["patient_id": .int(patients[index])])
      }
      let later = try await concurrently(60) { index -> JSONValue? in
        let desk = desks[index % 2]
        guard index % 2 == 0 else {
          return try await desk.call(
            "queue.walk_in", ["patient_id": .int(patients[30 + index / 2])])
        }
        let token = arrived[index / 2]["token"].json
        switch index % 3 {
        case 0:
          _ = try await desk.call("queue.set_status", ["token": token, "status": "CANCELLED"])
        case 1: _ = try await desk.call("queue.set_status", ["token": token, "status": "SKIPPED"])
        default:
          let doctor = JSON.int(doctors[index / 2 % 2].id)
          let call: JSON = ["token": token, "status": "WITH_DOCTOR", "doctor_id": doctor]
          if try await desk.outcome("queue.set_status", call).reason == "ok" {
            try await desk.call("queue.set_status", ["token": token, "status": "COMPLETED"])
          }
        }
        return nil
      }
      let given = (arrived + later.compactMap { $0 })
      #expect(try given.map { try $0.integer("number") }.sorted() == Array(1...60))
      for desk in desks {
        let tokens = try await desk.call("queue.today").list("tokens")
        for token in given {
          let now = try #require(tokens[safe: try token.integer("number") - 1])
          #expect(now["token"]?.string == token["token"]?.string)
          #expect(now["patient_id"]?.int == token["patient_id"]?.int)
          #expect(now["arrived_at"]?.string == token["arrived_at"]?.string)
        }
      }
    }
  }

  @Test("what a caller was told, the same instance shows at once, also while Redis is behind")
  func readsOwnWrites() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      for (index, patient) in try await clinic.patients(40).enumerated() {
        let desk = desks[index % 2]
        let token = try await desk.call("queue.walk_in", ["patient_id": .int(patient)]).text(
          "token")
        let queue = try await desk.call("queue.today")
        #expect(try queue.list("tokens").contains { $0["token"]?.string == token })
        // As if the other instance's versions came late: the next ones find a gap there.
        let key = "queue:version:\(token.prefix(10))"
        _ = try await clinic.redis.command(["SET", .string(key), "1"])
      }
    }
  }

  // MARK: - Calling

  @Test("rule 17: doctors who call at once get different tokens")
  func doctorsCallAtOnce() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      var doctors: [TestClinic.Member] = []
      for _ in 0..<10 { doctors.append(try await clinic.member(.doctor)) }
      let ids = doctors.map(\.id)
      let patients = try await clinic.patients(40)
      for (index, patient) in patients.enumerated() {
        try await desks[index % 2].call("queue.walk_in", ["patient_id": .int(patient)])
      }
      for round in 0..<4 {
        let called = try await concurrently(10) { index in
          try await desks[(index + round) % 2].call(
            "queue.call_next", ["doctor_id": .int(ids[index])])
        }
        let numbers = try called.map { try $0.integer("number") }
        #expect(numbers.sorted() == Array(round * 10 + 1...round * 10 + 10))
        _ = try await concurrently(10) { index in
          try await desks[index % 2].call(
            "queue.set_status", ["token": called[index]["token"].json, "status": "COMPLETED"])
        }
      }
      let empty = try await desks[0].refused("queue.call_next", ["doctor_id": .int(ids[0])])
      #expect(empty.reason == "queue_empty")
    }
  }

  @Test("rule 17: a call repeated with its key returns the same token, at once and later")
  func repeatedCall() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let doctor = JSON.int(try await clinic.member(.doctor).id)
      for patient in try await clinic.patients(3) {
        try await desks[0].call("queue.walk_in", ["patient_id": .int(patient)])
      }
      let call: JSON = ["doctor_id": doctor, "idempotency_key": "first"]
      let replies = try await concurrently(20) { index in
        try await desks[index % 2].call("queue.call_next", call)
      }
      #expect(Set(replies.map(\.rawBytes)).count == 1)
      #expect(try replies[0].integer("number") == 1)
      #expect(try await clinic.number("SELECT version FROM queue_days") == 4)
      try await desks[1].call(
        "queue.set_status", ["token": replies[0]["token"].json, "status": "COMPLETED"])
      for desk in desks {
        #expect(try await desk.call("queue.call_next", call).rawBytes == replies[0].rawBytes)
      }
      let second = try await desks[0].call(
        "queue.call_next", ["doctor_id": doctor, "idempotency_key": "second"])
      #expect(try second.integer("number") == 2)
    }
  }

  @Test("rule 18: 20 calls for one doctor at once: one token, 19 refusals that name it")
  func oneTokenADoctor() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let doctor = JSON.int(try await clinic.member(.doctor).id)
      for patient in try await clinic.patients(20) {
        try await desks[0].call("queue.walk_in", ["patient_id": .int(patient)])
      }
      let outcomes = try await concurrently(20) { index in
        try await desks[index % 2].outcome("queue.call_next", ["doctor_id": doctor])
      }
      let called = outcomes.compactMap(\.result)
      #expect(called.count == 1)
      let name = try #require(called.first).text("token")
      for case .refused(let error) in outcomes {
        #expect(error.reason == "already_serving")
        #expect(error.data["token"] == .string(name))
      }
      #expect(
        try await clinic.number(
          "SELECT count(*) FROM queue_tokens WHERE status = 'WITH_DOCTOR'") == 1)
    }
  }

  @Test("rule 18: 20 check-ins of one patient at once: one token, 19 refusals that name it")
  func oneTokenAPatient() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let patient = JSON.int(try await clinic.patient())
      let outcomes = try await concurrently(20) { index in
        try await desks[index % 2].outcome("queue.walk_in", ["patient_id": patient])
      }
      let given = outcomes.compactMap(\.result)
      #expect(given.count == 1)
      let name = try #require(given.first).text("token")
      for case .refused(let error) in outcomes {
        #expect(error.reason == "already_in_queue")
        #expect(error.data["token"] == .string(name))
      }
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 1)
    }
  }

  @Test("rule 18: the schema itself refuses a second one")
  func schemaHolds() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(2)
      for patient in patients {
        try await desk.call(
          "queue.walk_in", ["patient_id": .int(patient), "doctor_id": .int(doctor.id)])
      }
      try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      for (sql, constraint): (SQL, String) in [
        ("UPDATE queue_tokens SET status = 'WITH_DOCTOR'", "queue_tokens_serving_doctor"),
        ("UPDATE queue_tokens SET patient_id = \(patients[0])", "queue_tokens_live_patient"),
        ("UPDATE queue_tokens SET number = 1", "queue_tokens_pkey"),
        (
          "UPDATE queue_tokens SET doctor_id = NULL", "queue_tokens_served_by_someone"
        ),
      ] {
        let error = await #expect(throws: PostgresError.self) {
          try await clinic.postgres.query(sql)
        }
        #expect(error?.constraint == constraint)
      }
    }
  }

  // MARK: - Moving

  @Test("rules 18, 19: random moves at both instances at once take listed transitions alone")
  func randomMoves() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      var doctors: [Int] = []
      for _ in 0..<3 { doctors.append(try await clinic.member(.doctor).id) }
      let patients = try await clinic.patients(12)
      var tokens: [String] = []
      for patient in patients {
        tokens.append(
          try await desks[0].call("queue.walk_in", ["patient_id": .int(patient)]).text("token"))
      }
      let names = tokens.map(JSON.string)
      let ids = doctors.map(JSON.int)
      let reasons = try await concurrently(400) { index in
        var random = SystemRandomNumberGenerator()
        let desk = desks[index % 2]
        let token = names.randomElement(using: &random) ?? .null
        let doctor = ids.randomElement(using: &random) ?? .null
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return try await desk.outcome("queue.call_next", ["doctor_id": doctor]).reason
        case 1:
          return try await desk.outcome(
            "queue.transfer", ["token": token, "doctor_id": doctor]
          ).reason
        case 2: return try await desk.outcome("queue.recall", ["token": token]).reason
        case 3:
          return try await desk.outcome("queue.undo", ["token": token, "reason": "a mistake"])
            .reason
        default:
          let status = TokenStatus.allCases.randomElement(using: &random) ?? .waiting
          return try await desk.outcome(
            "queue.set_status",
            ["token": token, "status": .string(status.rawValue), "doctor_id": doctor]
          ).reason
        }
      }
      let known: Set = [
        "ok", "invalid_transition", "already_serving", "queue_empty", "same_doctor",
      ]
      #expect(Set(reasons).subtracting(known) == [])
      let changes = reasons.filter { $0 == "ok" }.count
      #expect(changes > 20 && changes < 400)
      #expect(
        try await clinic.number("SELECT version FROM queue_days") == patients.count + changes,
        "one version a step")
      try await checkHistory(of: clinic)
    }
  }

  /// Replays the day's kept events: each token's path has only listed moves, except undo.
  private func checkHistory(of clinic: TestClinic) async throws {
    let undone = try await clinic.number(
      "SELECT count(*) FROM audit_entries WHERE method = 'queue.undo' AND outcome = 'ok'")
    var statuses: [Int: TokenStatus] = [:]
    var left = 0
    for text in try await clinic.texts("SELECT event::text FROM queue_events ORDER BY version") {
      let event = try JSONDocument(parsing: text).root
      for token in try event.list("tokens") {
        let number = try token.integer("number")
        let status = try #require(TokenStatus(rawValue: token.text("status")))
        defer { statuses[number] = status }
        guard let before = statuses[number], before != status else { continue }
        if before.isLive {
          #expect(before.mayBecome(status), "\(before) to \(status)")
        } else {
          left += 1
        }
      }
      let serving = statuses.values.filter { $0 == .withDoctor }.count
      #expect(serving <= 3)
    }
    #expect(left == undone, "final states are left by undo alone, and each time it is audited")
  }

  @Test("rule 22: two transfers of one token at once: one is refused or follows the other")
  func transfersAtOnce() async throws {
    try await TestClinic.run { clinic in
      let desks = try await Self.desks(clinic)
      let first = try await clinic.member(.doctor)
      let second = try await clinic.member(.doctor)
      let patient = try await clinic.patient()
      let token = try await desks[0].call(
        "queue.walk_in", ["patient_id": .int(patient), "doctor_id": .int(first.id)])
      try await desks[0].call("queue.call_next", ["doctor_id": .int(first.id)])
      let followers = [try await desks[0].subscribe(), try await desks[1].subscribe()]
      let outcomes = try await concurrently(10) { index in
        try await desks[index % 2].outcome(
          "queue.transfer", ["token": token["token"].json, "doctor_id": .int(second.id)])
      }
      #expect(outcomes.filter { $0.reason == "ok" }.count == 1)
      #expect(outcomes.filter { $0.reason == "same_doctor" }.count == 9)
      for follower in followers {
        try await follower.reach(3)
        // One step: never is the token nobody's, or both doctors'.
        let change = try await follower.message("the transfer") { $0["version"]?.int == 3 }
        let moved = try change.list("tokens")
        #expect(moved.count == 1)
        #expect(moved[0]["doctor_id"]?.int == second.id)
        #expect(moved[0]["status"]?.string == "WAITING")
        #expect(try change.member("board").list("serving").isEmpty)
      }
      // Both doctors are free to go on at once.
      let taken = try await desks[1].call("queue.call_next", ["doctor_id": .int(second.id)])
      #expect(taken["token"]?.string == token["token"]?.string)
      let none = try await desks[0].refused("queue.call_next", ["doctor_id": .int(first.id)])
      #expect(none.reason == "queue_empty")
    }
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension TestClinic {
  /// How many of the daemons' sessions wait for a lock.
  fileprivate func lockWaits() async throws -> Int {
    try await number(
      """
      SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
      AND application_name = 'clinicd' AND wait_event_type = 'Lock'
      """)
  }
}
