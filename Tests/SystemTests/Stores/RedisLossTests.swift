import Glibc
import JSONRPC
import Postgres
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Rule 25: whatever happens to Redis, no token is lost and no number repeated; boards show the
/// true queue again within seconds.
@Suite struct RedisLossTests {
  /// A morning: 12 tokens, two being served, one skipped.
  private struct Morning {
    let desks: [TestConnection]
    let followers: [Follower]
    let doctors: [TestClinic.Member]
    let date: String

    static func spend(in clinic: TestClinic) async throws -> Morning {
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let doctors = [try await clinic.member(.doctor), try await clinic.member(.doctor)]
      let boards = [
        try await clinic.connect(.display, on: 0), try await clinic.connect(.display, on: 1),
      ]
      var followers: [Follower] = []
      for caller in desks + boards { followers.append(try await caller.subscribe()) }
      var date = ""
      for (index, patient) in try await clinic.patients(12).enumerated() {
        let token = try await desks[index % 2].call(
          "queue.walk_in", ["patient_id": .int(patient)])
        date = try token.text("date")
      }
      for doctor in doctors {
        try await desks[0].call("queue.call_next", ["doctor_id": .int(doctor.id)])
      }
      try await desks[1].call(
        "queue.set_status", ["token": "\(date)-007", "status": "SKIPPED"])
      return Morning(desks: desks, followers: followers, doctors: doctors, date: date)
    }

    /// Goes on as before: nobody waits for Redis.
    func goOn(_ clinic: TestClinic, from number: Int, count: Int) async throws {
      let patients = try await clinic.patients(count)
      let numbers = try await concurrently(count) { index in
        try await desks[index % 2].call("queue.walk_in", ["patient_id": .int(patients[index])])
          .integer("number")
      }
      #expect(numbers.sorted() == Array(number..<number + count))
    }

    /// Every board has every version, and shows what PostgreSQL holds.
    func checkBoards(_ clinic: TestClinic) async throws {
      let version = try await clinic.number("SELECT version FROM queue_days")
      for follower in followers {
        try await follower.reach(version)
        let board = try #require(follower.messages.last).member("board")
        #expect(
          try await clinic.number("SELECT count(*) FROM queue_tokens WHERE status = 'WAITING'")
            == board.integer("waiting"))
        let serving = try board.list("serving").map { try $0.text("token") }
        #expect(serving == ["\(date)-001", "\(date)-002"])
      }
      for desk in desks {
        try await eventually("queue.today is up to date") {
          try await desk.call("queue.today").integer("version") == version
        }
      }
    }

