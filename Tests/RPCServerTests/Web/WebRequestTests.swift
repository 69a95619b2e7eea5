import NIOCore
import NIOHTTP1
import Testing

@testable import RPCServer

/// Where a request goes by its head alone.
@Suite struct WebRequestTests {
  private func request(
    _ method: HTTPMethod, _ uri: String, _ headers: [(String, String)] = [],
    version: HTTPVersion = .http1_1, hosts: [String] = ["a"]
  ) -> WebRequest {
    let headers = HTTPHeaders(hosts.map { ("Host", $0) } + headers)
    return WebRequest(
      HTTPRequestHead(version: version, method: method, uri: uri, headers: headers),
      origins: [], limits: Limits())
  }

  private func post(_ headers: [(String, String)]) -> WebRequest {
    request(.POST, "/rpc", headers)
  }

  @Test(arguments: [
    "application/json", "Application/JSON; charset=utf-8", "application/json-rpc",
    "application/json ;charset=utf-8",
  ])
  func aBodyOfJSONIsACall(_ type: String) {
    #expect(post([("Content-Type", type)]).route == .call)
    #expect(post([]).route == .call)
  }

  @Test(arguments: [
    [("Content-Type", "text/plain")], [("Content-Type", "application/x-www-form-urlencoded")],
    [("Content-Type", "application/json"), ("Content-Type", "application/json")],
    [("Content-Type", "application/jsonx")],
  ])
  func otherBodiesAreRefused(_ headers: [(String, String)]) {
    #expect(post(headers).answer?.status == .unsupportedMediaType)
  }

  @Test func aBodyIsNotCompressed() {
    let answer = post([("Content-Type", "application/json"), ("Content-Encoding", "gzip")]).answer
    #expect(answer?.status == .unsupportedMediaType)
    #expect(answer?.headers["Accept-Encoding"] == ["identity"])
    #expect(answer.map { String(buffer: $0.body) } == "A body is sent as it is, and not as gzip.\n")
  }

  @Test func aBodyThatIsAnnouncedAsTooLargeIsNotWaitedFor() {
    let request = post([("Content-Type", "application/json"), ("Content-Length", "1048577")])
    #expect(request.answer?.status == .payloadTooLarge)
  }

