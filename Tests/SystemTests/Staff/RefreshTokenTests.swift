import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Refresh tokens: each works once; using one twice ends the login, except for a device that lost
/// the answer.
@Suite struct RefreshTokenTests {
  /// A login whose tokens are used at whatever instance.
  private struct Device {
    let clinic: TestClinic
    let member: TestClinic.Member
    let first: JSONValue

    init(_ clinic: TestClinic) async throws {
      self.clinic = clinic
      member = try await clinic.member(.reception)
      first = try await clinic.stranger().call("auth.login", member.login)
    }

    func refresh(_ credentials: JSONValue, on instance: Int = 0) async throws -> JSONValue {
      let caller = try await clinic.stranger(on: instance)
      return try await caller.call(
        "auth.refresh", ["refresh_token": credentials["refresh_token"].json])
    }

    func refusal(_ credentials: JSONValue, on instance: Int = 0) async throws -> RPCError {
      let caller = try await clinic.stranger(on: instance)
      return try await caller.refused(
        "auth.refresh", ["refresh_token": credentials["refresh_token"].json])
    }

    /// Why an access token does not hold at an instance, or `ok`.
    func access(_ credentials: JSONValue, on instance: Int) async throws -> String {
      let caller = try await clinic.stranger(on: instance)
      return try await caller.outcome(
        "auth.authenticate", ["access_token": credentials["access_token"].json]
      ).reason
    }

    /// The whole login has ended, everywhere.
    func checkEnded(_ all: [JSONValue]) async throws {
      for instance in clinic.daemons.indices {
        for credentials in all {
          #expect(try await refusal(credentials, on: instance).reason == "token_revoked")
          try await eventually(within: .seconds(10), "the access token has ended") {
            try await access(credentials, on: instance) == "token_revoked"
          }
        }
      }
    }
  }

