import Glibc
import JSONRPC
import Mongo
import Postgres
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Processes die and freeze while the front desk works.
@Suite(.serialized) struct FaultsTests {
  @Test("kill -9 and SIGSTOP of everything under load: nothing acknowledged is lost or doubled")
  func everythingDies() async throws {
    try await FaultsStack.run(2) { stack in
      let load = FaultsLoad(stack.daemons.map(\.unix))
      let boards = stack.daemons.map { _ in FaultsBoard() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (board, daemon) in zip(boards, stack.daemons) {
          group.addTask { try? await board.follow(daemon.unix) }
        }
        defer { group.cancelAll() }
        try await eventually("the boards are subscribed") { boards.allSatisfy { $0.version >= 0 } }
        try await load.run(clients: 20) { try await stack.faults(under: load) }
        try await stack.expectEverything(of: load)
        let version = try await stack.number("SELECT max(version) FROM queue_days")
        for board in boards {
          try await eventually("the board shows version \(version)") { board.version >= version }
          #expect(board.gaps.isEmpty)
        }
        #expect(boards[0].resumed > 0, "it resumed after its daemon was killed")
        #expect(boards.allSatisfy { $0.snapshots.count < 20 }, "\(boards.map(\.snapshots))")
      }
    }
  }

  @Test("without MongoDB, and without Redis, the front desk and the boards go on")
  func withoutProjections() async throws {
    try await FaultsStack.run(2) { stack in
      let desk = try await TestConnection.connect(to: stack.daemons[0].unix)
      let other = try await TestConnection.connect(to: stack.daemons[1].unix)
      try await stack.queue(1, at: desk)
      let boards = [try await desk.subscribe(), try await other.subscribe()]

      try await stack.script("kill", .mongo)
      try await stack.queue(10, at: desk)
      try await stack.queue(10, at: other)
      let error = try await desk.refused("reports.audit_logs")
      #expect(error.code == -32006)
      #expect(error.reason == "store_unavailable")
      try await eventually("the health says so") {
        try await desk.call("system.health").state(of: "mongodb") == "down"
      }
      try await stack.script("start", .mongo)
      try await stack.expectAudit()
      try await eventually("the health says so") {
        try await desk.call("system.health").state(of: "mongodb") == "up"
      }
      #expect(try await desk.call("reports.audit_logs").list("items").isEmpty == false)

      try await stack.script("kill", .redis)
      try await eventually("the health says so") {
        try await desk.call("system.health").state(of: "redis") == "down"
      }
      for caller in [desk, other, desk, other] {
        let version = try await stack.queue(1, at: caller)
        let changed = ContinuousClock.now
        for board in boards { try await board.reach(version) }
        #expect(ContinuousClock.now - changed < .seconds(2), "boards see it within two seconds")
      }
      try await stack.script("start", .redis)
      let version = try await stack.queue(1, at: desk)
      for board in boards { try await board.reach(version) }
      try await stack.expectRedis()
      // Emptied at noon.
      #expect(try await stack.redis.command(["FLUSHALL"]).text == "OK")
      try await stack.expectRedis()
      let last = try await stack.queue(1, at: other)
      #expect(last == version + 1)
      for board in boards { try await board.reach(last) }
      try await stack.expectRedis()
    }
  }
}

// MARK: - What is done

extension FaultsStack {
  /// One fault after the other; each one ends before the next, and work goes on after it.
  func faults(under load: FaultsLoad) async throws {
    try await load.progress(60, "the first tokens")

    daemons[0].process.signal(SIGKILL)
    try await eventually("the daemon is gone") { daemons[0].process.hasEnded }
    try await load.progress(60, "the other instance goes on alone")
    try await daemons[0].start()
    try await load.progress(60, "both work")

    for store in [Store.redis, .mongo] {
      try await script("kill", store)
      try await load.progress(60, "work goes on without \(store)")
      try await script("start", store)
      try await load.progress(60, "and with it")
    }

    var refusals = load.refusals
    try await script("kill", .postgres)
    try await eventually("calls are refused without PostgreSQL") { load.refusals > refusals }
    try await script("start", .postgres)
    try await load.progress(60, "work goes on after PostgreSQL came back")

    try await script("freeze", .redis)
    try await load.progress(60, "work goes on while Redis is frozen")
    try await script("thaw", .redis)
    try await load.progress(60, "and when it is not any more")

    refusals = load.refusals
    try await script("freeze", .postgres)
    try await eventually("calls are refused while PostgreSQL is frozen") {
      load.refusals > refusals
    }
    let looking = try await TestConnection.connect(to: daemons[0].unix)
    try await eventually("a store that answers nobody is down") {
      try await looking.call("system.health").text("status") == "down"
    }
    await looking.close()
    #expect(try await HTTPClient(daemons[0]).get("/readyz").text.contains("postgresql"))
    try await script("thaw", .postgres)
    try await load.progress(60, "work goes on after PostgreSQL woke up")
  }

  /// Registers and queues patients. - Returns: the version of the day after that.
  @discardableResult
  func queue(_ count: Int, at desk: TestConnection) async throws -> Int {
    for _ in 0..<count {
      let patient = try await desk.call("patients.create", ["name": "Someone"])
      try await desk.call("queue.walk_in", ["patient_id": .int(try patient.integer("id"))])
    }
    return try await number("SELECT max(version) FROM queue_days")
  }
}

