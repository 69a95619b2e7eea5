import RPCClient
import Testing

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
    #expect(Endpoint(text) == endpoint)
    #expect(endpoint.description == text)
  }

  @Test func theWebsPathMayBeWritten() {
    #expect(
      Endpoint("ws://[::1]:7680/rpc")
        == .webSocket(host: "::1", port: 7680, isSecure: false))
    #expect(
      Endpoint("wss://clinic.example:443/rpc")
        == .webSocket(host: "clinic.example", port: 443, isSecure: true))
  }

  @Test(arguments: [
    "", "localhost", ":7654", "[]:1", "host:", "host:0", "host:65536", "host:x", "::1:7654",
    "ws://", "wss://host", "http://host:1", "ws://host:80/x", "host:80/rpc",
  ])
  func refusesWhatIsNone(_ text: String) {
    #expect(Endpoint(text) == nil)
  }
}
