import JSONRPC
import Testing

@Suite struct JSONValueTests {
  @Test func kindsAndReading() throws {
    let root = try JSONDocument(
      parsing: #" {"a": 1, "b":[true,false,null,"x",1.5,{}], "c":{"d":"e"}, "a":2, "é":3} "#
    ).root
    #expect(root.kind == .object)
    #expect(root.count == 5)
    #expect(root["a"]?.int == 1)
    #expect(root["é"]?.int == 3)
    #expect(root["A"] == nil)
    #expect(root["a"]?["b"] == nil)
    #expect(root[0] == nil)
    let b = try #require(root["b"])
    #expect(b.count == 6)
    #expect(b.elements.map(\.kind) == [.bool, .bool, .null, .string, .number, .object])
    #expect(b[0]?.bool == true)
    #expect(b[1]?.bool == false)
    #expect(b[2]?.isNull == true)
    #expect(b[3]?.string == "x")
    #expect(b[4]?.numberText == "1.5")
    #expect(b[5]?.count == 0)
    #expect(b[6] == nil)
    #expect(b[-1] == nil)
    #expect(root["c"]?["d"]?.string == "e")
    #expect(root.members.map(\.name) == ["a", "b", "c", "a", "é"])
    #expect(root["c"]?.description == #"{"d":"e"}"#)
    #expect(text(root["b"]?.rawBytes ?? []) == #"[true,false,null,"x",1.5,{}]"#)
    #expect(root["b"]?.string == nil)
    #expect(root["b"]?.int == nil)
    #expect(root["a"]?.bool == nil)
    #expect(root["a"]?.elements.first(where: { _ in true }) == nil)
  }

  @Test func stringsAreUnescaped() throws {
    let cases: [(String, String)] = [
      (#""""#, ""), (#""a\"b\\c\/d""#, #"a"b\c/d"#), (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"),
      (#""\u0041\u00e9\u20ac""#, "Aé€"),
      (#""\uD83D\uDE00!""#, "😀!"), (#""\ud800\udc00""#, "\u{10000}"),
      (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\u0000""#, "\0"),
      (#""漢\u5b57""#, "漢字"), (#""\uFFFF""#, "\u{FFFF}"),
    ]
    for (json, wanted) in cases {
      #expect(try JSONDocument(parsing: json).root.string == wanted)
    }
  }

  @Test func namesAreComparedUnescapedAndByScalars() throws {
    let root = try JSONDocument(parsing: #"{"\u0069d":1,"e\u0301":2,"a":3,"\u0061b":4}"#).root
    #expect(root["id"]?.int == 1)
    #expect(root["e\u{301}"]?.int == 2)
    // Canonically equivalent, yet another name.
    #expect(root["\u{e9}"] == nil)
    #expect(root["ab"]?.int == 4)
  }

  @Test func rawBytesAreExact() throws {
    for raw in ["-0", "1e5", "123456789012345678901234567890", #""\u0041\/""#, "[ 1 , 2 ]", "1.50"]
    {
      let root = try JSONDocument(parsing: "{\"x\" : \(raw) }").root
      #expect(root["x"].map { text($0.rawBytes) } == raw)
      #expect(root["x"].map { Array(root.document.bytes[$0.rawRange]) } == Array(raw.utf8))
    }
  }

  @Test func writerAndParserAgree() throws {
    var random = RandomJSON(seed: 3)
    for _ in 0..<1000 {
      let source = random.value()
      let tree = try Tree(source)
      let again = written { tree.write(into: &$0) }
      #expect(try Tree(again) == tree, "\(source)")
    }
  }

  @Test func writerEscapes() throws {
    #expect(
      written { $0.string("a\"b\\c/d\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}é漢🙂") }
        == #""a\"b\\c/d\n\r\t\b\f\u0001\u001f"# + "\u{7f}é漢🙂\"")
    for value in UInt32(0)..<0x300 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let string = "x\(Character(scalar))y"
      #expect(try JSONDocument(parsing: written { $0.string(string) }).root.string == string)
    }
  }

  @Test func writerCommas() {
    let text = written {
      $0.beginObject()
      $0.member("a", 1)
      $0.key("b")
      $0.beginArray()
      $0.beginArray()
      $0.endArray()
      $0.beginObject()
      $0.endObject()
      $0.null()
      $0.bool(true)
      $0.raw("1e5")
      $0.endArray()
      $0.member("c", "x" as String?)
      $0.member("d", nil as Int?)
      $0.member("e", false)
      $0.member("f\"", raw: Array("[1]".utf8))
      $0.endObject()
    }
    #expect(text == #"{"a":1,"b":[[],{},null,true,1e5],"c":"x","d":null,"e":false,"f\"":[1]}"#)
  }
}