// MARK: - What must hold afterwards

extension FaultsStack {
  func expectEverything(of load: FaultsLoad) async throws {
    try await eventually("every store is up for every instance, and for the test") {
      guard postgres.isUp else { return false }
      for daemon in daemons {
        let caller = try await TestConnection.connect(to: daemon.unix)
        let health = try await caller.call("system.health")
        await caller.close()
        for store in ["postgresql", "redis", "mongodb"] where health.state(of: store) != "up" {
          return false
        }
      }
      return true
    }
    try await expectTokens(of: load)
    try await expectAudit()
    try await expectRedis()
    var queues: [[UInt8]] = []
    for daemon in daemons {
      let caller = try await TestConnection.connect(to: daemon.unix)
      queues.append(try await caller.call("queue.today").member("tokens").rawBytes)
      await caller.close()
    }
    #expect(Set(queues).count == 1, "the instances agree")
  }

  private func expectTokens(of load: FaultsLoad) async throws {
    let rows = try await postgres.query(
      """
      SELECT date || '-' || lpad(number::text, greatest(3, length(number::text)), '0'), patient_id \
      FROM queue_tokens
      """)
    var stored: [String: Int] = [:]
    for row in rows {
      var cells = row.cells
      let name: String = try cells.next()
      stored[name] = try cells.next()
    }
    #expect(load.tokens.count > 600)
    #expect(stored == load.tokens, "each acknowledged token is there, and no other")
    let patients = try await postgres.query("SELECT id FROM patients").column(as: Int.self)
    #expect(Set(patients) == load.patients, "each patient is there once, and no other")
    #expect(try await number("SELECT count(DISTINCT name) FROM patients") == patients.count)
    #expect(
      try await number(
        """
        SELECT count(*) FROM queue_days d WHERE (last_number, last_number, version, version) <> ALL ( \
        SELECT count(*), max(number), (SELECT count(*) FROM queue_events e WHERE e.date = d.date), \
        (SELECT max(version) FROM queue_events e WHERE e.date = d.date) \
        FROM queue_tokens t WHERE t.date = d.date)
        """) == 0, "numbers and versions without a gap")
    #expect(
      try await number(
        """
        SELECT count(*) FROM queue_tokens t WHERE NOT EXISTS (SELECT FROM audit_entries a WHERE \
        a.method = 'queue.walk_in' AND a.outcome = 'ok' AND a.resource_id = t.patient_id::text)
        """) == 0, "each token's beginning is audited")
    #expect(
      try await number(
        """
        SELECT count(*) FROM patients p WHERE NOT EXISTS (SELECT FROM audit_entries a WHERE \
        a.method = 'patients.create' AND a.outcome = 'ok' AND a.resource_id = p.id::text)
        """) == 0, "each registration is audited")
  }

  /// The audit is complete and the same in PostgreSQL, in the chain and in MongoDB.
  func expectAudit() async throws {
    try await eventually("the test's own client is back") { mongo.isUp }
    try await expectAuditCopied(from: postgres, to: mongo)
  }

  /// Redis has the day as PostgreSQL has it.
  func expectRedis() async throws {
    try await eventually("Redis has the last version") {
      let date = try await today()
      let version = try? await redis.command(["GET", .string("queue:version:\(date)")])
      return version?.integer == Int64(try await number("SELECT max(version) FROM queue_days"))
    }
    let date = try await today()
    let last = try await number("SELECT last_number::bigint FROM queue_days")
    #expect(
      try await redis.command(["GET", .string("queue:counter:\(date)")]).integer == Int64(last))
    let waiting = try await redis.command(["ZRANGE", .string("queue:\(date)"), "0", "-1"])
    let live = try await postgres.query(
      """
      SELECT date || '-' || lpad(number::text, greatest(3, length(number::text)), '0') \
      FROM queue_tokens WHERE status IN ('WAITING', 'WITH_DOCTOR') ORDER BY number
      """
    ).column(as: String.self)
    #expect(Set(waiting.elements?.compactMap(\.text) ?? []) == Set(live))
    let stored = try await postgres.query(
      "SELECT status || ' ' || patient_id || ' ' || patient_name FROM queue_tokens ORDER BY number"
    ).column(as: String.self)
    let hashes = try await redis.pipeline(
      (1...max(1, last)).map { number in
        [
          "HMGET", .string("queue:token:\(date):\(TokenName.padded(number))"), "status",
          "patient_id", "patient_name",
        ]
      })
    let shown = hashes.map { hash in
      (hash.elements ?? []).map { $0.text ?? "nothing" }.joined(separator: " ")
    }
    #expect(shown == stored)
  }

  private func today() async throws -> String {
    try #require(
      try await postgres.query("SELECT max(date)::text FROM queue_days").column(as: String.self)
        .first)
  }
}

extension JSONValue {
  /// How `system.health` says that a store is.
  fileprivate func state(of store: String) -> String? {
    self["stores"]?.elements.first { $0["name"]?.string == store }?["state"]?.string
  }
}
