import JSONRPC
import Testing

@Suite struct MessageFramerTests {
  @Test func valuesWithAnyOrNoSpaceBetween() {
    #expect(events(#"{}{}"#) == ["{}", "{}"])
    #expect(events(#"[][]"#) == ["[]", "[]"])
    #expect(events("{}\n{}\r\n[1]  \t\n\n[2]") == ["{}", "{}", "[1]", "[2]"])
    #expect(events(#""a""b"1{}2[]"#) == [#""a""#, #""b""#, "1", "{}", "2", "[]"])
    #expect(events("1 2\n3") == ["1", "2"])
    #expect(events("1 2\n3", ends: true) == ["1", "2", "3"])
    #expect(events("{\n\"a\": 1\n}\n") == ["{\n\"a\": 1\n}"])
    #expect(events("\n \r\n") == [])
    #expect(events("true false null\n") == ["true", "false", "null"])
  }

  @Test func aSyntaxErrorOnOneLineIsAnsweredAndSkipped() {
    #expect(events("{\"a\":}\n{}\n") == ["parse_error 5", "{}"])
    #expect(events("garbage more garbage {}\n{}\n") == ["parse_error 0", "{}"])
    #expect(events("{} } {}\n[1]") == ["{}", "parse_error 0", "[1]"])
    #expect(events("\"abc\n[1]\n") == ["parse_error 4", "[1]"])
    #expect(events("tru\n[1]\n") == ["parse_error 3", "[1]"])
    #expect(events("-\n[1]\n") == ["parse_error 1", "[1]"])
    #expect(events("[1,\u{0}2]\r\n[1]\r\n") == ["parse_error 3", "[1]"])
    #expect(events("01\n[1]\n") == ["parse_error 1", "[1]"])
    #expect(events("12a\n[1]\n") == ["parse_error 2", "[1]"])
    #expect(events("\u{feff}{}\n[1]\n") == ["parse_error 0", "[1]"])
  }

  @Test func aSyntaxErrorIsAnsweredBeforeItsLineEnds() {
    var framer = MessageFramer()
    framer.receive(Array("[1,x".utf8))
    #expect(name(framer.next()) == "parse_error 3")
    #expect(framer.next() == nil)
    for _ in 0..<1000 {
      framer.receive(Array(" {} [".utf8))
      #expect(framer.next() == nil)
    }
    // Nothing of the line is kept.
    #expect(framer.heldBytes < 1000)
    framer.receive(Array("\n{}".utf8))
    #expect(name(framer.next()) == "{}")
  }

  @Test func aSyntaxErrorOverLinesIsFatal() {
    #expect(events("{\n\"a\": x\n}\n{}\n") == ["fatal parse_error 7"])
    #expect(events("{\"jsonrpc\":\n{\"method\":\"x\"}\n{}") == ["fatal parse_error 27"])
    #expect(events("[1,\n2,\n") == [])
    var framer = MessageFramer()
    framer.receive(Array("[\n]]".utf8))
    #expect(name(framer.next()) == "[\n]")
    #expect(name(framer.next()) == "parse_error 0")
    #expect(!framer.isFinished)
    framer.receive(Array("\n[\n}".utf8))
    #expect(name(framer.next()) == "fatal parse_error 2")
    #expect(framer.isFinished)
    framer.receive(Array("\n{}\n".utf8))
    #expect(framer.next() == nil)
    #expect(framer.heldBytes == 0)
  }

  @Test(arguments: [
    "POST / HTTP/1.1\r\nHost: a\r\n\r\n{}\n", "GET /\n{}\n", "\r\nOPTIONS * HTTP/1.1\n{}\n",
    "PRI * HTTP/2.0\r\n\r\n",
  ])
  func aRequestOfHTTPIsFatal(_ text: String) {
    #expect(events(text) == ["fatal http_request"])
    #expect(events(text.utf8.map { [$0] }) == ["fatal http_request"])
  }