  @Test func aRequestHasOneHost() {
    #expect(request(.GET, "/healthz", hosts: []).answer?.status == .badRequest)
    #expect(request(.GET, "/healthz", hosts: ["a", "a"]).answer?.status == .badRequest)
    #expect(request(.GET, "/healthz", version: .http1_0, hosts: []).route == .health)
    #expect(
      request(.GET, "/healthz", version: .http1_0, hosts: ["a", "b"]).answer?.status == .badRequest)
  }

  @Test func anOldClientWaitsForNoWord() {
    for (version, waits) in [(HTTPVersion.http1_1, true), (.http1_0, false)] {
      let head = HTTPRequestHead(
        version: version, method: .POST, uri: "/rpc", headers: ["Expect": "100-continue"])
      #expect(head.expectsContinue == waits)
    }
  }

  @Test(arguments: ["gzip, chunked", "gzip", "chunked, chunked", "identity, chunked"])
  func aBodyIsNotCoded(_ coding: String) {
    let type = ("Content-Type", "application/json")
    #expect(post([type, ("Transfer-Encoding", coding)]).answer?.status == .notImplemented)
    #expect(post([type, ("Transfer-Encoding", "Chunked")]).route == .call)
  }

  @Test func anOldClientHasNoUpgrade() {
    let headers = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    #expect(request(.GET, "/rpc", headers).route == .socket)
    #expect(
      request(.GET, "/rpc", headers, version: .http1_0).answer?.status == .methodNotAllowed)
  }

  @Test(arguments: [HTTPMethod.GET, .PUT, .DELETE, .HEAD])
  func aWrongMethodIsToldTheRightOnes(_ method: HTTPMethod) {
    let answer = request(method, "/rpc").answer
    #expect(answer?.status == .methodNotAllowed)
    #expect(answer?.headers["Allow"] == ["POST, OPTIONS"])
  }

  @Test(arguments: ["/", "/board", "/desk", "/desk/", "/shared/rpc.js"])
  func pagesAreForReading(_ uri: String) {
    for method in [HTTPMethod.POST, .DELETE] {
      let answer = request(method, uri).answer
      #expect(answer?.status == .methodNotAllowed)
      #expect(answer?.headers["Allow"] == ["GET, HEAD"])
    }
    #expect(request(.HEAD, uri).answer?.status != .methodNotAllowed)
  }

  @Test(
    arguments: [
      ([], nil), (["jsonrpc"], "jsonrpc"), (["chat, jsonrpc-2.0"], "jsonrpc-2.0"),
      (["jsonrpc2.0", "jsonrpc"], "jsonrpc2.0"), (["chat"], nil),
    ] as [([String], String?)])
  func aWebSocketSpeaksTheProtocolThatWasOffered(_ offered: [String], _ chosen: String?) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: "/rpc",
      headers: .init(offered.map { ("Sec-WebSocket-Protocol", $0) }))
    #expect(head.webSocketProtocol["Sec-WebSocket-Protocol"].first == chosen)
  }

  @Test func healthIsForReading() {
    #expect(request(.GET, "/healthz").route == .health)
    #expect(request(.HEAD, "/readyz?verbose").route == .readiness)
    #expect(request(.POST, "/healthz").answer?.headers["Allow"] == ["GET, HEAD"])
  }

  @Test(arguments: ["/rpc/", "/RPC", "/healthz/x", "*", "//rpc", "/%72pc"])
  func thereIsNothingElse(_ uri: String) {
    #expect(request(.GET, uri).answer?.status == .notFound)
  }

  @Test(arguments: [
    ("http://clinic.example:7680/healthz", WebRequest.Route.health),
    ("HTTPS://clinic.example/readyz?verbose", .readiness), ("http:///metrics", .metrics),
  ])
  func aProxyNamesTheServerToo(_ uri: String, _ route: WebRequest.Route) {
    #expect(request(.GET, uri).route == route)
  }

  @Test(arguments: ["http://clinic.example", "http://clinic.example?a=/healthz", "http://a/?b=c#d"])
  func aServerAloneIsItsFirstPage(_ uri: String) {
    #expect(request(.GET, uri).answer?.headers["Location"].first?.hasPrefix("/desk/") == true)
  }

  @Test(arguments: [
    "ftp://a/healthz", "a://b/healthz", "a/http://b/healthz", "healthz", "://healthz",
  ])
  func otherTargetsAreNowhere(_ uri: String) {
    #expect(request(.GET, uri).answer?.status == .notFound)
  }

  @Test(
    arguments: [
      (["dGhlIHNhbXBsZSBub25jZQ=="], true), (["AAAAAAAAAAAAAAAA+/8AAA=="], true), ([], false),
      ([""], false), (["dGhlIHNhbXBsZQ=="], false), (["dGhlIHNhbXBsZSBub25jZQ=*"], false),
      (["dGhlIHNhbXBsZSBub25jZQAA"], false), (["dGhlIHNhbXBs ZSBub25jZQ=="], false),
      (["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="], false),
    ] as [([String], Bool)])
  func aHandshakesKeyIsSixteenBytes(_ keys: [String], _ isValid: Bool) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: "/rpc",
      headers: .init(keys.map { ("Sec-WebSocket-Key", $0) }))
    #expect(head.hasWebSocketKey == isValid)
  }

  @Test func aWebSocketAsksForAnUpgrade() {
    let upgrade = [("Connection", "keep-alive, Upgrade"), ("Upgrade", "WebSocket")]
    #expect(request(.GET, "/rpc", upgrade).route == .socket)
    #expect(request(.GET, "/rpc", [("Upgrade", "websocket")]).answer?.status == .methodNotAllowed)
    #expect(
      request(.GET, "/rpc", [("Connection", "upgrade"), ("Upgrade", "h2c")]).answer?.status
        == .methodNotAllowed)
  }

  @Test(
    arguments: [
      (nil, OriginRule.none), ("http://clinic.example:7680", .same),
      ("https://clinic.example:7680", .same), ("HTTPS://Clinic.Example:7680", .same),
      ("https://clinic.example", .refused), ("http://clinic.example:7680.evil", .refused),
      ("null", .refused), ("", .refused),
      ("https://pages.example", .listed("https://pages.example")),
      ("ftp://clinic.example:7680", .refused),
    ] as [(String?, OriginRule)])
  func anOriginIsTheServersOwnOrListed(_ origin: String?, _ rule: OriginRule) {
    var headers = HTTPHeaders([("Host", "clinic.example:7680")])
    if let origin { headers.add(name: "Origin", value: origin) }
    #expect(OriginRule(headers, listed: ["https://pages.example"]) == rule)
  }

  @Test func aForeignOriginIsRefusedEverywhere() {
    let foreign = [("Origin", "http://b"), ("Content-Type", "application/json")]
    #expect(request(.POST, "/rpc", foreign).answer?.status == .forbidden)
    #expect(request(.OPTIONS, "/rpc", foreign).answer?.status == .forbidden)
    #expect(request(.GET, "/healthz", foreign).answer?.status == .forbidden)
  }

  @Test(
    arguments: [
      ([], nil), (["Bearer abc"], "abc"), (["bearer   abc"], "abc"), (["Basic abc"], ""),
      (["Bearer"], ""), (["Bearer a b"], ""), (["Bearer a", "Bearer b"], ""),
    ] as [([String], String?)])
  func theTokenIsTheBearers(_ values: [String], _ token: String?) {
    let head = HTTPRequestHead(
      version: .http1_1, method: .POST, uri: "/rpc",
      headers: .init(values.map { ("Authorization", $0) }))
    #expect(head.bearer == token)
  }
}
