import Clinic
import Glibc
import JSONRPC
import TestSupport
import Testing

/// `POST /rpc` and what stands beside it, on a real daemon.
@Suite struct WebCallTests {
  @Test("a login gives tokens, and each request says who calls")
  func aTokenIsOfItsRequest() async throws {
    try await TestClinic.run { clinic in
      let member = try await clinic.member(.reception)
      let web = try HTTPClient(clinic.daemons[0])
      let login = try await web.call("auth.login", member.login)
      #expect(login.status == 200)
      let result = try #require(try login.json["result"])
      let token = try result.text("access_token")

      // The same connection, without the token: nothing is bound to it.
      let stranger = try await web.call("auth.whoami")
      #expect(stranger.status == 401)
      #expect(stranger.headers["www-authenticate"] == "Bearer")
      #expect(try stranger.json.errorReason == "not_authenticated")

      // At another instance, too, which has just heard of the user.
      for daemon in clinic.daemons {
        let known = try await HTTPClient(daemon).call("auth.whoami", token: token)
        #expect(known.status == 200)
        #expect(try known.json["result"]?["username"]?.string == member.username)
      }

      let refreshed = try await web.call(
        "auth.refresh", ["refresh_token": .string(try result.text("refresh_token"))])
      #expect(refreshed.status == 200)
      let other = try #require(try refreshed.json["result"]).text("access_token")
      #expect(try await web.call("auth.whoami", token: other).status == 200)

      #expect(try await web.call("auth.logout", token: other).status == 200)
      let after = try await web.call("auth.whoami", token: other)
      #expect(after.status == 401)
      #expect(try after.json.errorReason == "token_revoked")
      // It has ended already; what is no token ends nothing, and is told so.
      #expect(try await web.call("auth.logout", token: other).status == 200)
      let unknown = try await web.call("auth.logout", token: "x.y.z")
      #expect(unknown.status == 401)
      #expect(try unknown.json.errorReason == "token_invalid")
    }
  }

  @Test("a login in a batch does not speak for its neighbours")
  func nothingBindsInABatch() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.admin)
      let web = try HTTPClient(clinic.daemons[0])
      let login = WireSocket.request("auth.login", member.login, id: 1)
      let batch =
        Array("[".utf8) + login + Array(",".utf8)
        + WireSocket.request("auth.whoami", [:], id: 2) + Array("]".utf8)
      let answer = try await web.post(batch)
      #expect(answer.status == 200)
      let replies = try answer.json.elements.map { $0 }
      #expect(replies.first { $0["id"]?.int == 1 }?["result"] != nil)
      #expect(replies.first { $0["id"]?.int == 2 }?.errorReason == "not_authenticated")
    }
  }

  @Test(
    "what binds to a connection is refused",
    arguments: [
      "auth.authenticate", "queue.subscribe", "queue.unsubscribe", "rpc.cancel",
    ])
  func needsConnection(_ method: String) async throws {
    try await TestClinic.run(1) { clinic in
      let answer = try await HTTPClient(clinic.daemons[0]).call(method)
      #expect(answer.status == 200)
      #expect(try answer.json.errorReason == "needs_connection")
    }
  }

  @Test(
    "a batch is answered with 401 only if that is what each of its calls is refused for",
    arguments: [
      (#"{"jsonrpc":"2.0","id":1,"method":"patients.list"}"#, 401),
      (#"{"jsonrpc":"2.0","id":1,"method":"queue.subscribe"}"#, 200), ("1", 200),
    ])
  func mixedBatch(_ first: String, _ status: Int) async throws {
    try await TestClinic.run(1) { clinic in
      let batch = #"[\#(first),{"jsonrpc":"2.0","id":2,"method":"patients.list"}]"#
      let answer = try await HTTPClient(clinic.daemons[0]).post(Array(batch.utf8))
      #expect(answer.status == status)
      #expect(try answer.json.elements.map { $0 }.last?.errorReason == "not_authenticated")
    }
  }

  @Test(
    "a token that is not right is answered with 401",
    arguments: [
      "", "abc", "a.b.c", "eyJhbGciOiJub25lIn0.e30.",
    ])
  func wrongToken(_ token: String) async throws {
    try await TestClinic.run(1) { clinic in
      let web = try HTTPClient(clinic.daemons[0])
      let answer = try await web.call("patients.list", token: token)
      #expect(answer.status == 401)
      #expect(try answer.json.errorReason == "token_invalid")
      // What strangers may do, they may with a bad token: log in again, for instance.
      #expect(try await web.call("system.ping", token: token).status == 200)
      let login = try await web.call(
        "auth.login", ["username": "nobody", "password": "wrong"], token: token)
      #expect(login.status == 200)
      #expect(try login.json.errorReason == "bad_credentials")
    }
  }

  @Test("a disabled user's token ends at once")
  func disabledUser() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.doctor)
      let web = try HTTPClient(clinic.daemons[0])
      let token = try #require(try await web.call("auth.login", member.login).json["result"])
        .text("access_token")
      #expect(try await web.call("auth.whoami", token: token).status == 200)
      let admin = try await clinic.admin()
      try await admin.call("users.update", ["id": .int(member.id), "enabled": false])
      #expect(try await web.call("auth.whoami", token: token).status == 401)
    }
  }

  @Test("readiness follows PostgreSQL, health does not")
  func readiness() async throws {
    try await FaultsStack.run { stack in
      let daemon = try #require(stack.daemons.first)
      #expect(try await HTTPClient(daemon).get("/readyz").status == 200)
      try await stack.script("kill", .postgres)
      try await eventually("it is not ready") {
        try await HTTPClient(daemon).get("/readyz").status == 503
      }
      #expect(try await HTTPClient(daemon).get("/readyz").text.contains("postgresql"))
      #expect(try await HTTPClient(daemon).get("/healthz").status == 200)
      try await stack.script("start", .postgres)
      try await eventually("it is ready again") {
        try await HTTPClient(daemon).get("/readyz").status == 200
      }
    }
  }
}
