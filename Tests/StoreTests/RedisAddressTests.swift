import Testing

@testable import Redis

@Suite struct RedisAddressTests {
  @Test(
    arguments: [
      ("redis://host", "host", 6379, nil, nil, 0),
      ("redis://host:7000/2", "host", 7000, nil, nil, 2),
      ("redis://:p%40ss%2Fword@127.0.0.1:6380/", "127.0.0.1", 6380, nil, "p@ss/word", 0),
      ("redis://user:a:b@host", "host", 6379, "user", "a:b", 0),
      ("REDIS://[::1]:6379/1", "::1", 6379, nil, nil, 1),
      ("redis://[::1]?db=4", "::1", 6379, nil, nil, 4),
    ] as [(String, String, UInt16, String?, String?, Int)])
  func overTCP(
    url: String, host: String, port: UInt16, user: String?, password: String?, database: Int
  ) throws {
    let address = try RedisAddress(url)
    #expect(address.place == .tcp(host: host, port: port))
    #expect(address.user == user)
    #expect(address.password == password)
    #expect(address.database == database)
  }

  @Test(
    arguments: [
      ("unix:///run/redis.sock", "/run/redis.sock", nil, 0),
      ("unix://:pw@/run/redis.sock?db=5", "/run/redis.sock", "pw", 5),
      ("redis+unix:///with%20space/r.sock", "/with space/r.sock", nil, 0),
      ("redis-socket://:p%3Fw@/r@1.sock", "/r@1.sock", "p?w", 0),
    ] as [(String, String, String?, Int)])
  func overAUnixSocket(url: String, path: String, password: String?, database: Int) throws {
    let address = try RedisAddress(url)
    #expect(address.place == .unix(path: path))
    #expect(address.password == password)
    #expect(address.database == database)
  }

  @Test(arguments: [
    "", "redis:", "redis://", "http://host", "rediss://host", "redis://host:0",
    "redis://host:70000",
    "redis://host:port", "redis://host/x", "redis://host/-1", "redis://secret@host", "unix://",
    "unix://run/redis.sock", "unix:///a%zz", "unix:///a%00b", "redis://host?db", "redis://host?x=1",
    "redis://:%ff@host",
  ])
  func whatIsNoAddressIsRefused(url: String) {
    let error = #expect(throws: RedisError.self) { try RedisClient.Configuration(url: url) }
    #expect(error == RedisError(.invalidConfiguration))
  }

  @Test func aPathThatIsTooLongIsNoAddress() {
    #expect(SocketAddress(path: String(repeating: "x", count: 107)) != nil)
    #expect(SocketAddress(path: String(repeating: "x", count: 108)) == nil)
  }

  @Test func onlyNumbersAreResolvedWithoutAsking() {
    #expect(
      SocketAddress.resolve(host: "localhost", port: 1, numericOnly: true).isEmpty)
    #expect(SocketAddress.resolve(host: "127.0.0.1", port: 1, numericOnly: true).count == 1)
    #expect(!SocketAddress.resolve(host: "localhost", port: 1, numericOnly: false).isEmpty)
  }
}