  @Test("each refresh gives new tokens that work at every instance")
  func rotation() async throws {
    try await TestClinic.run { clinic in
      let device = try await Device(clinic)
      var tokens: Set<String> = []
      var last = device.first
      for round in 0..<5 {
        tokens.insert(try last.text("refresh_token"))
        last = try await device.refresh(last, on: round % 2)
        #expect(try last.member("user").integer("id") == device.member.id)
        for instance in [0, 1] { #expect(try await device.access(last, on: instance) == "ok") }
      }
      tokens.insert(try last.text("refresh_token"))
      #expect(tokens.count == 6)
      let kept = try await clinic.texts("SELECT encode(token_hash, 'escape') FROM refresh_tokens")
      #expect(kept.count == 6)
      #expect(tokens.isDisjoint(with: kept), "the tokens themselves are not kept")
    }
  }

  @Test("a token used after its successor was used ends the whole login, everywhere")
  func reuse() async throws {
    try await TestClinic.run { clinic in
      let device = try await Device(clinic)
      let second = try await device.refresh(device.first, on: 0)
      let third = try await device.refresh(second, on: 1)
      #expect(try await device.refusal(device.first, on: 1).reason == "token_revoked")
      try await device.checkEnded([device.first, second, third])
      // Another login of the same user is another family.
      let other = try await clinic.stranger().call("auth.login", device.member.login)
      _ = try await device.refresh(other, on: 1)
    }
  }

  @Test("a lost answer: within 30 seconds the last token works again, and ends its lost successor")
  func lostAnswer() async throws {
    try await TestClinic.run { clinic in
      let device = try await Device(clinic)
      let lost = try await device.refresh(device.first, on: 0)
      let second = try await device.refresh(device.first, on: 1)
      #expect(try second.text("refresh_token") != lost.text("refresh_token"))
      let third = try await device.refresh(second, on: 0)
      // Whoever has the lost answer after all is found out.
      #expect(try await device.refusal(lost, on: 1).reason == "token_revoked")
      try await device.checkEnded([third])
    }
  }

  @Test(
    "a used token and its successor at the same time: the login ends, and nobody waits for long")
  func reuseAtOnce() async throws {
    try await TestClinic.run { clinic in
      for round in 0..<12 {
        let device = try await Device(clinic)
        let second = try await device.refresh(device.first)
        let callers = [
          try await clinic.stranger(on: round % 2), try await clinic.stranger(on: 1 - round % 2),
        ]
        let outcomes = try await concurrently(2) { index in
          try await callers[index].outcome(
            "auth.refresh",
            ["refresh_token": (index == 0 ? second : device.first)["refresh_token"].json])
        }
        #expect(outcomes.filter { $0.reason == "ok" }.count == 1)
        #expect(outcomes.filter { $0.reason == "token_revoked" }.count == 1)
        try await device.checkEnded(outcomes.compactMap(\.result) + [second])
      }
    }
  }

  @Test("rule 46: tokens that are exchanged while the role changes hold no longer than the change")
  func roleChanges() async throws {
    try await TestClinic.run { clinic in
      let admin = try await clinic.admin()
      for _ in 0..<10 {
        let device = try await Device(clinic)
        let others = try await (0..<3).asyncMap { _ in
          try await clinic.stranger().call("auth.login", device.member.login)
        }
        let all = [device.first] + others
        let callers = try await (0..<4).asyncMap { try await clinic.stranger(on: $0 % 2) }
        async let changed = admin.call(
          "users.update", ["id": .int(device.member.id), "role": "PHARMACIST"])
        let outcomes = try await concurrently(4) { index in
          try await callers[index].outcome(
            "auth.refresh", ["refresh_token": all[index]["refresh_token"].json])
        }
        _ = try await changed
        for credentials in all + outcomes.compactMap(\.result) {
          for instance in [0, 1] {
            try await eventually(within: .seconds(10), "the token has ended") {
              try await device.access(credentials, on: instance) == "token_revoked"
            }
          }
        }
      }
    }
  }

  @Test("30 seconds later it is reuse")
  func graceIsOver() async throws {
    try await TestClinic.run { clinic in
      let device = try await Device(clinic)
      let second = try await device.refresh(device.first)
      _ = try await clinic.postgres.query(
        "UPDATE refresh_tokens SET used_at = used_at - interval '30 seconds' WHERE used_at IS NOT NULL"
      )
      #expect(try await device.refusal(device.first, on: 1).reason == "token_revoked")
      try await device.checkEnded([second])
    }
  }

  @Test("one token sent 20 times at once, over two instances: one live successor, one login")
  func atOnce() async throws {
    try await TestClinic.run { clinic in
      let device = try await Device(clinic)
      let answers = try await concurrently(20) { index in
        let caller = try await clinic.stranger(on: index % 2)
        return try await caller.outcome(
          "auth.refresh", ["refresh_token": device.first["refresh_token"].json])
      }
      #expect(answers.allSatisfy { $0.reason == "ok" || $0.reason == "token_revoked" })
      let live = try await clinic.number(
        """
        SELECT count(*) FROM refresh_tokens t JOIN logins l ON l.id = t.login_id \
        WHERE used_at IS NULL AND revoked_at IS NULL
        """)
      #expect(live == 1, "of all the answers one is of use")
      // It is the one that was issued last; whoever uses an earlier one is found out.
      let works = try await answers.compactMap(\.result).asyncMap { credentials in
        let caller = try await clinic.stranger()
        return try await caller.outcome(
          "auth.refresh", ["refresh_token": credentials["refresh_token"].json]
        ).reason
      }
      #expect(works.filter { $0 == "ok" }.count <= 1)
    }
  }

  @Test("tokens that are unknown, expired, or of a user who may not come in any more")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let device = try await Device(clinic)
      let caller = try await clinic.stranger()
      for text in ["none", "", String(repeating: "a", count: 43)] {
        let error = try await caller.refused("auth.refresh", ["refresh_token": .string(text)])
        #expect(error.reason == (text.isEmpty ? "too_short" : "token_invalid"))
      }
      let access = try await caller.refused(
        "auth.refresh", ["refresh_token": device.first["access_token"].json])
      #expect(access.code == -32602 || access.reason == "token_invalid", "it is of another kind")
      let mixed = try await caller.refused(
        "auth.authenticate", ["access_token": device.first["refresh_token"].json])
      #expect(mixed.reason == "token_invalid")
      _ = try await clinic.postgres.query("UPDATE refresh_tokens SET expires_at = now()")
      #expect(try await device.refusal(device.first).reason == "token_expired")
      #expect(
        try await device.access(device.first, on: 0) == "ok", "the access token has its own end")
    }
  }

  /// A connection and a subscription of a token that ends soon. On a busy machine it may end
  /// sooner.
  private func shortLogin(
    _ clinic: TestClinic, _ token: inout AccessToken, _ keys: SigningKeys
  ) async throws -> (TestConnection, Follower) {
    for seconds in [2, 5, 15] {
      let now = try await clinic.number("SELECT extract(epoch FROM now())::bigint")
      token.expiresAt = Instant(microseconds: Int64(now + seconds) * 1_000_000)
      let caller = try await clinic.stranger()
      let bound = try await caller.outcome(
        "auth.authenticate", ["access_token": .string(token.signed(with: keys))])
      guard bound.reason == "ok" else { continue }
      let subscribed = try await caller.outcome("queue.subscribe")
      guard let reply = subscribed.result else { continue }
      return (caller, Follower(caller: caller, id: try reply.text("subscription"), reply: reply))
    }
    Issue.record("the machine is too slow")
    throw CancellationError()
  }

  @Test("an access token that has expired ends the connection's rights and subscriptions")
  func expiry() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let caller = try await clinic.stranger()
      let credentials = try await caller.call("auth.login", member.login)
      // The same token as the daemon would have signed it 30 minutes ago, a second before its end.
      let keys = SigningKeys(
        algorithm: .hs256, current: Array(TestClinic.secretKey.utf8))
      var token = try AccessToken(
        verifying: try credentials.text("access_token"), with: keys, living: 1800, at: .now)
      let (short, follower) = try await shortLogin(clinic, &token, keys)
      let end = try await follower.message("the subscription has ended") {
        $0["kind"]?.string == "closed"
      }
      #expect(end["reason"]?.string == "token_expired")
      let error = try await short.refused("auth.whoami")
      #expect(error.reason == "token_expired")
      #expect(error.code == -32001)
      // The connection itself goes on, with another token.
      try await short.call(
        "auth.authenticate", ["access_token": credentials["access_token"].json])
      try await short.call("auth.whoami")
      let forged = SigningKeys(
        algorithm: .hs256, current: Array("another key of 32 bytes or more".utf8))
      let stranger = try await clinic.stranger()
      let refused = try await stranger.refused(
        "auth.authenticate", ["access_token": .string(token.signed(with: forged))])
      #expect(refused.reason == "token_invalid")
    }
  }

  @Test("a token may be over for a week before the one that it replaced, whose life was longer")
  func pruningSuccessor() async throws {
    try await TestClinic.run(1) { clinic in
      let device = try await Device(clinic)
      _ = try await device.refresh(device.first)
      _ = try await clinic.postgres.query(
        """
        UPDATE refresh_tokens SET expires_at = now() - interval '8 days' WHERE used_at IS NULL
        """)
      try await clinic.daemons[0].restart()
      try await eventually("the token is forgotten") {
        try await clinic.number("SELECT count(*) FROM refresh_tokens") == 1
      }
      // What was used stays used.
      #expect(try await device.refusal(device.first).reason == "token_revoked")
    }
  }

  @Test("a login is forgotten when its last token has been over for a week, and no sooner")
  func pruning() async throws {
    try await TestClinic.run(1) { clinic in
      let (over, live) = (try await Device(clinic), try await Device(clinic))
      _ = try await clinic.postgres.query(
        "UPDATE logins SET created_at = now() - interval '1 year'")
      _ = try await clinic.postgres.query(
        """
        UPDATE refresh_tokens SET expires_at = now() - interval '8 days' FROM logins \
        WHERE logins.id = login_id AND user_id = \(over.member.id)
        """)
      // The relay prunes when it begins to lead.
      try await clinic.daemons[0].restart()
      try await eventually("the login is forgotten") {
        try await clinic.number("SELECT count(*) FROM logins") == 1
      }
      _ = try await live.refresh(live.first)
      #expect(try await over.refusal(over.first).reason == "token_invalid")
    }
  }
}
