import JSONRPC
import Testing

@Suite struct IncomingMessageTests {
  /// What would be done and answered: `call ID METHOD PARAMS`, `invalid ID REASON`.
  func outcome(_ text: String, maxBatch: Int = 100) throws -> [String] {
    let document = try JSONDocument(parsing: text)
    switch IncomingMessage(document, limits: EnvelopeLimits(maxBatch: maxBatch)) {
    case .single(let item): return [word(item)]
    case .batch(let items): return ["batch"] + items.map(word)
    case .refused(let error): return ["refused \(error.code) \(error.reason)"]
    }
  }

  func word(_ item: IncomingMessage.Item) -> String {
    switch item {
    case .call(let call):
      let id = call.id.map(\.description) ?? "-"
      #expect(call.isNotification == (call.id == nil))
      return "call \(id) \(call.method) \(call.params.map(\.description) ?? "-")"
    case .invalid(let id, let error):
      #expect(error.code == -32600)
      return "invalid \(id) \(error.reason)"
    }
  }

  @Test func calls() throws {
    #expect(
      try outcome(#"{"jsonrpc":"2.0","id":1,"method":"a.b","params":{"x":1}}"#) == [
        #"call 1 a.b {"x":1}"#
      ])
    #expect(
      try outcome(#"{"method":"a","id":"x","jsonrpc":"2.0","params":[1, 2]}"#) == [
        #"call "x" a [1, 2]"#
      ])
    #expect(try outcome(#"{"jsonrpc":"2.0","method":"a"}"#) == ["call - a -"])
    #expect(try outcome(#"{"jsonrpc":"2.0","method":"a","id":null}"#) == ["call null a -"])
    #expect(try outcome(#"{"jsonrpc":"2.0","method":"","id":1}"#) == ["call 1  -"])
    #expect(
      try outcome(#"{"\u006asonrpc":"2\u002e0","\u006dethod":"\u0061","\u0069d":1}"#) == [
        "call 1 a -"
      ])
  }

  @Test(arguments: [
    "0", "-0", "1e5", "1.50", "-12", "123456789012345678901234567890", #""""#, #""a\"b\u0041\/""#,
    "\"é漢🙂\"", "null", #""\uD83D\uDE00""#,
    "1E+2", #""1""#,
  ])
  func idsComeBackExactly(_ id: String) throws {
    #expect(
      try outcome("{\"jsonrpc\":\"2.0\",\"id\": \(id) ,\"method\":\"a\"}") == ["call \(id) a -"])
    #expect(
      try outcome("{\"jsonrpc\":\"1.0\",\"id\":\(id),\"method\":\"a\"}") == [
        "invalid \(id) invalid_request"
      ])
    let read = try #require(RequestID(JSONDocument(parsing: id).root))
    #expect(
      text(response(read, "true"))
        == "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":true}")
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":1}"#, "1"), (#"{"jsonrpc":"2.0","id":1}"#, "1"),
    (#"{"id":1,"method":"a"}"#, "1"),
    (#"{"jsonrpc":2.0,"id":1,"method":"a"}"#, "1"), (#"{"jsonrpc":"2","id":1,"method":"a"}"#, "1"),
    (#"{"jsonrpc":"2.0 ","id":1,"method":"a"}"#, "1"),
    (#"{"jsonrpc":"2.0\u0030","id":1,"method":"a"}"#, "1"),
    (#"{"jsonrpc":"2.0\n","id":1,"method":"a"}"#, "1"),
    (#"{"jsonrpc":"2\u002e","id":1,"method":"a"}"#, "1"),
    (#"{"jsonrpc":"2.0","id":1,"method\u0073":"a"}"#, "1"),
    (#"{"jsonrpc":"2.0","id":1,"method":"a","params":null}"#, "1"),
    (#"{"jsonrpc":"2.0","id":1,"method":"a","params":1}"#, "1"),
    (#"{"jsonrpc":"2.0","id":1,"method":"a","params":"x"}"#, "1"),
    (#"{"jsonrpc":"2.0","id":"x","method":null}"#, "\"x\""),
    (#"{"jsonrpc":"2.0","id":[],"method":"a"}"#, "null"),
    (#"{"jsonrpc":"2.0","id":{},"method":"a"}"#, "null"),
    (#"{"jsonrpc":"2.0","id":true,"method":"a"}"#, "null"),
    (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}"#, "null"),
    (#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#, "1"),
    (#"{"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"a"}"#, "null"),
    ("{}", "null"), ("1", "null"), ("null", "null"), (#""a""#, "null"), ("true", "null"),
    (#"{"foo":"boo"}"#, "null"),
    (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, "null"),
  ])
  func invalidRequests(_ text: String, _ id: String) throws {
    #expect(try outcome(text) == ["invalid \(id) invalid_request"])
  }

  @Test func responsesAndUnknownMembersAreRefused() throws {
    #expect(
      try outcome(#"{"jsonrpc":"2.0","id":1,"result":1}"#) == ["invalid 1 unexpected_response"])
    #expect(
      try outcome(#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}}"#) == [
        "invalid 1 unexpected_response"
      ])
    #expect(
      try outcome(#"{"jsonrpc":"2.0","id":1,"method":"a","param":{}}"#) == [
        "invalid 1 unknown_member"
      ])
    #expect(
      try outcome(#"{"jsonrpc":"2.0","id":1,"method":"a","auth":"x"}"#) == [
        "invalid 1 unknown_member"
      ])
    // A name that only begins like a known one, with an escape in it.
    for name in [#"id\u0078"#, #"error\u0073"#, #"param\u0073s"#, #"\u006detho"#] {
      #expect(
        try outcome(#"{"jsonrpc":"2.0","id":1,"method":"a","\#(name)":1}"#) == [
          "invalid 1 unknown_member"
        ])
    }
    #expect(
      try outcome(#"{"jsonrpc":"2.0","id\u0078":1,"method":"a"}"#) == [
        "invalid null unknown_member"
      ])
  }

  @Test func batches() throws {
    let call = #"{"jsonrpc":"2.0","id":1,"method":"a"}"#
    let notification = #"{"jsonrpc":"2.0","method":"n"}"#
    #expect(try outcome("[]") == ["refused -32600 empty_batch"])
    #expect(try outcome("[ \n]") == ["refused -32600 empty_batch"])
    #expect(try outcome("[1]") == ["batch", "invalid null invalid_request"])
    #expect(
      try outcome("[1,2]") == [
        "batch", "invalid null invalid_request", "invalid null invalid_request",
      ])
    #expect(try outcome("[[]]") == ["batch", "invalid null invalid_request"])
    #expect(
      try outcome("[\(call),\(notification),{}]") == [
        "batch", "call 1 a -", "call - n -", "invalid null invalid_request",
      ])
    #expect(try outcome("[\(notification)]") == ["batch", "call - n -"])
    #expect(try outcome("[\(call),\(call),\(call)]", maxBatch: 3).count == 4)
    #expect(
      try outcome("[\(call),\(call),\(call)]", maxBatch: 2) == ["refused -32600 batch_too_large"])
    let document = try JSONDocument(parsing: "[1,2,3]")
    guard case .refused(let error) = IncomingMessage(document, limits: EnvelopeLimits(maxBatch: 2))
    else {
      Issue.record("not refused")
      return
    }
    #expect(error.data["limit"] == 2)
    #expect(error.data["actual"] == 3)
  }

  @Test func idsAreComparedAsText() throws {
    func id(_ text: String) throws -> RequestID {
      try #require(RequestID(JSONDocument(parsing: text).root))
    }
    #expect(try id("1") == RequestID(1))
    #expect(try id(#""a""#) == RequestID("a"))
    #expect(try id(#""\u0061\/""#) == id(#""a/""#))
    #expect(try id(#""\u0061""#).hashValue == id(#""a""#).hashValue)
    #expect(try id("1") != id(#""1""#))
    #expect(try id("1") != id("1.0"))
    #expect(try id(#""a\"b""#) == RequestID("a\"b"))
    #expect(try id("null") == .null)
    #expect(RequestID.null.isNull)
    #expect(RequestID("null").isString)
    #expect(!RequestID("null").isNull)
    #expect(try RequestID(JSONDocument(parsing: "[]").root) == nil)
    #expect(try RequestID(JSONDocument(parsing: "true").root) == nil)
  }
}