  @Test func onlyTheFirstLineIsARequestOfHTTP() {
    #expect(events("{}\nGET / HTTP/1.1\n{}\n") == ["{}", "parse_error 0", "{}"])
    #expect(events("x\nGET / HTTP/1.1\n{}\n") == ["parse_error 0", "parse_error 0", "{}"])
    #expect(events("GET\n{}\n") == ["parse_error 0", "{}"])
    #expect(events("get / HTTP/1.1\n{}\n") == ["parse_error 0", "{}"])
    for text in ["NOT JSON", "HELLO", "POSTED it", "P"] {
      #expect(events("\(text)\n{}\n") == ["parse_error 0", "{}"], "\(text)")
    }
    #expect(events("GET", ends: true) == ["parse_error 0"])
  }

  @Test func halfClose() {
    #expect(events("{}\n{\"a\":1", ends: true) == ["{}", "parse_error 6"])
    #expect(events("\"abc", ends: true) == ["parse_error 4"])
    #expect(events("[1,\n2", ends: true) == ["fatal parse_error 5"])
    #expect(events("{}", ends: true) == ["{}"])
    #expect(events("", ends: true) == [])
    #expect(events("x y z", ends: true) == ["parse_error 0"])
    #expect(events("17", ends: true) == ["17"])
    #expect(events("17.", ends: true) == ["parse_error 3"])
    var framer = MessageFramer()
    framer.receive(Array("[".utf8))
    #expect(framer.next() == nil)
    framer.finish()
    #expect(name(framer.next()) == "parse_error 1")
    #expect(framer.next() == nil)
    #expect(framer.isFinished)
  }

