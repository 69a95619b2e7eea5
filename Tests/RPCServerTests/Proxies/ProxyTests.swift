import JSONRPC
import NIOCore
import Testing

@testable import RPCServer

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("::", "::"),
    ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("fe80::1:0:0:2", "fe80::1:0:0:2"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1::", "1::"),
  ])
  func anAddressHasOneForm(_ text: String, _ form: String) {
    #expect(IPAddress(text)?.description == form)
  }

  @Test(arguments: [
    ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ("unix", "unix"), ("fe80::1%eth0", "fe80::1%eth0"),
  ])
  func limitsCountIPv6ByItsNetwork(_ address: String, _ network: String) {
    #expect(Transport.tcp(address: address).network == network)
    #expect(Transport.tls(address: address, subject: "desk").network == network)
  }

  @Test func connectionsAreCountedByNetwork() {
    let admission = Admission()
    var limits = Limits()
    limits.connectionsPerPeer = 2
    func isAdmitted(_ address: String) -> Bool {
      switch admission.admit(.tcp(address: address), limits: limits) {
      case .admitted: true
      case .refused: false
      }
    }
    #expect(isAdmitted("2001:db8:1:2::1") && isAdmitted("2001:db8:1:2::2"))
    #expect(!isAdmitted("2001:db8:1:2:ffff::3"))
    #expect(isAdmitted("2001:db8:1:3::1"))
    admission.release(.tcp(address: "2001:db8:1:2::2"))
    #expect(isAdmitted("2001:db8:1:2::3"))
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "10.0.0.0.1", "10.0.0.+1", "a.b.c.d", ":", ":::", "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1::", "12345::", "g::", "::1%eth0", "+1::",
  ])
  func otherTextIsNone(_ text: String) {
    #expect(IPAddress(text) == nil)
  }
}

@Suite struct TrustedProxiesTests {
  private let proxies = TrustedProxies(["10.0.0.0/8", "192.168.1.7", "fd00::/16", "unix"])

  @Test func aNetworkIsComparedByItsFirstBits() throws {
    let proxies = try #require(proxies)
    for address in ["10.255.0.1", "192.168.1.7", "fd00::5", "unix", "::ffff:10.1.1.1"] {
      #expect(proxies.contains(address), "\(address)")
    }
    for address in ["11.0.0.1", "192.168.1.8", "fd01::5", "::1", "localhost"] {
      #expect(!proxies.contains(address), "\(address)")
    }
    #expect(!TrustedProxies().contains("unix"))
  }

  @Test(arguments: ["10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "/8", "proxy.example"])
  func otherEntriesAreFaults(_ entry: String) {
    #expect(TrustedProxies([entry]) == nil)
  }

  @Test(arguments: [
    ("203.0.113.9", ["10.0.0.1"], "203.0.113.9"),
    ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
    ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
    ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
    ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
    ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
    ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
    ("10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1"),
    ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ("10.0.0.1", [], "10.0.0.1"), ("unix", ["203.0.113.9"], "203.0.113.9"),
  ])
  func theLastWhomNoProxyVouchesForIsTheClient(
    _ peer: String, _ forwarded: [String], _ client: String
  ) throws {
    #expect(try #require(proxies).client(of: peer, forwarded: forwarded) == client)
  }
}

@Suite struct ProxyHeaderTests {
  static let signature: [UInt8] = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
  static let header = signature + [0x21, 0x11, 0, 12, 203, 0, 113, 9, 127, 0, 0, 1, 0, 80, 1, 187]

  @Test func theAddressOfTheClientIsTheFirst() {
    #expect(
      ProxyHeader(Self.header + Array("{}".utf8))
        == .present(address: IPAddress("203.0.113.9"), length: 28))
    let six = [UInt8](repeating: 0, count: 15) + [1]
    #expect(
      ProxyHeader(Self.signature + [0x21, 0x21, 0, 36] + six + six + [0, 1, 0, 2])
        == .present(address: IPAddress("::1"), length: 52))
  }

  @Test func aProxyMaySpeakForItself() {
    #expect(
      ProxyHeader(Self.signature + [0x20, 0, 0, 0]) == .present(address: nil, length: 16))
    #expect(
      ProxyHeader(Self.signature + [0x21, 0x31, 0, 2, 1, 2]) == .present(address: nil, length: 18))
  }

  @Test func anyPartOfItIsIncomplete() {
    for count in 0..<Self.header.count {
      #expect(ProxyHeader(Array(Self.header.prefix(count))) == .incomplete)
    }
  }

  @Test func anythingElseIsTheClients() {
    #expect(ProxyHeader(Array("{\"jsonrpc\":\"2.0\"}".utf8)) == .absent)
    #expect(ProxyHeader(Array("\r\n{".utf8)) == .absent)
    #expect(ProxyHeader(Array("\r\n\r\n\0\r\nQUIT!....".utf8)) == .absent)
  }

  @Test func whatIsWrongIsMalformed() {
    #expect(ProxyHeader(Self.signature + [0x11, 0x11, 0, 0]) == .malformed)
    #expect(ProxyHeader(Self.signature + [0x22, 0x11, 0, 0]) == .malformed)
    #expect(ProxyHeader(Self.signature + [0x21, 0x11, 0xff, 0]) == .malformed)
    #expect(ProxyHeader(Self.signature + [0x21, 0x11, 0, 4, 1, 2, 3, 4]) == .malformed)
  }
}

/// Proxies on live sockets.
@Suite struct ProxyTests {
  private func run(
    trusting list: [String], _ body: (TestServer) async throws -> Void
  ) async throws {
    var web = WebConfiguration()
    web.proxies = try #require(TrustedProxies(list))
    try await TestServer.run(web: web, body)
  }

  private func addresses(_ server: TestServer) -> [String?] {
    server.application.sessions.map(\.transport.address)
  }

  @Test func aTrustedProxySaysWhoSendsARequest() async throws {
    for (list, client) in [(["127.0.0.0/8"], "203.0.113.9"), (["10.0.0.1"], "127.0.0.1")] {
      try await run(trusting: list) { server in
        let socket = try await TestClient.connect(to: server.web)
        let body = #"{"jsonrpc":"2.0","id":1,"method":"whoami"}"#
        try await socket.send(
          "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "X-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(await socket.bytesUntilEnd().hasPrefix("HTTP/1.1 200 OK"))
        #expect(addresses(server) == [client])
      }
    }
  }

  @Test func aTrustedProxySaysWhoConnects() async throws {
    try await run(trusting: ["127.0.0.1"]) { server in
      let socket = try await TestClient.connect(to: server.tcp)
      let header = String(decoding: ProxyHeaderTests.signature, as: UTF8.self)
      // In pieces, and with a family that needs no bytes beyond ASCII.
      try await socket.send(header)
      try await socket.send("!\u{11}\0\u{0c}\u{0b}\u{0c}\u{0d}\u{0e}\u{7f}\0\0\u{1}\0P\u{1}\u{1}")
      #expect(try await socket.call("ping").contains("pong"))
      let plain = try await TestClient.connect(to: server.tcp)
      #expect(try await plain.call("ping").contains("pong"))
      #expect(addresses(server) == ["11.12.13.14", "127.0.0.1"])
    }
  }

  @Test func othersCannot() async throws {
    try await run(trusting: ["10.0.0.1"]) { server in
      let socket = try await TestClient.connect(to: server.tcp)
      try await socket.send(
        String(decoding: ProxyHeaderTests.signature, as: UTF8.self) + "!\u{11}\0\0\n")
      #expect(await socket.line()?.contains("-32700") == true)
    }
  }
}
