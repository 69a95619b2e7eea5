import Glibc
import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rule 46: disabling a user or changing a role ends that user's tokens, connections' rights and
/// subscriptions at once, on every instance and after a restart.
@Suite struct RevocationTests {
  /// Somebody with a connection and a subscription at each instance.
  private struct Person {
    let member: TestClinic.Member
    let credentials: JSONValue
    let callers: [TestConnection]
    let followers: [Follower]

    init(_ clinic: TestClinic, _ role: Role = .reception) async throws {
      member = try await clinic.member(role)
      let first = try await clinic.stranger(on: 0)
      credentials = try await first.call("auth.login", member.login)
      let token = credentials["access_token"].json
      var callers = [first]
      for instance in clinic.daemons.indices.dropFirst() {
        let caller = try await clinic.stranger(on: instance)
        try await caller.call("auth.authenticate", ["access_token": token])
        callers.append(caller)
      }
      self.callers = callers
      followers = try await callers.asyncMap { try await $0.subscribe() }
    }

    /// Whatever the person had is of no use any more, at whatever instance.
    func checkNothingIsLeft(_ clinic: TestClinic) async throws {
      for (caller, follower) in zip(callers, followers) {
        // The instance that made the change knows at once, the others within moments.
        try await eventually(within: .seconds(10), "the connection's rights have ended") {
          try await caller.outcome("auth.whoami").reason == "token_revoked"
        }
        let error = try await caller.refused("patients.list")
        #expect(error.code == -32001)
        #expect(error.reason == "token_revoked")
        let end = try await follower.message("the subscription has ended") {
          $0["kind"]?.string == "closed"
        }
        #expect(end["reason"]?.string == "token_revoked")
      }
      try await checkTokensAreDead(clinic)
    }

    func checkTokensAreDead(_ clinic: TestClinic) async throws {
      for instance in clinic.daemons.indices {
        let caller = try await clinic.stranger(on: instance)
        let access = try await caller.refused(
          "auth.authenticate", ["access_token": credentials["access_token"].json])
        #expect(access.reason == "token_revoked")
        let refresh = try await caller.refused(
          "auth.refresh", ["refresh_token": credentials["refresh_token"].json])
        #expect(refresh.reason == "token_revoked")
      }
    }

    /// What happens in the queue afterwards is not for the person.
    func checkNothingIsPushed(_ clinic: TestClinic, by other: Person) async throws {
      let before = followers.map(\.messages.count)
      let version = try await other.callers[0].call(
        "queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      #expect(version["status"]?.string == "WAITING")
      let now = try await clinic.number("SELECT version FROM queue_days")
      for follower in other.followers { try await follower.reach(now) }
      #expect(followers.map(\.messages.count) == before)
    }
  }

  @Test("rule 46: a disabled user is out, on both instances, after a restart, and stays out")
  func disabled() async throws {
    try await TestClinic.run { clinic in
      let admin = try await clinic.admin(on: 0)
      let person = try await Person(clinic)
      let other = try await Person(clinic)
      try await admin.call("users.update", ["id": .int(person.member.id), "enabled": false])
      let immediate = try await person.callers[0].refused("queue.today")
      #expect(immediate.reason == "token_revoked", "the very next call")
      try await person.checkNothingIsLeft(clinic)
      try await person.checkNothingIsPushed(clinic, by: other)
      let login = try await clinic.stranger(on: 1).refused("auth.login", person.member.login)
      #expect(login.reason == "bad_credentials")
      for caller in other.callers { try await caller.call("auth.whoami") }

      for daemon in clinic.daemons { try await daemon.restart() }
      try await person.checkTokensAreDead(clinic)
      // Enabling revives nothing that was ended.
      try await clinic.admin(on: 1).call(
        "users.update", ["id": .int(person.member.id), "enabled": true])
      try await person.checkTokensAreDead(clinic)
      let again = try await clinic.stranger(on: 0)
      try await again.call("auth.login", person.member.login)
      #expect(try await again.call("auth.whoami").integer("id") == person.member.id)
    }
  }

