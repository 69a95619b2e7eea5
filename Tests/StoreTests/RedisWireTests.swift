import Testing

@testable import Redis

@Suite struct RedisWireTests {
  @Test func aCommandIsAnArrayOfStrings() {
    var bytes: [UInt8] = []
    bytes.append(command: ["SET", "clé", .bytes([0, 13, 10]), .int(-120), "", 12])
    #expect(
      bytes
        == Array("*6\r\n$3\r\nSET\r\n$4\r\nclé\r\n$3\r\n".utf8) + [0, 13, 10]
        + Array("\r\n$4\r\n-120\r\n$0\r\n\r\n$2\r\n12\r\n".utf8))
  }

  @Test func wideIntegersKeepTheirDigits() {
    #expect(RedisArgument.int(UInt64.max) == "18446744073709551615")
    #expect(RedisArgument.int(Int32(7)) == .int(7))
  }

  @Test func repliesAreReadHoweverTheyAreCut() throws {
    let text = "*5\r\n:-7\r\n$-1\r\n$3\r\na\r\n\r\n*-1\r\n*0\r\n+OK\r\n-WRONGTYPE no\r\n$0\r\n\r\n"
    for size in 1...text.utf8.count {
      let reader = try RedisReader()
      var values: [RedisValue] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        try unsafe rest.prefix(size).withUnsafeBytes { try unsafe reader.feed($0) }
        rest = rest.dropFirst(size)
        while let value = try reader.next() { values.append(value) }
      }
      #expect(
        values == [
          .array([.int(-7), .null, .string(Array("a\r\n".utf8)), .null, .array([])]),
          .status("OK"), .error("WRONGTYPE no"), .string([]),
        ])
    }
  }

  @Test func whatIsNoReplyIsAnError() throws {
    let reader = try RedisReader()
    try unsafe Array("HTTP/1.1 400 Bad Request\r\n".utf8).withUnsafeBytes {
      try unsafe reader.feed($0)
    }
    #expect(throws: RedisError(.protocolViolation)) { try reader.next() }
  }

  @Test func anErrorKeepsOnlyItsFirstWord() {
    let error = RedisError(reply: "WRONGTYPE Operation against a key of Jane Roe")
    #expect(error == RedisError(.server, code: "WRONGTYPE"))
    #expect("\(error)" == "redis: server error WRONGTYPE")
    #expect(RedisError(reply: "no capitals").code == "ERR")
    #expect(RedisError(reply: "LOADING Redis is loading").kind == .unavailable)
    #expect(RedisError(reply: "WRONGPASS invalid").kind == .notAuthenticated)
  }

  @Test func valuesAreReadAsWhatTheyMean() {
    #expect(RedisValue.string(Array("42".utf8)).integer == 42)
    #expect(RedisValue.string(Array("4x".utf8)).integer == nil)
    #expect(RedisValue.int(5).integer == 5)
    #expect(RedisValue.status("OK").text == "OK")
    #expect(RedisValue.array([.null]).elements?.first?.isNull == true)
  }

  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
    (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
  ])
  func aScriptIsNamedByItsDigest(source: String, digest: String) {
    #expect(RedisScript(source).sha1 == digest)
  }
}
