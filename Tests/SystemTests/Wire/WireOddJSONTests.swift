import JSONRPC
import Testing

/// Odd JSON and odd requests, against a real daemon: each line gets its answer, and the line after
/// it is read.
@Suite struct WireOddJSONTests {
  private static let ping = #""jsonrpc":"2.0","method":"system.ping""#

  /// Lines that are no JSON: -32700 with the id null.
  private static let notJSON: [[UInt8]] =
    [
      "nul", "True", "NaN", "-Infinity", "undefined", "'a'", "0x10", "01", "-01", "+1", ".5", "2.",
      "1e", "1e+", "--1", "1_000", "１", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
      "\"tab\there\"", "\"open", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "{\"a\":1,}",
      "[1,]", "[,1]", "[1,,2]", "]", "}", ":", ",", "// a comment", "/* a comment */", "#", "\\",
      "\u{FEFF}{}", "\u{A0}1", "\u{2003}1", "\u{0}", "\u{C}1", "{\(ping),\"id\":\"\\ud83c\"}",
    ].map { Array($0.utf8) } + notUTF8.map { [0x22] + $0 + [0x22] }

  private static let notUTF8: [[UInt8]] = [
    [0xFF], [0xC0, 0xAF], [0xC1, 0x81], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    [0xF0, 0x80, 0x80, 0xAF], [0xE2, 0x28, 0xA1], [0xC3], [0xF5, 0x80, 0x80, 0x80],
  ]

  @Test(
    "what is no JSON is answered once, and the line after it is read", arguments: ["\n", "\r\n"])
  func notJSON(terminator: String) async throws {
    try await TestClinic.run(1) { clinic in
      for transport in WireTransport.allCases {
        for text in Self.notJSON {
          let lines = try await Self.answers(to: text, ending: terminator, clinic, transport)
          let shown = Comment(rawValue: String(decoding: text, as: UTF8.self))
          try #require(lines.count == 2, shown)
          let error = try JSONDocument(parsing: lines[0]).root
          #expect(error.errorCode == -32700, shown)
          #expect(error["id"]?.isNull == true, shown)
          #expect(lines[1] == Self.pong("\"after\""), shown)
        }
      }
    }
  }

  @Test("ids come back byte for byte; what can be none is answered with null")
  func ids() async throws {
    try await TestClinic.run(1) { clinic in
      for id in [
        "0", "-0", "-1", "1.5", "-0.0", "1e400", "1E+2", "1e-400", "null", "\"\"", "\"\\u0000\"",
        "\"\\ud83d\\ude00\"", "\"\\/\"", "\"🏥\"", String(repeating: "9", count: 5_000),
        "1." + String(repeating: "0", count: 5_000) + "1",
        "\"" + String(repeating: "long", count: 5_000) + "\"",
      ] {
        let lines = try await Self.answers(to: "{\(Self.ping),\"id\":\(id)}", clinic)
        #expect(lines == [Self.pong(id), Self.pong("\"after\"")], "\(id.prefix(40))")
      }
      for id in ["true", "{}", "[]", "[1]"] {
        let answer = try await Self.answer(to: "{\(Self.ping),\"id\":\(id)}", clinic)
        #expect(answer.errorCode == -32600, "\(id)")
        #expect(answer["id"]?.isNull == true, "\(id)")
      }
    }
  }

  @Test("what is JSON and no request is -32600, with the id if it has one")
  func notRequests() async throws {
    try await TestClinic.run(1) { clinic in
      for text in ["1", "-0", "1e400", "null", "true", "\"a\"", "{}", "[]"] {
        let answer = try await Self.answer(to: text, clinic)
        #expect(answer.errorCode == -32600, "\(text)")
        #expect(answer["id"]?.isNull == true, "\(text)")
      }
      for members in [
        #""method":"system.ping""#, #""jsonrpc":2.0,"method":"system.ping""#,
        #""jsonrpc":"1.0","method":"system.ping""#, #""jsonrpc":"2.0""#,
        #""jsonrpc":"2.0","method":null"#, #""jsonrpc":"2.0","method":1"#,
        #""jsonrpc":"2.0","method":["system.ping"]"#, "\(Self.ping),\"params\":null",
        "\(Self.ping),\"params\":1", "\(Self.ping),\"params\":\"a\"", "\(Self.ping),\"more\":1",
        "\(Self.ping),\(Self.ping)", "\(Self.ping),\"result\":1", #""jsonrpc":"2.0","error":{}"#,
      ] {
        let answer = try await Self.answer(to: "{\"id\":7,\(members)}", clinic)
        #expect(answer.errorCode == -32600, "\(members)")
        #expect(answer["id"]?.int == 7, "\(members)")
      }
      let twoIDs = try await Self.answer(to: "{\"id\":1,\(Self.ping),\"id\":2}", clinic)
      #expect(twoIDs.errorCode == -32600)
      #expect(twoIDs["id"]?.isNull == true)
      let escaped = #"{"json\u0072pc":"2.0","\u0069d":1,"method":"system\u002eping"}"#
      let lines = try await Self.answers(to: escaped, clinic)
      #expect(lines.first == Self.pong("1"))
    }
  }

