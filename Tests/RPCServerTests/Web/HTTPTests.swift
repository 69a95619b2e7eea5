import JSONRPC
import Testing

@testable import RPCServer

/// HTTP on a live socket.
@Suite struct HTTPTests {
  private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
  private static let pong = #"{"jsonrpc":"2.0","id":1,"result":{"pong":true}}"#

  private func post(_ body: String, _ headers: String...) -> String {
    (["POST /rpc HTTP/1.1", "Host: x", "Content-Type: application/json"] + headers
      + ["Content-Length: \(body.utf8.count)", "", body]).joined(separator: "\r\n")
  }

  /// Everything that is answered on one connection.
  private func answer(_ requests: String..., at server: TestServer) async throws -> String {
    let client = try await TestClient.connect(to: server.web)
    try await client.send(requests.joined())
    return await client.bytesUntilEnd()
  }

  @Test func aCallIsAnsweredInTheBody() async throws {
    try await TestServer.run { server in
      let answer = try await answer(post(Self.ping, "Connection: close"), at: server)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("\r\nContent-Type: application/json\r\n"))
      #expect(answer.contains("\r\nConnection: close\r\n"))
      #expect(answer.hasSuffix("\r\n\r\n\(Self.pong)\n"))
    }
  }

  @Test func aConnectionIsUsedAgainAndRequestsMayComeAtOnce() async throws {
    try await TestServer.run { server in
      let wait = #"{"jsonrpc":"2.0","id":2,"method":"wait","params":{"text":"gate"}}"#
      let client = try await TestClient.connect(to: server.web)
      try await client.send(
        post(wait) + post(Self.ping)
          + "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      await server.application.until("waiting gate")
      server.application.open("gate")
      let answer = await client.bytesUntilEnd()
      // In the order of the requests.
      let bodies = answer.split(whereSeparator: \.isNewline).filter {
        $0.hasPrefix("{") || $0 == "ok"
      }
      #expect(bodies == [#"{"jsonrpc":"2.0","id":2,"result":"gate"}"#, "\(Self.pong)", "ok"])
    }
  }

  @Test func whatWasAskedIsAnsweredToAClientThatEndsItsSide() async throws {
    try await TestServer.run { server in
      let wait = #"{"jsonrpc":"2.0","id":2,"method":"wait","params":{"text":"gate"}}"#
      let large = #"{"jsonrpc":"2.0","id":3,"method":"large","params":{"size":4000000}}"#
      for last in [Self.ping, large] {
        let client = try await TestClient.connect(to: server.web)
        // The last ends within another request.
        try await client.send(post(wait) + post(last) + (last == large ? "POST /rpc" : ""))
        try await client.endInput()
        server.application.open("gate")
        let answer = await client.bytesUntilEnd()
        #expect(answer.contains(#"{"jsonrpc":"2.0","id":2,"result":"gate"}"#))
        #expect(last == large ? answer.utf8.count > 4_000_000 : answer.contains(Self.pong))
      }
    }
  }

  @Test func whatFollowsTheLastRequestCutsNoReplyOff() async throws {
    try await TestServer.run { server in
      let wait = #"{"jsonrpc":"2.0","id":2,"method":"wait","params":{"text":"gate"}}"#
      let client = try await TestClient.connect(to: server.web)
      try await client.send(post(wait, "Connection: close") + "POST /rpc")
      try await client.endInput()
      await server.application.until("waiting gate")
      server.application.open("gate")
      #expect(await client.bytesUntilEnd().contains(#"{"jsonrpc":"2.0","id":2,"result":"gate"}"#))
    }
  }

  @Test func aBatchIsAnsweredInOne() async throws {
    try await TestServer.run { server in
      let batch = "[\(Self.ping),1,\(#"{"jsonrpc":"2.0","method":"ping"}"#)]"
      let answer = try await answer(post(batch, "Connection: close"), at: server)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("\(Self.pong)") && answer.contains("-32600"))
    }
  }

  @Test func notificationsGetNoContent() async throws {
    try await TestServer.run { server in
      for body in [
        #"{"jsonrpc":"2.0","method":"ping"}"#, #"[{"jsonrpc":"2.0","method":"echo"}]"#,
      ] {
        let answer = try await answer(post(body, "Connection: close"), at: server)
        #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n") && !answer.contains("Content-Length"))
      }
    }
  }

  @Test(arguments: ["", "{", "[1", #"{"jsonrpc":"2.0"}{}"#])
  func whatIsNotJSONIsToldSo(_ body: String) async throws {
    try await TestServer.run { server in
      let answer = try await answer(post(body, "Connection: close"), at: server)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("-32700"))
    }
  }

  @Test func whatBindsToAConnectionIsRefused() async throws {
    try await TestServer.run { server in
      for method in ["subscribe", "rpc.cancel"] {
        let call = request(method, #"{"text":"s","id":1}"#)
        let answer = try await answer(post(call, "Connection: close"), at: server)
        #expect(answer.contains("-32002") && answer.contains(#""reason":"needs_connection""#))
      }
      #expect(!server.application.notes.contains("subscribed s"))
    }
  }

  @Test func aTokenIsOfItsRequestAlone() async throws {
    try await TestServer.run { server in
      let good = try await answer(
        post(request("bearer"), "Authorization: Bearer good"),
        post(request("bearer"), "Connection: close"), at: server)
      #expect(good.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(good.contains(#""result":"good""#))
      #expect(good.contains("HTTP/1.1 401 Unauthorized\r\n"))
      #expect(good.contains("\r\nWWW-Authenticate: Bearer\r\n"))
      #expect(good.contains(#""reason":"token_invalid""#))
      let bad = try await answer(
        post(
          #"{"jsonrpc":"2.0","method":"bearer"}"#, "Authorization: Bearer bad", "Connection: close"),
        at: server)
      #expect(bad.hasPrefix("HTTP/1.1 401 ") && bad.hasSuffix("\r\n\r\n"))
      #expect(
        bad.contains(
          "\r\nWWW-Authenticate: Bearer error=\"invalid_token\", "
            + "error_description=\"token_invalid\"\r\n"))
      #expect(bad.contains("\r\nContent-Length: 0\r\n") && !bad.contains("\r\nContent-Type"))
    }
  }

  @Test func inABatchWithOtherAnswersAMissingTokenIsOneOfThem() async throws {
    try await TestServer.run { server in
      let batch = "[\(Self.ping),\(request("bearer"))]"
      let answer = try await answer(post(batch, "Connection: close"), at: server)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
  }

  @Test func aBodyPastTheLimitIsAnsweredBeforeTheEnd() async throws {
    try await TestServer.run {
      $0.messageBytes = 1_024
    } _: { server in
      let large = String(repeating: " ", count: 100_000)
      let announced = try await answer(post(large), at: server)
      #expect(announced.hasPrefix("HTTP/1.1 413 "))
      #expect(announced.contains(#""reason":"message_too_large""#))
      let endless = try await answer(
        "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775808\r\n\r\n", at: server)
      #expect(endless.hasPrefix("HTTP/1.1 413 "))
      let chunked = try await answer(
        "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n186a0\r\n\(large)\r\n0\r\n\r\n", at: server)
      #expect(chunked.hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test func aClientThatWaitsForAWordGetsIt() async throws {
    try await TestServer.run { server in
      let client = try await TestClient.connect(to: server.web)
      try await client.send(
        "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Expect: 100-continue\r\nContent-Length: \(Self.ping.utf8.count)\r\n\r\n")
      #expect(await client.lines(2) == ["HTTP/1.1 100 Continue", ""])
      try await client.send(Self.ping)
      #expect(await client.line() == "HTTP/1.1 200 OK")
      let refused = try await answer(
        "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
          + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        at: server)
      #expect(refused.hasPrefix("HTTP/1.1 415 "))
      let untyped = try await answer(
        "POST /rpc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
          + "Content-Length: \(Self.ping.utf8.count)\r\n\r\n" + Self.ping, at: server)
      #expect(untyped.hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func aHeadHasNoBody() async throws {
    try await TestServer.run { server in
      let answer = try await answer(
        "HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", at: server)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.contains("\r\nContent-Length: 3\r\n") && answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func aRequestThatDoesNotComeToItsEndIsTimedOut() async throws {
    try await TestServer.run {
      $0.requestTime = .milliseconds(100)
    } _: { server in
      let client = try await TestClient.connect(to: server.web)
      try await client.send(
        "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
      )
      #expect(await client.bytesUntilEnd().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func anOldClientThatSendsChunksIsAnsweredAndClosed() async throws {
    try await TestServer.run { server in
      let call = post(Self.ping, "Connection: keep-alive")
      let answer = try await answer(
        "POST /rpc HTTP/1.0\r\nConnection: keep-alive\r\nContent-Type: application/json\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n28\r\n\(Self.ping)\r\n0\r\n\r\n" + call, at: server)
      #expect(answer.contains("\r\nConnection: close\r\n"))
      #expect(answer.split(separator: Self.pong, omittingEmptySubsequences: false).count == 2)
    }
  }

  @Test func anAnswerHasItsDate() async throws {
    try await TestServer.run { server in
      let answer = try await answer(post(Self.ping, "Connection: close"), at: server)
      let line = try #require(
        answer.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Date: ") })
      let now = SystemCalls.wallSecond
      #expect((now - 60...now).map { "Date: " + HTTPDate.text(ofSecond: $0) }.contains(line))
    }
  }

  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
    (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
    (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
  ])
  func aDateIsThatOfHTTP(_ second: Int, _ text: String) {
    #expect(HTTPDate.text(ofSecond: second) == text)
  }

  /// NIO's parser sees no upgrade where the token has a tab behind it, and reads on.
  @Test(arguments: ["Upgrade", "Upgrade\t"])
  func aRequestBehindAHandshakeEndsNothingElse(_ connection: String) async throws {
    try await TestServer.run { server in
      let handshake = [
        "GET /rpc HTTP/1.1", "Host: x", "Connection: \(connection)", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
      ].joined(separator: "\r\n")
      let client = try await TestClient.connect(to: server.web)
      try await client.send(handshake + post(Self.ping) + post(Self.ping))
      let answer = await client.bytesUntilEnd()
      #expect(answer.hasPrefix("HTTP/1.1 101 "))
      #expect(!answer.contains("pong"))
      #expect(
        try await self.answer(post(Self.ping, "Connection: close"), at: server).contains("pong"))
    }
  }

  @Test func aConnectionThatDoesNotReadItsRepliesIsNotServedOn() async throws {
    try await TestServer.run {
      // Room for what the kernel has not taken of one reply.
      $0.unreadBytesOfStrangers = 1_000_000
    } _: { server in
      let large = request("large", #"{"size":1000000}"#)
      let client = try await TestClient.connect(to: server.web, reads: false)
      for _ in 1...10 { client.post(post(large, "Authorization: none")) }
      client.post(post(Self.ping, "Connection: close"))
      await server.application.until("large")
      try await client.setReading(true)
      let answer = await client.bytesUntilEnd()
      #expect(answer.utf8.count > 10_000_000)
      #expect(answer.hasSuffix("\(Self.pong)\n"))
    }
  }

  @Test func whoOnlyClaimsToBeSomebodyIsAStranger() async throws {
    try await TestServer.run {
      $0.unreadBytesOfStrangers = 1_000_000
    } _: { server in
      let large = request("large", #"{"size":16000000}"#)
      let client = try await TestClient.connect(to: server.web)
      try await client.send(post(large, "Authorization: none"))
      #expect(await client.bytesUntilEnd().utf8.count < 16_000_000)
    }
  }

  @Test func aWebSocketIsPingedByWholeFrames() async throws {
    try await TestServer.run {
      $0.pingInterval = .milliseconds(20)
      $0.unauthenticatedTime = .milliseconds(500)
    } _: { server in
      let client = try await TestClient.connect(to: server.web)
      let handshake = [
        "GET /rpc HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
      ]
      try await client.send(handshake.joined(separator: "\r\n"))
      let answer = await client.bytesUntilEnd()
      #expect(answer.hasPrefix("HTTP/1.1 101 "))
      // 0x89 0x00; the first byte is no UTF-8. A browser ends the connection at 0x09, a part of a
      // ping.
      #expect(answer.contains("\u{FFFD}\0"))
      #expect(!answer.contains("\t\0"))
    }
  }

  @Test func aConnectionWithoutARequestIsClosed() async throws {
    try await TestServer.run {
      $0.unauthenticatedTime = .milliseconds(100)
    } _: { server in
      let silent = try await TestClient.connect(to: server.web)
      #expect(await silent.rest() == [])
      let slow = try await TestClient.connect(to: server.web)
      try await slow.send("GET /heal")
      #expect(await slow.rest() == [])
    }
    try await TestServer.run {
      $0.keepAliveTime = .milliseconds(100)
    } _: { server in
      let idle = try await TestClient.connect(to: server.web)
      try await idle.send(post(Self.ping))
      #expect(await idle.rest().last == Self.pong)
    }
  }

  @Test(arguments: [
    "\0\0\0", "GET / HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\nA b: c\r\n\r\n",
    "POST /rpc HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "POST /rpc HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
  ])
  func whatIsNotHTTPIsABadRequest(_ text: String) async throws {
    try await TestServer.run { server in
      let answer = try await answer(text, at: server)
      #expect(answer.hasPrefix("HTTP/1.1 400 "))
      #expect(answer.hasSuffix(".\n"))
    }
  }

  @Test func headersHaveALimit() async throws {
    try await TestServer.run { server in
      let long = String(repeating: "x", count: 9_000)
      for head in ["GET /healthz HTTP/1.1\r\nA: \(long)", "GET /\(long) HTTP/1.1\r\nHost: x"] {
        let answer = try await answer("\(head)\r\n\r\n\(long)", at: server)
        #expect(answer.hasPrefix("HTTP/1.1 431 ") && answer.hasSuffix(" is too large.\n"))
      }
    }
  }

  @Test func aClientThatGoesAwayTakesItsCallWithIt() async throws {
    try await TestServer.run { server in
      let client = try await TestClient.connect(to: server.web)
      try await client.send(post(request("wait", #"{"text":"gate"}"#)))
      await server.application.until("waiting gate")
      try await client.reset()
      await server.application.until("cancelled gate: disconnected")
    }
  }

  @Test func aCallPastItsTimeIsCancelled() async throws {
    try await TestServer.run { server in
      let call = request("wait.short", #"{"text":"gate"}"#)
      let answer = try await answer(post(call, "Connection: close"), at: server)
      #expect(answer.contains(#""reason":"deadline""#))
    }
  }

  @Test func connectionsAreCountedWithTheOthers() async throws {
    try await TestServer.run {
      $0.connections = 1
    } _: { server in
      let first = try await TestClient.connect(to: server.web)
      try await first.send(post(Self.ping))
      #expect(await first.line() == "HTTP/1.1 200 OK")
      let second = try await TestClient.connect(to: server.web)
      try await second.send(post(Self.ping))
      let answer = await second.bytesUntilEnd()
      #expect(answer.hasPrefix("HTTP/1.1 503 "))
      #expect(answer.contains(#""reason":"too_many_connections""#))
    }
  }

  @Test func listedOriginsAreToldThatTheyMay() async throws {
    var web = WebConfiguration()
    web.origins = ["https://pages.example"]
    try await TestServer.run(web: web) { server in
      let preflight = try await answer(
        "OPTIONS /rpc HTTP/1.1\r\nHost: x\r\nOrigin: https://pages.example\r\n"
          + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n", at: server)
      #expect(preflight.hasPrefix("HTTP/1.1 204 "))
      #expect(preflight.contains("\r\nAccess-Control-Allow-Origin: https://pages.example\r\n"))
      #expect(
        preflight.contains("\r\nAccess-Control-Allow-Headers: authorization, content-type\r\n"))
      let call = try await answer(
        post(Self.ping, "Origin: https://pages.example", "Connection: close"), at: server)
      #expect(call.contains("\r\nAccess-Control-Allow-Origin: https://pages.example\r\n"))
      #expect(call.contains("\r\nVary: Origin\r\n"))
      let foreign = try await answer(
        post(Self.ping, "Origin: https://evil.example", "Connection: close"), at: server)
      #expect(foreign.hasPrefix("HTTP/1.1 403 ") && !foreign.contains("Access-Control"))
    }
  }

  @Test func readinessSaysWhatIsMissing() async throws {
    var web = WebConfiguration()
    web.missing = { ["the store does not answer"] }
    try await TestServer.run(web: web) { server in
      let ready = try await answer(
        "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", at: server)
      #expect(ready.hasPrefix("HTTP/1.1 503 "))
      #expect(ready.hasSuffix("\r\n\r\nthe store does not answer\n"))
    }
  }
}