    /// Redis holds what PostgreSQL holds.
    func checkRedis(_ clinic: TestClinic) async throws {
      let version = try await clinic.number("SELECT version FROM queue_days")
      try await eventually("Redis is made anew") {
        try await clinic.redis.command(["GET", "queue:version:\(date)"]).integer == Int64(version)
      }
      let last = try await clinic.number("SELECT last_number::bigint FROM queue_days")
      #expect(
        try await clinic.redis.command(["GET", "queue:counter:\(date)"]).integer == Int64(last))
      let open = try await clinic.texts(
        """
        SELECT date || '-' || lpad(number::text, 3, '0') FROM queue_tokens \
        WHERE status IN ('WAITING', 'WITH_DOCTOR') ORDER BY number
        """)
      let line = try await clinic.redis.command(["ZRANGE", "queue:\(date)", 0, -1])
      #expect(line.elements?.compactMap(\.text).sorted() == open)
      for number in 1...last {
        let digits = TokenName.padded(number)
        let hash = try await clinic.redis.command([
          "HGET", "queue:token:\(date):\(digits)", "status",
        ])
        let status = try await clinic.texts(
          "SELECT status FROM queue_tokens WHERE number = \(Int32(number))")
        #expect(hash.text == status.first)
      }
      let serving = try await clinic.redis.command(["HLEN", "queue:serving:\(date)"])
      #expect(serving.integer == 2)
    }
  }

  @Test("rule 25: Redis is emptied at noon")
  func flushed() async throws {
    try await TestClinic.run { clinic in
      let morning = try await Morning.spend(in: clinic)
      _ = try await clinic.redis.command(["FLUSHALL"])
      try await morning.goOn(clinic, from: 13, count: 20)
      try await morning.checkBoards(clinic)
      try await morning.checkRedis(clinic)
      // Once more with nobody doing anything: it heals by itself.
      _ = try await clinic.redis.command(["FLUSHALL"])
      try await morning.checkRedis(clinic)
      try await morning.checkBoards(clinic)
    }
  }

  @Test("rule 25: Redis is killed at noon and comes back empty")
  func killed() async throws {
    try await TestClinic.run { clinic in
      let morning = try await Morning.spend(in: clinic)
      await clinic.stores.redisServer.stop()
      func journal(_ line: String) async throws {
        try await eventually("the journal says it") {
          clinic.daemons.allSatisfy { daemon in
            daemon.process.output.split(separator: "\n").contains {
              $0.contains(line) && $0.contains("store=redis")
            }
          }
        }
      }
      try await morning.goOn(clinic, from: 13, count: 10)
      try await morning.checkBoards(clinic)
      try await journal("a store cannot be used")
      try clinic.stores.redisServer.start()
      try await journal("a store is back")
      try await eventually("the test's own client is back") { clinic.redis.isUp }
      try await morning.checkRedis(clinic)
      try await morning.goOn(clinic, from: 23, count: 10)
      try await morning.checkBoards(clinic)
      try await morning.checkRedis(clinic)
    }
  }

  @Test("rule 25: Redis hangs at noon, and goes on later with what it had")
  func frozen() async throws {
    try await TestClinic.run { clinic in
      let morning = try await Morning.spend(in: clinic)
      clinic.stores.redisServer.signal(SIGSTOP)
      try await morning.goOn(clinic, from: 13, count: 10)
      try await morning.checkBoards(clinic)
      clinic.stores.redisServer.signal(SIGCONT)
      try await eventually("the test's own client is back") { clinic.redis.isUp }
      try await morning.checkRedis(clinic)
      try await morning.goOn(clinic, from: 23, count: 10)
      try await morning.checkBoards(clinic)
      try await morning.checkRedis(clinic)
    }
  }

  @Test("rule 25: a hand has put something else under the queue's keys")
  func otherTypes() async throws {
    try await TestClinic.run { clinic in
      let morning = try await Morning.spend(in: clinic)
      for key in ["queue:version", "queue", "queue:current"] {
        _ = try await clinic.redis.command(["DEL", .string("\(key):\(morning.date)")])
      }
      _ = try await clinic.redis.command(["SET", "queue:version:\(morning.date)", "abc"])
      _ = try await clinic.redis.command(["SET", "queue:\(morning.date)", "x"])
      _ = try await clinic.redis.command(["LPUSH", "queue:current:\(morning.date)", "x"])
      try await morning.goOn(clinic, from: 13, count: 5)
      try await morning.checkRedis(clinic)
      try await morning.checkBoards(clinic)
      // Nothing moves, and it is put right all the same.
      _ = try await clinic.redis.command(["DEL", "queue:version:\(morning.date)"])
      _ = try await clinic.redis.command(["LPUSH", "queue:version:\(morning.date)", "x"])
      try await eventually("it is a number again") {
        try await clinic.redis.command(["TYPE", "queue:version:\(morning.date)"]).text == "string"
      }
      try await morning.checkRedis(clinic)
    }
  }

  @Test("rule 25: Redis holds what never was: a version of the future")
  func ahead() async throws {
    try await TestClinic.run { clinic in
      let morning = try await Morning.spend(in: clinic)
      // As after a restore of PostgreSQL.
      _ = try await clinic.redis.command(["SET", "queue:version:\(morning.date)", "1000"])
      _ = try await clinic.redis.command(["SET", "queue:counter:\(morning.date)", "900"])
      _ = try await clinic.redis.command([
        "ZADD", "queue:\(morning.date)", "1", "\(morning.date)-900",
      ])
      for version in ["1000", "99999999999999999999"] {
        _ = try await clinic.redis.command([
          "PUBLISH", "queue:events:\(morning.date)", .string(#"{"version":\#(version)}"#),
        ])
      }
      try await morning.goOn(clinic, from: 13, count: 5)
      try await morning.checkRedis(clinic)
      try await morning.checkBoards(clinic)
    }
  }
}