  @Test func largeMessages() {
    let limits = JSONLimits(maxBytes: 20)
    let exact = "[\"" + String(repeating: "a", count: 16) + "\"]"
    #expect(events(exact + exact + "\n{}", limits) == [exact, exact, "{}"])
    let long = "[\"" + String(repeating: "a", count: 17) + "\"]"
    #expect(events("{}" + long + "\n{}", limits) == ["{}", "fatal message_too_large 20 21"])
    #expect(
      events("[" + String(repeating: " ", count: 40), limits) == ["fatal message_too_large 20 21"])
    // White space between messages counts for nothing.
    #expect(events(String(repeating: " \n", count: 40) + "{}", limits) == ["{}"])
    // Nor does the rest of a line that was refused.
    #expect(
      events("x" + String(repeating: "y", count: 100) + "\n{}", limits) == ["parse_error 0", "{}"])
  }

  @Test func aLargeMessageIsRefusedWithoutBeingHeld() {
    var framer = MessageFramer(limits: JSONLimits(maxBytes: 1000))
    var refused = false
    for _ in 0..<1000 where !refused {
      framer.receive(Array("[[[[[[[[[[".utf8).prefix(1) + Array(repeating: 0x20, count: 99))
      if name(framer.next()) == "fatal message_too_large 1000 1001" { refused = true }
      // An array doubles its room when it grows.
      #expect(framer.heldBytes <= 4 * 1000)
    }
    #expect(refused)
    #expect(framer.heldBytes == 0)
  }

  @Test func deepMessages() {
    let deep = String(repeating: "[", count: 65)
    #expect(events(deep + "\n{}\n") == ["nesting_too_deep 64 65", "{}"])
    #expect(events("[\n" + deep) == ["fatal nesting_too_deep 64 65"])
  }

  @Test func theErrorsSayWhatIsWrong() throws {
    var framer = MessageFramer()
    framer.receive(Array("[1,x\n".utf8))
    guard case .syntaxError(let error)? = framer.next() else {
      Issue.record("no syntax error")
      return
    }
    #expect(
      json(error)
        == #"{"code":-32700,"message":"Parse error","data":{"reason":"parse_error","detail":"unexpected character at byte 3","fault":"unexpected_character","offset":3}}"#
    )
    #expect(
      json(.messageTooLarge(limit: 10, actual: 11))
        == #"{"code":-32600,"message":"Invalid Request","data":{"reason":"message_too_large","detail":"the message is too large","limit":10,"actual":11}}"#
    )
  }

  @Test func theTerminatorMirrorsTheClient() {
    func terminator(_ text: String, ends: Bool = false) -> MessageFramer.Terminator {
      var framer = MessageFramer()
      framer.receive(Array(text.utf8))
      while framer.next() != nil {}
      return framer.terminator
    }
    #expect(terminator("{}") == .doubleLF)
    #expect(terminator("{}{}") == .doubleLF)
    #expect(terminator("{}\n") == .lf)
    #expect(terminator("{}\r\n") == .crlf)
    #expect(terminator("{} \t\r\n") == .crlf)
    #expect(terminator("{}\r{}\n") == .lf)
    #expect(terminator("{}\n{}\r\n") == .lf)
    #expect(terminator("{}\r\n{}\n") == .crlf)
    #expect(terminator("\n{}") == .lf)
    #expect(terminator("x\r\n") == .crlf)
    #expect(terminator("x y\n") == .lf)
    #expect(terminator("\"a\r\n") == .crlf)
    // A newline inside of a message ends no line.
    #expect(terminator("{\n}") == .doubleLF)
    #expect(terminator("{\r\n}\n") == .lf)
    #expect(MessageFramer.Terminator.crlf.bytes == [13, 10])
    #expect(MessageFramer.Terminator.doubleLF.bytes == [10, 10])
  }

  @Test func theTerminatorIsKnownWithTheMessage() {
    var framer = MessageFramer()
    framer.receive(Array("{}\r\n{}\n".utf8))
    #expect(framer.terminator == .doubleLF)
    #expect(framer.next() != nil)
    #expect(framer.terminator == .crlf)
    #expect(framer.next() != nil)
    #expect(framer.terminator == .crlf)
  }

  @Test func theTerminatorIsKnownWithTheError() {
    var framer = MessageFramer()
    framer.receive(Array("{\"a\":1]\r\n{}\n".utf8))
    #expect(framer.next() != nil)
    #expect(framer.terminator == .crlf)
  }

  @Test func theTerminatorMayComeLater() {
    var framer = MessageFramer()
    for (part, wanted) in [
      ("{", MessageFramer.Terminator.doubleLF), ("}", .doubleLF), ("\r", .doubleLF), ("\n", .crlf),
      ("{}\n", .crlf),
    ] {
      framer.receive(Array(part.utf8))
      while framer.next() != nil {}
      #expect(framer.terminator == wanted)
    }
  }

  @Test func aLongMessageInSmallPiecesTakesLinearTime() {
    let message =
      "[\"" + String(repeating: "\\u00e9é", count: 20_000) + "\","
      + String(repeating: "1", count: 100_000) + "]"
    let bytes = Array(message.utf8)
    var framer = MessageFramer()
    var count = 0
    for start in stride(from: 0, to: bytes.count, by: 3) {
      framer.receive(Array(bytes[start..<min(start + 3, bytes.count)]))
      while framer.next() != nil { count += 1 }
    }
    #expect(count == 1)
  }

  @Test func manyMessagesAtOnce() {
    let messages = (0..<5000).map { "{\"n\":\($0)}" }
    #expect(events(messages.joined(separator: "\n")) == messages)
    #expect(events(messages.joined()) == messages)
  }
}

/// What an event is, in a word.
func name(_ event: MessageFramer.Event?) -> String? {
  switch event {
  case .message(let document)?: text(document.bytes)
  case .syntaxError(let error)?: name(error)
  case .fatal(let error)?: "fatal " + name(error)
  case nil: nil
  }
}

private func name(_ error: RPCError) -> String {
  var words = [error.reason]
  for detail in ["offset", "limit", "actual"] {
    if case .int(let number)? = error.data[detail] { words.append(String(number)) }
  }
  return words.joined(separator: " ")
}

func events(_ text: String, _ limits: JSONLimits = .init(), ends: Bool = false) -> [String] {
  events([Array(text.utf8)], limits, ends: ends)
}

func events(_ chunks: [[UInt8]], _ limits: JSONLimits = .init(), ends: Bool = false) -> [String] {
  var framer = MessageFramer(limits: limits)
  var events: [String] = []
  for chunk in chunks {
    framer.receive(chunk)
    while let event = framer.next() { name(event).map { events.append($0) } }
  }
  if ends {
    framer.finish()
    while let event = framer.next() { name(event).map { events.append($0) } }
  }
  return events
}
