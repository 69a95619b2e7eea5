import JSONRPC
import Testing

@testable import RPCClient

@Suite struct EndpointTests {
  @Test(arguments: [
    ("localhost:7654", Endpoint.tcp(host: "localhost", port: 7654)),
    ("127.0.0.1:1", .tcp(host: "127.0.0.1", port: 1)),
    ("[::1]:7654", .tcp(host: "::1", port: 7654)),
    ("tls://localhost:1", .tls(host: "localhost", port: 1)),
    ("ws://[::1]:7680", .webSocket(host: "::1", port: 7680, isSecure: false)),
    ("wss://clinic.example:443", .webSocket(host: "clinic.example", port: 443, isSecure: true)),
  ])
  func readsHostAndPort(_ text: String, _ endpoint: Endpoint) {
    #expect(Endpoint(hostAndPort: text) == endpoint)
    #expect(endpoint.description == text)
  }

  @Test func theWebsPathMayBeWritten() {
    #expect(
      Endpoint(hostAndPort: "ws://[::1]:7680/rpc")
        == .webSocket(host: "::1", port: 7680, isSecure: false))
    #expect(
      Endpoint(hostAndPort: "wss://clinic.example:443/rpc")
        == .webSocket(host: "clinic.example", port: 443, isSecure: true))
  }

  @Test(arguments: [
    "", "localhost", ":7654", "[]:1", "host:", "host:0", "host:65536", "host:x", "::1:7654",
    "ws://", "wss://host", "http://host:1", "ws://host:80/x", "host:80/rpc",
  ])
  func refusesWhatIsNone(_ text: String) {
    #expect(Endpoint(hostAndPort: text) == nil)
  }
}

@Suite struct BackoffTests {
  @Test func growsToItsLimitAndStartsAgain() {
    var backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
    for step in [100, 200, 400, 800, 1000, 1000] {
      let delay = backoff.next()
      #expect(delay >= .milliseconds(step / 2) && delay <= .milliseconds(step))
    }
    for _ in 0..<100 { #expect(backoff.next() <= .seconds(1)) }
    backoff.reset()
    #expect(backoff.next() <= .milliseconds(100))
  }
}

@Suite struct PendingCallsTests {
  @Test func eachCallIsTakenOnce() {
    var calls = PendingCalls<String>()
    calls.add(1, deadline: nil, "one")
    calls.add(2, deadline: nil, "two")
    #expect(calls.take(RequestID(2)) == "two")
    #expect(calls.take(RequestID(2)) == nil)
    #expect(calls.take(RequestID("1")) == nil)
    #expect(calls.take(.null) == nil)
    #expect(calls.nextDeadline == nil)
    #expect(calls.takeAll() == ["one"])
    #expect(calls.isEmpty)
  }

  @Test func callsExpireInTheirOwnTime() {
    let start = ContinuousClock.now
    var calls = PendingCalls<String>()
    calls.add(1, deadline: start + .seconds(2), "late")
    calls.add(2, deadline: start + .seconds(1), "soon")
    calls.add(3, deadline: nil, "patient")
    #expect(calls.nextDeadline == start + .seconds(1))
    #expect(calls.takeExpired(at: start).isEmpty)
    #expect(calls.takeExpired(at: start + .seconds(1)).map(\.id) == [2])
    #expect(calls.nextDeadline == start + .seconds(2))
    #expect(calls.takeExpired(at: start + .seconds(9)).map(\.1) == ["late"])
    #expect(calls.count == 1)
  }
}
