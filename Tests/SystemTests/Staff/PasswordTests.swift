import JSONRPC
import Postgres
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Rule 51: passwords have 12 characters or more and at most 72 bytes; a wrong user and a wrong
/// password take the same time and get the same answer.
@Suite struct PasswordTests {
  private static let refused: [(password: String, reason: String)] = [
    ("", "too_short"), (String(repeating: "a", count: 11), "too_short"),
    (String(repeating: "🔑", count: 11), "too_short"),
    (String(repeating: "a", count: 73), "too_long"),
    (String(repeating: "é", count: 37), "too_long"),
    (String(repeating: "a", count: 5000), "too_long"),
  ]
  private static let accepted = [
    String(repeating: "a", count: 12), String(repeating: "b", count: 72),
    String(repeating: "é", count: 36), String(repeating: "🔑", count: 18), " spaces at both ends ",
  ]

  @Test("rule 51: lengths, on every way to a new password; the longest is not cut")
  func lengths() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let member = try await clinic.member(.reception)
      let desk = try await clinic.connect(member)
      let register: JSON = ["username": "somebody", "full_name": "Somebody", "role": "DOCTOR"]
      let ways: [(TestConnection, String, JSON, String)] = [
        (admin, "auth.register", register, "password"),
        (admin, "users.reset_password", ["id": .int(member.id)], "new_password"),
        (
          desk, "auth.change_password", ["current_password": .string(member.password)],
          "new_password"
        ),
      ]
      for (caller, method, params, field) in ways {
        for (password, reason) in Self.refused {
          let error = try await caller.refused(method, params.with(field, .string(password)))
          #expect(error.code == -32602, "\(method)")
          #expect(error.reason == reason, "\(method)")
          #expect(error.data["field"] == .string(field))
        }
      }
      #expect(try await clinic.number("SELECT count(*) FROM users") == 1)

