import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Access tokens that somebody else signed, or whose time is over.
@Suite struct WireTokenTests {
  @Test("tokens of another key, of no key, changed or expired")
  func foreignTokens() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let stranger = try await clinic.stranger()
      let good = try await stranger.call("auth.login", member.login).text("access_token")
      let parts = good.split(separator: ".").map(String.init)
      let other = SigningKeys(algorithm: .hs256, current: Array("the key of another clinic".utf8))
      let longer = SigningKeys(algorithm: .hs512, current: Array(TestClinic.secretKey.utf8))
      let token = try await clinic.token(of: member, expiresIn: 600)
      let unsigned = Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8))
      let invalid = [
        token.signed(with: other), token.signed(with: longer), good + "A", String(good.dropLast(2)),
        "\(unsigned).\(parts[1]).", "\(unsigned).\(parts[1]).\(parts[2])",
        "\(parts[0]).\(Base64URL.encode(Array("{}".utf8))).\(parts[2])", "..", "x", "🔑.🔑.🔑",
        String(repeating: "A", count: 999),
      ]
      let expired = try await clinic.token(of: member, expiresIn: -1).signed(with: clinic.keys)
      for transport in WireTransport.allCases {
        for (text, reason) in invalid.map({ ($0, "token_invalid") }) + [(expired, "token_expired")]
        {
          let socket = try clinic.daemons[0].wire(transport)
          let answer = try await socket.call(
            "auth.authenticate", ["access_token": .string(text)])
          #expect(answer.errorCode == -32001)
          #expect(answer.errorReason == reason, "\(text)")
          let next = try await socket.call("queue.today", id: 2)
          // On the Unix socket it is the kernel that says who calls.
          #expect(next.errorCode == (transport == .tcp ? -32001 : nil))
        }
        let socket = try clinic.daemons[0].wire(transport)
        let answer = try await socket.call(
          "auth.authenticate", ["access_token": .string(token.signed(with: clinic.keys))])
        #expect(answer["result"]?["user"]?["id"]?.int == member.id)
      }
    }
  }

  @Test("a connection's rights and subscriptions end when its token does")
  func tokenRunsOut() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      try await (try await clinic.stranger()).call("auth.login", member.login)
      let socket = try clinic.daemons[0].wire(.tcp)
      let token = try await clinic.token(of: member, expiresIn: 3)
      let answer = try await socket.call(
        "auth.authenticate", ["access_token": .string(token.signed(with: clinic.keys))])
      #expect(try answer.member("result").integer("expires_in") <= 3)
      let follower = try await socket.call("queue.subscribe", id: 2)
      #expect(follower["result"]?["subscription"] != nil)
      let message = try #require(await socket.message())
      let body = try message.member("params").member("result")
      #expect(body["kind"]?.string == "closed")
      #expect(body["reason"]?.string == "token_expired")
      let refused = try await socket.call("queue.today", id: 3)
      #expect(refused.errorCode == -32001)
      #expect(refused.errorReason == "token_expired")
      // Nothing is pushed to it any more.
      let desk = try await clinic.admin()
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      let again = try await socket.call(
        "auth.authenticate",
        [
          "access_token": .string(
            try await clinic.token(of: member, expiresIn: 60).signed(with: clinic.keys))
        ],
        id: 4)
      #expect(again["result"] != nil)
      #expect(try await socket.call("queue.today", id: 5)["result"]?["version"]?.int == 1)
      socket.endInput()
      #expect(try await socket.rest().isEmpty)
    }
  }
}

extension TestClinic {
  /// What its daemons sign with.
  fileprivate var keys: SigningKeys {
    SigningKeys(algorithm: .hs256, current: Array(Self.secretKey.utf8))
  }

  /// A token of the member's last login.
  fileprivate func token(of member: Member, expiresIn seconds: Int64) async throws -> AccessToken {
    let login = try await number("SELECT max(id) FROM logins WHERE user_id = \(member.id)")
    let epoch = try await number("SELECT epoch FROM users WHERE id = \(member.id)")
    let now = try await number("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
    return AccessToken(
      userID: ID(rawValue: Int64(member.id)), loginID: Int64(login), epoch: Int64(epoch),
      issuedAt: Instant(microseconds: Int64(now) - 10_000_000),
      expiresAt: Instant(microseconds: Int64(now) + seconds * 1_000_000))
  }
}