  @Test("rule 46: a login that has ended stays so, whatever PostgreSQL's clock says")
  func endedLongAgo() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let caller = try await clinic.stranger(on: 0)
      let credentials = try await caller.call("auth.login", member.login)
      let token = credentials["access_token"].json
      try await caller.call("auth.logout")
      _ = try await clinic.postgres.query(
        "UPDATE logins SET revoked_at = revoked_at - interval '1 day' WHERE revoked_at IS NOT NULL")
      try await clinic.daemons[0].restart()
      let refused = try await clinic.stranger(on: 0).refused(
        "auth.authenticate", ["access_token": token])
      #expect(refused.reason == "token_revoked")
    }
  }

  @Test("rule 46: another role, and nothing of the one before is left")
  func anotherRole() async throws {
    try await TestClinic.run { clinic in
      let person = try await Person(clinic)
      let other = try await Person(clinic)
      try await clinic.admin(on: 1).call(
        "users.update", ["id": .int(person.member.id), "role": "PHARMACIST"])
      let immediate = try await person.callers[1].refused("queue.today")
      #expect(immediate.reason == "token_revoked", "the very next call")
      try await person.checkNothingIsLeft(clinic)
      try await person.checkNothingIsPushed(clinic, by: other)
      for instance in [0, 1] {
        let caller = try await clinic.stranger(on: instance)
        let credentials = try await caller.call("auth.login", person.member.login)
        #expect(try credentials.member("user").text("role") == "PHARMACIST")
        #expect(try await caller.refused("queue.today").reason == "role_not_allowed")
        try await caller.call("patients.list")
      }
    }
  }

  @Test("rules 46, 49: what was followed in another role ends where nobody heard of it, too")
  func roleUnheard() async throws {
    try await TestClinic.run(1) { clinic in
      let hub = SilentHub()
      let inside = try clinic.inProcess(hub: hub)
      let id = ID<User>(rawValue: Int64(try await clinic.member(.doctor).id))
      let session = Session(id: 1, transport: .tcp(address: "192.0.2.1"))
      inside.sessions.opened(session)
      // Nothing tells this instance of a change but the login that comes after it.
      func logIn() async throws -> Role {
        try await inside.staff.refresh(id)
        let epoch = try #require(inside.staff.member(id)?.epoch)
        let now = Instant.now
        let token = AccessToken(
          userID: id, loginID: 1, epoch: epoch, issuedAt: now, expiresAt: now.adding(seconds: 60))
        return try inside.sessions.bind(session, to: token).role
      }
      #expect(try await logIn() == .doctor)
      #expect(try await logIn() == .doctor)
      #expect(hub.reasons.value == [])
      for (role, count) in [("DISPLAY", 1), ("DOCTOR", 2)] {
        _ = try await clinic.postgres.query("UPDATE users SET role = \(role) WHERE id = \(id)")
        #expect(try await logIn().rawValue == role)
        #expect(hub.reasons.value == Array(repeating: "token_revoked", count: count))
      }
      // Another password alone ends them as well, except for whoever changes it here.
      _ = try await clinic.postgres.query(
        "UPDATE users SET password_hash = 'another' WHERE id = \(id)")
      try await inside.sessions.renewing(session) { _ = try await logIn() }
      #expect(hub.reasons.value.count == 2)
      _ = try await clinic.postgres.query(
        "UPDATE users SET password_hash = 'a third' WHERE id = \(id)")
      _ = try await logIn()
      #expect(hub.reasons.value.count == 3)
    }
  }

  @Test(
    "rule 46: a hand in the database is as good",
    arguments: [
      "UPDATE users SET enabled = false WHERE id = ",
      "UPDATE users SET role = 'DISPLAY' WHERE id = ",
      "UPDATE logins SET revoked_at = now() WHERE user_id = ",
    ])
  func byHand(statement: String) async throws {
    try await TestClinic.run { clinic in
      let person = try await Person(clinic)
      let other = try await Person(clinic)
      _ = try await clinic.postgres.query("\(raw: statement + String(person.member.id))")
      try await person.checkNothingIsLeft(clinic)
      try await person.checkNothingIsPushed(clinic, by: other)
    }
  }

  @Test("rule 46: while no instance runs")
  func whileNobodyRuns() async throws {
    try await TestClinic.run { clinic in
      let person = try await Person(clinic)
      for daemon in clinic.daemons { await daemon.process.stop() }
      _ = try await clinic.postgres.query(
        "UPDATE users SET enabled = false WHERE id = \(person.member.id)")
      for daemon in clinic.daemons { try await daemon.start() }
      try await person.checkTokensAreDead(clinic)
    }
  }

  @Test("an administrator's reset of a password ends all of the user's logins")
  func resetPassword() async throws {
    try await TestClinic.run { clinic in
      let person = try await Person(clinic)
      try await clinic.admin(on: 0).call(
        "users.reset_password",
        ["id": .int(person.member.id), "new_password": "a password that is new"])
      try await person.checkNothingIsLeft(clinic)
      let caller = try await clinic.stranger(on: 1)
      #expect(
        try await caller.refused("auth.login", person.member.login).reason == "bad_credentials")
      try await caller.call(
        "auth.login",
        ["username": .string(person.member.username), "password": "a password that is new"])
    }
  }

  @Test("who changes the own password goes on; every other login of the user ends")
  func changePassword() async throws {
    try await TestClinic.run { clinic in
      let person = try await Person(clinic)
      let desk = try await clinic.stranger(on: 0)
      try await desk.call("auth.login", person.member.login)
      let follower = try await desk.subscribe()
      var credentials = person.credentials
      var password = person.member.password
      for round in 1...10 {
        let next = "a password that is new, \(round)"
        credentials = try await desk.call(
          "auth.change_password",
          ["current_password": .string(password), "new_password": .string(next)])
        password = next
        if round == 1 { try await person.checkNothingIsLeft(clinic) }
      }
      try await desk.call("auth.whoami")
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      try await eventually("the connection's own subscription goes on") {
        !follower.messages.isEmpty
      }
      #expect(!follower.messages.contains { $0["kind"]?.string == "closed" })
      try await follower.reach(1)
      let other = try await clinic.stranger(on: 1)
      try await other.call(
        "auth.authenticate", ["access_token": credentials["access_token"].json])
      try await other.call(
        "auth.refresh", ["refresh_token": credentials["refresh_token"].json])
    }
  }

  @Test("logging out ends the login's tokens on every instance, and no other login")
  func logout() async throws {
    try await TestClinic.run { clinic in
      let person = try await Person(clinic)
      let second = try await clinic.stranger(on: 1)
      let other = try await second.call("auth.login", person.member.login)
      try await person.callers[0].call("auth.logout")
      let end = try await person.followers[0].message("the subscription has ended") {
        $0["kind"]?.string == "closed"
      }
      #expect(end["reason"]?.string == "logged_out")
      #expect(try await person.callers[0].refused("auth.whoami").reason == "not_authenticated")
      try await eventually(within: .seconds(10), "the other connection of the login ends") {
        try await person.callers[1].outcome("auth.whoami").reason == "token_revoked"
      }
      try await person.checkTokensAreDead(clinic)
      try await second.call("auth.whoami")
      try await second.call("auth.refresh", ["refresh_token": other["refresh_token"].json])
    }
  }

  @Test("the last administrator stays, whoever tries to disable whom at once")
  func lastAdmin() async throws {
    try await TestClinic.run { clinic in
      let one = try await clinic.member(.admin)
      let two = try await clinic.member(.admin)
      let callers = [try await clinic.connect(one, on: 0), try await clinic.connect(two, on: 1)]
      let outcomes = try await concurrently(2) { index in
        try await callers[index].outcome(
          "users.update", ["id": .int([two, one][index].id), "enabled": false])
      }
      // One of the two was ended by the other, or is the last one.
      #expect(outcomes.filter { $0.reason == "ok" }.count == 1)
      #expect(
        try await clinic.number(
          "SELECT count(*) FROM users WHERE role = 'ADMIN' AND enabled") == 1)
    }
  }

  @Test("rule 46: an instance that has lost its LISTEN connection trusts no cache, pushes nothing")
  func deafInstance() async throws {
    try await TestClinic.run(1) { clinic in
      let person = try await Person(clinic)
      let other = try await Person(clinic)
      // It hears nothing any more and cannot begin to listen again.
      try await clinic.limitConnections(to: 0)
      try await eventually("the listening connection is found and ended") {
        try await !clinic.postgres.query(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
          WHERE datname = current_database() AND application_name = 'clinicd' \
          AND query IN ('LISTEN clinic_staff', 'SELECT 1 AS staff')
          """
        ).isEmpty
      }
      try await eventually("the instance has noticed") {
        clinic.daemons[0].process.output.contains("the staff directory waits for PostgreSQL")
      }
      // It asks the database now.
      try await person.callers[0].call("auth.whoami")
      _ = try await clinic.postgres.query(
        "UPDATE users SET enabled = false WHERE id = \(person.member.id)")
      let refused = try await person.callers[0].refused("auth.whoami")
      #expect(refused.reason == "token_revoked", "the very next call")
      let token = try await other.callers[0].call(
        "queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      #expect(try token.integer("number") == 1)
      try await clinic.limitConnections(to: -1)
      try await other.followers[0].reach(1)
      try await person.followers[0].message("the subscription has ended") {
        $0["kind"]?.string == "closed"
      }
      #expect(!person.followers[0].messages.contains { $0["kind"]?.string == "change" })
    }
  }
}

extension TestClinic {
  /// How many connections the test's database takes; -1 for as many as the server has.
  fileprivate func limitConnections(to count: Int) async throws {
    let name = try #require(try await texts("SELECT current_database()::text").first)
    _ = try await postgres.query(
      "ALTER DATABASE \(raw: name) WITH CONNECTION LIMIT \(raw: String(count))")
  }
}