      for password in Self.accepted {
        try await admin.call(
          "users.reset_password", ["id": .int(member.id), "new_password": .string(password)])
        let caller = try await clinic.stranger()
        let login: JSON = ["username": .string(member.username)]
        try await caller.call("auth.login", login.with("password", .string(password)))
        // One character less, one more, and the white space at its ends, all count.
        for wrong in [
          String(password.dropLast()), password + password.suffix(1), password + "x",
          String(password.dropFirst()),
        ] {
          let error = try await caller.refused("auth.login", login.with("password", .string(wrong)))
          #expect(error.reason == "bad_credentials")
        }
      }
    }
  }

  @Test("rule 51: wrong user, wrong password, disabled user: one answer")
  func sameAnswer() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let member = try await clinic.member(.reception)
      let disabled = try await clinic.member(.reception)
      try await admin.call("users.update", ["id": .int(disabled.id), "enabled": false])
      let caller = try await clinic.stranger()
      let attempts: [(String, String)] = [
        (member.username, "not the password"), ("nobody", "not the password"),
        ("nobody", member.password), (disabled.username, disabled.password),
        (disabled.username, "not the password"), (member.username.uppercased() + "x", "x"),
        ("Ünknown user", "x"), ("' OR 1=1 --", "x"),
      ]
      var answers: [RPCError] = []
      for (username, password) in attempts {
        answers.append(
          try await caller.refused(
            "auth.login", ["username": .string(username), "password": .string(password)]))
      }
      #expect(answers[0].code == -32001)
      #expect(answers[0].reason == "bad_credentials")
      for answer in answers { #expect(answer == answers[0]) }
      // A password that no hash can hold is a wrong one like the others.
      for username in [member.username, "nobody"] {
        let long = try await caller.refused(
          "auth.login",
          ["username": .string(username), "password": .string(String(repeating: "a", count: 73))])
        #expect(long == answers[0])
      }
      try await caller.call("auth.login", member.login)
    }
  }

  /// So many hashes at once are more than wait for their turn: some calls are told `busy`. A call
  /// that would be answered without a hash never is. No clock is needed to see that.
  @Test("rule 51: a hash is computed for a wrong user as for a wrong password")
  func hashForEach() async throws {
    let cost = 10
    let hash = try await Clinic.passwordHash(of: "the right password", cost: cost)
    try await TestClinic.run(1, ["CLINIC_PASSWORD_COST": "\(cost)"]) { clinic in
      _ = try await clinic.postgres.query(
        """
        INSERT INTO users (username, password_hash, full_name, role, enabled) \
        SELECT 'known-' || n, \(hash), 'Known', 'RECEPTION', n > 100 FROM generate_series(1, 200) n
        """)
      // The same from the first to the last: users who are there, disabled, and not there.
      for range in [101...180, 1...80, 301...380] {
        let callers = try await range.asyncMap { _ in try await clinic.stranger() }
        let reasons = try await concurrently(callers.count) { index in
          try await callers[index].refused(
            "auth.login",
            [
              "username": "known-\(range.lowerBound + index)", "password": "not the password",
            ]
          ).reason
        }
        #expect(reasons.contains("busy"), "known-\(range)")
        // On a busy machine the last of those that wait are too late.
        let known: Set = ["busy", "bad_credentials", "deadline_exceeded"]
        #expect(Set(reasons).isSubset(of: known), "known-\(range)")
        for caller in callers { await caller.close() }
      }
    }
  }

  @Test("failures of a user from an address are counted by all instances together")
  func throttled() async throws {
    try await TestClinic.run(2, ["CLINIC_LOGIN_FAILURES_PER_MINUTE": "5"]) { clinic in
      let member = try await clinic.member(.reception)
      let other = try await clinic.member(.reception)
      let wrong: JSON = ["username": .string(member.username), "password": "not the password"]
      let reasons = try await concurrently(20) { index in
        try await clinic.stranger(on: index % 2).refused("auth.login", wrong).reason
      }
      #expect(reasons.filter { $0 == "bad_credentials" }.count <= 5, "guesses past the limit")
      #expect(reasons.contains("too_many_attempts"))
      for instance in [0, 1] {
        let caller = try await clinic.stranger(on: instance)
        let error = try await caller.refused("auth.login", member.login)
        #expect(error.code == -32005)
        #expect(error.reason == "too_many_attempts")
        let wait = try #require(error.data["retry_after"])
        #expect((1...60).map { RPCError.Value.int($0) }.contains(wait))
        #expect(error.data["limit"] == .int(5) && error.data["actual"] == .int(6))
        // Somebody else from the same address is not kept out.
        try await caller.call("auth.login", other.login)
      }
      // From another place the user is not locked out either.
      let unix = try await clinic.admin()
      try await unix.call("auth.login", member.login)
    }
  }

  @Test("guessing with one user after the other is refused at an address, and there alone")
  func sprayed() async throws {
    try await TestClinic.run(2, ["CLINIC_LOGIN_FAILURES_PER_MINUTE": "1"]) { clinic in
      let member = try await clinic.member(.reception)
      var reasons: [String] = []
      for index in 0..<30 {
        reasons.append(
          try await clinic.stranger(on: index % 2).refused(
            "auth.login", ["username": "user-\(index)", "password": "not the password"]
          ).reason)
      }
      #expect(reasons.prefix(20).allSatisfy { $0 == "bad_credentials" })
      #expect(reasons.dropFirst(20).allSatisfy { $0 == "too_many_attempts" })
      let here = try await clinic.stranger().refused("auth.login", member.login)
      #expect(here.reason == "too_many_attempts" && here.data["limit"] == .int(20))
      try await clinic.admin().call("auth.login", member.login)
    }
  }

  @Test("users of one address who log in at once are no attempts, be they more than may fail")
  func manyOfOneAddress() async throws {
    try await TestClinic.run(2, ["CLINIC_LOGIN_FAILURES_PER_MINUTE": "1"]) { clinic in
      let members = try await (0..<30).asyncMap { _ in try await clinic.member(.reception) }
      let reasons = try await concurrently(members.count) { index in
        try await clinic.stranger(on: index % 2).outcome("auth.login", members[index].login).reason
      }
      #expect(reasons.allSatisfy { $0 == "ok" }, "\(reasons)")
    }
  }

  @Test("an attempt whose password was not compared was none")
  func takenBack() async throws {
    try await TestClinic.run(1) { clinic in
      let throttle = try clinic.inProcess().throttle
      let limits: [(target: Throttle.Target, limit: Int)] = [
        (.user("somebody"), 5), (.logins(source: "here"), 5),
      ]
      let ends: [(any Error, Int?)] = [
        (ClinicError(.busy), nil), (CancellationError(), nil), (ClinicError(.badCredentials), 1),
        (ClinicError(.deadlineExceeded), 1), (ClinicError(.badCredentials), 2),
      ]
      for (error, count) in ends {
        await #expect(throws: (any Error).self) {
          try await throttle.attempt(limits) { (_: [Int]) -> Void in throw error }
        }
        for key in ["user:somebody", "logins:here"] {
          let left = try await clinic.redis.command(["GET", "clinic:attempts:\(key)"])
          #expect(left.integer.map(Int.init) == count, "\(error)")
        }
      }
    }
  }

  @Test("strangers who log in without end keep nobody out on the Unix socket, and fill no Redis")
  func flood() async throws {
    // The address is not to be refused meanwhile.
    let settings = ["CLINIC_PASSWORD_COST": "9", "CLINIC_LOGIN_FAILURES_PER_MINUTE": "1000"]
    try await TestClinic.run(1, settings) { clinic in
      let member = try await clinic.member(.reception)
      let strangers = try await (0..<45).asyncMap { _ in try await clinic.stranger() }
      let isOver = Tally(0)
      async let flood = concurrently(strangers.count) { index in
        var compared = 0
        var attempt = 0
        while isOver.value == 0 {
          attempt += 1
          let outcome = try await strangers[index].raw(
            "auth.login", ["username": "name-\(index)-\(attempt)", "password": "not the password"])
          if outcome.reason == "bad_credentials" { compared += 1 }
        }
        return compared
      }
      let admin = try await clinic.admin()
      var reasons: [String] = []
      for round in 1...8 {
        let desk = try await clinic.admin()
        reasons.append(try await desk.outcome("auth.login", member.login).reason)
        await desk.close()
        reasons.append(
          try await admin.outcome(
            "auth.register",
            [
              "username": "new-\(round)", "password": "a password of new", "full_name": "New",
              "role": "DOCTOR",
            ]
          ).reason)
      }
      isOver.update { $0 += 1 }
      let compared = try await flood.reduce(0, +)
      #expect(reasons.allSatisfy { $0 == "ok" }, "\(reasons)")
      let keys = try await clinic.redis.command(["KEYS", "clinic:attempts:login:*"])
      #expect(try #require(keys.elements).count <= compared)
    }
  }

  @Test("many new passwords at once wait for no transaction, and none for them")
  func hashedBefore() async throws {
    try await TestClinic.run(1, ["CLINIC_PASSWORD_COST": "10"]) { clinic in
      let doctor = try await clinic.member(.doctor)
      let slot = JSON.int(try #require(await clinic.slots(of: doctor).first))
      let caller = try await clinic.connect(doctor)
      let admin = try await clinic.admin()
      let made = Tally(0)
      async let registered = concurrently(30) { index in
        let reason = try await admin.outcome(
          "auth.register",
          [
            "username": "new-\(index)", "password": "a password of new", "full_name": "New",
            "role": "DOCTOR",
          ]
        ).reason
        made.update { $0 += 1 }
        return reason
      }
      try await eventually("the first of them is there") { made.value > 0 }
      // It would have its turn after all that came before it.
      try await caller.call("slots.block", ["id": slot])
      #expect(made.value < 27)
      let reasons = try await registered
      #expect(reasons.allSatisfy { $0 == "ok" }, "\(reasons)")
      #expect(try await clinic.number("SELECT count(*) FROM users WHERE username ~ '^new-'") == 30)
    }
  }

  @Test("names made up to look like another count keep nobody out")
  func namesLikeCounts() async throws {
    try await TestClinic.run(1, ["CLINIC_LOGIN_FAILURES_PER_MINUTE": "2"]) { clinic in
      let member = try await clinic.member(.reception)
      let caller = try await clinic.stranger()
      let sources = try await clinic.redis.command(["KEYS", "clinic:attempts:*"])
      #expect(sources.elements?.isEmpty == true)
      for name in [
        "\(member.username)@127.0.0.1", "login:127.0.0.1@\(member.username)",
        "user:\(member.username)", "password:\(member.id)", "pairing:127.0.0.1",
      ] {
        for _ in 0..<3 {
          _ = try await caller.refused(
            "auth.login", ["username": .string(name), "password": "not the password"])
        }
      }
      try await caller.call("auth.login", member.login)
      try await caller.call(
        "auth.change_password",
        [
          "current_password": .string(member.password), "new_password": "a password that is new",
        ])
      try await clinic.stranger().call("devices.request_pairing", ["role": "DISPLAY"])
    }
  }

  @Test("rule 51: a login brings a password to the cost that is set, and ends no other login")
  func rehashed() async throws {
    try await TestClinic.run(1, ["CLINIC_PASSWORD_COST": "5"]) { clinic in
      let hash = try await Clinic.passwordHash(of: "the right password", cost: 4)
      _ = try await clinic.postgres.query(
        """
        INSERT INTO users (username, password_hash, full_name, role) \
        VALUES ('known', \(hash), 'Known', 'RECEPTION')
        """)
      let login: JSON = ["username": "known", "password": "the right password"]
      let first = try await clinic.stranger()
      let credentials = try await first.call("auth.login", login)
      try await eventually("the hash has the other cost") {
        try await clinic.texts("SELECT password_hash FROM users WHERE username = 'known'")
          .allSatisfy { $0.hasPrefix("$2b$05$") }
      }
      try await clinic.stranger().call("auth.login", login)
      try await first.call("auth.whoami")
      try await clinic.stranger().call(
        "auth.refresh", ["refresh_token": credentials["refresh_token"].json])
      // Another password ends them, as ever.
      _ = try await clinic.postgres.query(
        "UPDATE users SET password_hash = \(hash) WHERE username = 'known'")
      try await eventually("the login has ended") {
        try await first.outcome("auth.whoami").reason == "token_revoked"
      }
    }
  }

  @Test("a right password is not refused because many are brought to another cost")
  func rehashedTogether() async throws {
    try await TestClinic.run(1, ["CLINIC_PASSWORD_COST": "14"]) { clinic in
      let hash = try await Clinic.passwordHash(of: "the right password", cost: 4)
      _ = try await clinic.postgres.query(
        """
        INSERT INTO users (username, password_hash, full_name, role) \
        SELECT 'known-' || n, \(hash), 'Known', 'RECEPTION' FROM generate_series(1, 20) n
        """)
      let reasons = try await concurrently(20) { index in
        try await clinic.stranger().outcome(
          "auth.login",
          ["username": .string("known-\(index + 1)"), "password": "the right password"]
        ).reason
      }
      #expect(reasons.allSatisfy { $0 == "ok" }, "\(reasons)")
    }
  }

  /// Fifty at a time from each instance, and the fourth round also would pass twenty in a minute.
  @Test("many right logins at once are no guesses")
  func rightAtOnce() async throws {
    try await TestClinic.run(2, ["CLINIC_LOGIN_FAILURES_PER_MINUTE": "5"]) { clinic in
      let member = try await clinic.member(.reception)
      let callers = try await (0..<100).asyncMap { try await clinic.stranger(on: $0 % 2) }
      for _ in 0..<4 {
        let outcomes = try await concurrently(callers.count) {
          try await callers[$0].outcome("auth.login", member.login).reason
        }
        #expect(outcomes.allSatisfy { $0 == "ok" })
      }
      let left = try await clinic.redis.command([
        "GET", "clinic:attempts:user:\(member.username)",
      ])
      #expect((left.integer ?? 0) == 0, "right logins were counted")
      // Nor are they forgiveness for others: a wrong password at the same time stays a guess.
      let wrong: JSON = ["username": .string(member.username), "password": "not the password"]
      let reasons = try await concurrently(20) {
        try await callers[$0].refused("auth.login", wrong).reason
      }
      #expect(reasons.filter { $0 == "bad_credentials" }.count == 5)
      #expect(reasons.filter { $0 == "too_many_attempts" }.count == 15)
    }
  }

  @Test("a right password forgives what was mistyped before")
  func forgiven() async throws {
    try await TestClinic.run(1, ["CLINIC_LOGIN_FAILURES_PER_MINUTE": "3"]) { clinic in
      let member = try await clinic.member(.reception)
      let wrong: JSON = ["username": .string(member.username), "password": "not the password"]
      let caller = try await clinic.stranger()
      for _ in 0..<3 {
        for _ in 0..<2 {
          #expect(try await caller.refused("auth.login", wrong).reason == "bad_credentials")
        }
        try await caller.call("auth.login", member.login)
      }
    }
  }

  @Test("a user name is typed in any case, and with white space round it")
  func typedUsernames() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      for typed in [member.username.uppercased(), "  \(member.username) "] {
        let caller = try await clinic.stranger()
        try await caller.call(
          "auth.login", ["username": .string(typed), "password": .string(member.password)])
      }
    }
  }

  @Test("a password whose commit is under way is changed, and its caller is told so")
  func cancelledInCommit() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.doctor)
      for sql: SQL in [
        """
        CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$
        """,
        """
        CREATE CONSTRAINT TRIGGER waits AFTER UPDATE ON users \
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION waits()
        """,
      ] { _ = try await clinic.postgres.query(sql) }
      let wire = try clinic.daemons[0].wire(.tcp)
      _ = try await wire.call("auth.login", member.login)
      let new: JSON = "a password that is new"
      try await clinic.holding("SELECT pg_advisory_xact_lock(1)") {
        try await wire.send(
          WireSocket.request(
            "auth.change_password",
            ["current_password": .string(member.password), "new_password": new], id: 7))
        try await eventually("it commits") {
          try await clinic.number(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND application_name = 'clinicd' AND wait_event = 'advisory'
            """) > 0
        }
        _ = try await wire.call("rpc.cancel", ["id": 7], id: 9)
      }
      #expect(try await wire.answer(to: 7)["result"]?["access_token"] != nil)
      #expect(try await wire.call("auth.whoami", [:], id: 10)["result"] != nil)
      try await clinic.stranger().call(
        "auth.login", ["username": .string(member.username), "password": new])
    }
  }

  @Test("the own password is changed by who knows it, for another one")
  func changePassword() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.doctor)
      let caller = try await clinic.connect(member)
      let wrong = try await caller.refused(
        "auth.change_password",
        ["current_password": "not the password", "new_password": "a password that is new"])
      #expect(wrong.reason == "bad_credentials")
      let same = try await caller.refused(
        "auth.change_password",
        [
          "current_password": .string(member.password), "new_password": .string(member.password),
        ])
      #expect(same.reason == "same_password")
      #expect(same.code == -32007)
      try await caller.call("auth.whoami")
      let again = try await clinic.stranger()
      try await again.call("auth.login", member.login)
      let stored = try await clinic.texts("SELECT password_hash FROM users")
      #expect(stored.allSatisfy { $0.hasPrefix("$2b$04$") })
    }
  }
}