  @Test("a notification gets no answer, whatever comes of it")
  func notifications() async throws {
    try await TestClinic.run(1) { clinic in
      for text in [
        "{\(Self.ping)}", "{\(Self.ping),\"params\":[1]}", "{\(Self.ping),\"params\":{\"a\":1}}",
        #"{"jsonrpc":"2.0","method":"no.such"}"#,
        #"{"jsonrpc":"2.0","method":"patients.get","params":{"id":999}}"#,
        #"{"jsonrpc":"2.0","method":"patients.get"}"#,
        #"{"jsonrpc":"2.0","method":"rpc.cancel","params":[]}"#,
        "[{\(Self.ping)},{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}]",
      ] {
        let lines = try await Self.answers(to: text, clinic)
        #expect(lines == [Self.pong("\"after\"")], "\(text)")
      }
    }
  }

  @Test(
    "a batch is answered by one array: what is no request in it, too, and no batch is in another")
  func batches() async throws {
    try await TestClinic.run(1) { clinic in
      func codes(_ text: String) async throws -> [Int?] {
        try await Self.answer(to: text, clinic).elements.map { $0.errorCode }
      }
      let call = "{\(Self.ping),\"id\":1}"
      #expect(try await codes("[1,2,3]") == [-32600, -32600, -32600])
      #expect(try await codes("[[],{},[\(call)]]") == [-32600, -32600, -32600])
      let mixed = try await codes("[\(call),{\(Self.ping)},1]")
      #expect(mixed.count == 2 && Set(mixed) == [nil, -32600])
      let many = Array(repeating: call, count: 101)
      let full = many.dropLast().joined(separator: ",")
      #expect(try await codes("[\(full)]") == Array(repeating: nil, count: 100))
      let tooMany = try await Self.answer(to: "[\(many.joined(separator: ","))]", clinic)
      #expect(tooMany.errorReason == "batch_too_large")
    }
  }

  // MARK: - Asking

  private static func pong(_ id: String) -> [UInt8] {
    Array("{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":{\"pong\":true}}".utf8)
  }

  /// The lines that answer a line and the ping after it, on a connection that then ends its side.
  private static func answers(
    to text: [UInt8], ending terminator: String, _ clinic: TestClinic, _ transport: WireTransport
  ) async throws -> [[UInt8]] {
    let socket = try clinic.daemons[0].wire(transport)
    let end = Array(terminator.utf8)
    try await socket.send(text + end + Array("{\(ping),\"id\":\"after\"}".utf8) + end)
    socket.endInput()
    let bytes = try await socket.everything()
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // Each line ends as the client's do.
    #expect(lines.last == [])
    return lines.dropLast().map { line in
      let isCRLF = line.last == UInt8(ascii: "\r")
      #expect(isCRLF == (terminator == "\r\n"))
      return Array(isCRLF ? line.dropLast() : line)
    }
  }

  private static func answers(to text: String, _ clinic: TestClinic) async throws -> [[UInt8]] {
    try await answers(to: Array(text.utf8), ending: "\n", clinic, .unix)
  }

  /// The answer to a line that gets one.
  private static func answer(to text: String, _ clinic: TestClinic) async throws -> JSONValue {
    let lines = try await answers(to: text, clinic).filter { $0 != pong("\"after\"") }
    try #require(lines.count == 1, "\(text.prefix(100))")
    return try JSONDocument(parsing: lines[0]).root
  }
}
