import JSONRPC
import Testing

/// Texts of every odd kind, and whether they are JSON.
@Suite struct JSONTextTests {
  static let valid: [String] = [
    // Arrays
    "[[]   ]", #"[""]"#, "[]", #"["a"]"#, "[false]", #"[null, 1, "1", {}]"#, "[null]", "[1\n]",
    " [1]", "[1,null,null,null,2]",
    "[2] ", "[[[[]]]]", "[ ]", "[\n]", "[\r\n\t 1 \r\n\t,\r\n\t 2\r\n\t ]", "\n[]\n",
    // Numbers
    "[123e65]", "[0e+1]", "[0e1]", "[ 4]",
    "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]\n",
    "[20e1]", "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]",
    "[1e-2]", "[1e+2]",
    "[123]", "[123.456789]", "[0]", "[0.0]", "[-0.0]", "[0.0e0]", "[1e400]", "[-1e-400]",
    "[1e0000000001]", "[9007199254740993]",
    "[123456789012345678901234567890123456789012345678901234567890]", "0", "-1", "1.5",
    "1e1000000000000000000000",
    // Objects
    #"{"asd":"sdf", "dfg":"fgh"}"#, #"{"asd":"sdf"}"#, #"{"a":"b","a":"c"}"#, #"{"a":"b","a":"b"}"#,
    "{}", #"{"":0}"#,
    #"{"foo\u0000bar": 42}"#, #"{ "min": -1.0e+28, "max": 1.0e+28 }"#,
    #"{"x":[{"id": "xx"}], "id": "xx"}"#, #"{"a":[]}"#,
    #"{"title":"\u041f\u043e\u043b"}"#, "{\n\"a\": \"b\"\n}", #"{ "a" : 1 }"#,
    #"{"a":{"a":{"a":{}}}}"#, "{\t}",
    // Strings
    #"["\u0060\u012a\u12AB"]"#, #"["\uD801\udc37"]"#, #"["\ud83d\ude39\ud83d\udc8d"]"#,
    #"["\"\\\/\b\f\n\r\t"]"#,
    #"["\\u0000"]"#, #"["\""]"#, #"["a/*b*/c/*d//e"]"#, #"["\\a"]"#, #"["\\n"]"#, #"["\u0012"]"#,
    #"["\uFFFF"]"#,
    #"["asd"]"#, #"[ "asd"]"#, #"["\uDBFF\uDFFF"]"#, #"["new\u00A0line"]"#, "[\"\u{10FFFF}\"]",
    "[\"\u{FFFF}\"]",
    #"["\u0000"]"#, #"["\u002c"]"#, "[\"\u{3C0}\"]", "[\"\u{1BFFF}\"]", "[\"asd \"]", #"" ""#,
    #"["\uD834\uDd1e"]"#,
    #"["\u0821"]"#, #"["\u0123"]"#, "[\"\u{2028}\"]", "[\"\u{2029}\"]",
    #"["\u0061\u30af\u30EA\u30b9"]"#, "[\"new\u{7f}line\"]",
    #"["\uA66D"]"#, #"["\uDBFF\uDFFE"]"#, #"["\u200B"]"#, #"["\u2064"]"#, #"["\uFDD0"]"#,
    #"["\uFFFE"]"#, #"["\u0022"]"#,
    #"["€𝄞"]"#, "[\"\u{7F}\"]", "[\"a\u{7f}a\"]", #""""#, #""\/""#, "\"\u{FEFF}\"", "\"\u{0300}e\"",
    // At the top level, and literals
    "false", "42", "-0.1", "null", #""asd""#, "true", #""""#, "[\"a\"]\n", "[true]", " [] ",
    " \t\n\r0\r\n\t ", "[true,false,null]",
  ]

  static let invalid: [(String, JSONSyntaxError.Reason)] = [
    // Arrays
    ("[1 true]", .unexpectedCharacter), (#"["": 1]"#, .unexpectedCharacter),
    (#"[""],"#, .trailingData),
    ("[,1]", .unexpectedCharacter), ("[1,,2]", .unexpectedCharacter),
    (#"["x",,]"#, .unexpectedCharacter),
    (#"["x"]]"#, .trailingData), (#"["",]"#, .unexpectedCharacter), (#"["x""#, .unexpectedEnd),
    ("[x", .unexpectedCharacter),
    ("[3[4]]", .unexpectedCharacter), ("[1:2]", .unexpectedCharacter),
    ("[,]", .unexpectedCharacter), ("[-]", .invalidNumber),
    ("[   , \"\"]", .unexpectedCharacter), ("[\"a\",\n4\n,1,", .unexpectedEnd),
    ("[1,]", .unexpectedCharacter),
    ("[\"\u{b}a\"\\f]", .controlCharacter), ("[*]", .unexpectedCharacter),
    (#"["""#, .unexpectedEnd), ("[1,", .unexpectedEnd),
    ("[1,\n1\n,1", .unexpectedEnd), ("[{}", .unexpectedEnd), ("[fals]", .invalidLiteral),
    ("[nul]", .invalidLiteral),
    ("[tru]", .invalidLiteral), ("[True]", .unexpectedCharacter), ("[NULL]", .unexpectedCharacter),
    ("[", .unexpectedEnd),
    ("[}", .unexpectedCharacter), ("[\u{c}]", .unexpectedCharacter),
    ("[\"a\" \"b\"]", .unexpectedCharacter),
    ("]", .unexpectedCharacter), ("[a]", .unexpectedCharacter),
    ("[undefined]", .unexpectedCharacter),
    // Numbers
    ("[++1234]", .unexpectedCharacter), ("[+1]", .unexpectedCharacter),
    ("[+Inf]", .unexpectedCharacter), ("[-01]", .invalidNumber),
    ("[-1.0.]", .unexpectedCharacter), ("[-2.]", .invalidNumber), ("[-NaN]", .invalidNumber),
    ("[.-1]", .unexpectedCharacter),
    ("[.2e-3]", .unexpectedCharacter), ("[0.1.2]", .unexpectedCharacter),
    ("[0.3e+]", .invalidNumber), ("[0.3e]", .invalidNumber),
    ("[0.e1]", .invalidNumber), ("[0E+]", .invalidNumber), ("[0E]", .invalidNumber),
    ("[0e+]", .invalidNumber), ("[0e]", .invalidNumber),
    ("[1.0e+]", .invalidNumber), ("[1.0e-]", .invalidNumber), ("[1.0e]", .invalidNumber),
    ("[1 000.0]", .unexpectedCharacter),
    ("[1eE2]", .invalidNumber), ("[2.e+3]", .invalidNumber), ("[2.e-3]", .invalidNumber),
    ("[2.e3]", .invalidNumber),
    ("[9.e+]", .invalidNumber), ("[Inf]", .unexpectedCharacter), ("[NaN]", .unexpectedCharacter),
    ("[\u{FF11}]", .byteOrderMark),
    ("[1+2]", .unexpectedCharacter), ("[0x1]", .unexpectedCharacter),
    ("[0x42]", .unexpectedCharacter),
    ("[Infinity]", .unexpectedCharacter), ("[0e+-1]", .invalidNumber),
    ("[-123.123foo]", .unexpectedCharacter),
    ("[123\u{0}]", .unexpectedCharacter), ("[-Infinity]", .invalidNumber),
    ("[-foo]", .invalidNumber), ("[- 1]", .invalidNumber),
    ("[-012]", .invalidNumber), ("[-.123]", .invalidNumber), ("[1ea]", .invalidNumber),
    ("[1.]", .invalidNumber), ("[.123]", .unexpectedCharacter),
    ("[1.2a-3]", .unexpectedCharacter), ("[1.8011670033376514H-308]", .unexpectedCharacter),
    ("[012]", .invalidNumber), ("[00]", .invalidNumber),
    ("01", .invalidNumber), ("-", .unexpectedEnd), ("1.", .unexpectedEnd), ("1e", .unexpectedEnd),
    ("1e+", .unexpectedEnd), ("[1_000]", .unexpectedCharacter),
    ("[1n]", .unexpectedCharacter), ("[1f]", .unexpectedCharacter), ("--1", .invalidNumber),
    // Objects
    (#"["x", truth]"#, .invalidLiteral), (#"{[: "x"}"#, .unexpectedCharacter),
    (#"{"x", null}"#, .unexpectedCharacter),
    (#"{"x"::"b"}"#, .unexpectedCharacter), (#"{"a":"a" 123}"#, .unexpectedCharacter),
    (#"{key: 'value'}"#, .unexpectedCharacter),
    (#"{"a" b}"#, .unexpectedCharacter), (#"{:"b"}"#, .unexpectedCharacter),
    (#"{"a" "b"}"#, .unexpectedCharacter),
    (#"{"a":"#, .unexpectedEnd), (#"{"a""#, .unexpectedEnd), ("{1:1}", .unexpectedCharacter),
    ("{9999E9999:1}", .unexpectedCharacter),
    ("{null:null,null:null}", .unexpectedCharacter), (#"{"id":0,,,,,}"#, .unexpectedCharacter),
    ("{'a':0}", .unexpectedCharacter),
    (#"{"id":0,}"#, .unexpectedCharacter), (#"{"a":"b"}/**/"#, .trailingData),
    (#"{"a":"b"}//"#, .trailingData),
    (#"{"a":"b"}#"#, .trailingData), (#"{"a":"b",,"c":"d"}"#, .unexpectedCharacter),
    (#"{a: "b"}"#, .unexpectedCharacter),
    (#"{"a":"a"#, .unexpectedEnd), (#"{ "foo" : "bar", "a" }"#, .unexpectedCharacter),
    (#"{"a":"b"}#{}"#, .trailingData),
    ("{", .unexpectedEnd), (#"{"a":/*comment*/"b"}"#, .unexpectedCharacter),
    (#"{"a": true} "x""#, .trailingData), ("{,}", .unexpectedCharacter),
    (#"{"a":}"#, .unexpectedCharacter), ("{]", .unexpectedCharacter), ("}", .unexpectedCharacter),
    (#"{"a":1 "b":2}"#, .unexpectedCharacter),
    // Strings
    (#"["\uD800\"]"#, .loneSurrogate), (#"["\uD800\u"]"#, .invalidEscape),
    (#"["\uD800\u1"]"#, .invalidEscape),
    (#"["\uD800\u1x"]"#, .invalidEscape), (#"["\uDADA"]"#, .loneSurrogate),
    (#"["\uD888\u1234"]"#, .loneSurrogate),
    (#"["\uDd1e\uD834"]"#, .loneSurrogate), (#"["\uDFAA"]"#, .loneSurrogate),
    (#"["\uD800abc"]"#, .loneSurrogate), (#"["\uD800\n"]"#, .loneSurrogate),
    (#"["\uD800\uD800\n"]"#, .loneSurrogate), (#"{"\uDFAA":0}"#, .loneSurrogate),
    ("[\u{e9}]", .unexpectedCharacter), (#"["\x00"]"#, .invalidEscape),
    (#"["\"]"#, .unexpectedEnd), ("[\"\\\t\"]", .invalidEscape), ("[\"\\🌀\"]", .invalidEscape),
    (#"["\\\"]"#, .unexpectedEnd),
    (#"["\u00A"]"#, .invalidEscape), (#"["\uD834\uDd"]"#, .invalidEscape),
    (#"["\a"]"#, .invalidEscape), (#"["\uqqqq"]"#, .invalidEscape),
    (#"["\U0041"]"#, .invalidEscape), (#"["\'"]"#, .invalidEscape), (#"["\0"]"#, .invalidEscape),
    (#"["\101"]"#, .invalidEscape),
    (#"["\u{41}"]"#, .invalidEscape), (#"["\u 041"]"#, .invalidEscape),
    (#"["\u-041"]"#, .invalidEscape), (#"["\u+041"]"#, .invalidEscape),
    (#"[\u0020"asd"]"#, .unexpectedCharacter), (#"[\n]"#, .unexpectedCharacter),
    (#"""#, .unexpectedEnd), ("['single quote']", .unexpectedCharacter),
    ("abc", .unexpectedCharacter), (#"["\"#, .unexpectedEnd), ("[\"a\u{0}a\"]", .controlCharacter),
    ("[\"new\nline\"]", .controlCharacter),
    ("[\"\t\"]", .controlCharacter), ("[\"\u{1f}\"]", .controlCharacter),
    (#""\UA66D""#, .invalidEscape), (#"""x"#, .trailingData),
    // At the top level, and literals
    ("<.>", .unexpectedCharacter), ("[<null>]", .unexpectedCharacter), ("[1]x", .trailingData),
    ("[1]]", .trailingData),
    (#"["asd]"#, .unexpectedEnd), ("aå", .unexpectedCharacter), ("[True", .unexpectedCharacter),
    (#"{"a":"b"#, .unexpectedEnd), ("1]", .unexpectedCharacter),
    ("{}}", .trailingData), ("{]", .unexpectedCharacter), ("[{}", .unexpectedEnd),
    ("[\"", .unexpectedEnd), ("[][]", .trailingData), ("*", .unexpectedCharacter),
    (#"{"":"#, .unexpectedEnd), (#"{"a":"b"}#"#, .trailingData), ("[\\", .unexpectedCharacter),
    ("", .unexpectedEnd), (" ", .unexpectedEnd), ("\n", .unexpectedEnd),
    ("nulll", .trailingData), ("truefalse", .trailingData), ("1 2", .trailingData),
    ("1true", .unexpectedCharacter), ("tru", .unexpectedEnd), ("t", .unexpectedEnd),
    ("[\u{2060}]", .unexpectedCharacter), ("\u{feff}{}", .byteOrderMark),
    ("\u{feff}", .byteOrderMark), ("[\u{a0}1]", .unexpectedCharacter),
    ("\u{c}[]", .unexpectedCharacter), ("\u{b}[]", .unexpectedCharacter),
    ("/**/[]", .unexpectedCharacter), ("[]/**/", .trailingData), ("\u{0}[]", .unexpectedCharacter),
    ("[]\u{0}", .trailingData), ("[1,/*x*/2]", .unexpectedCharacter),
    ("# x\n1", .unexpectedCharacter), ("(1)", .unexpectedCharacter),
  ]

  /// Not UTF-8, inside of a string.
  static let notUTF8: [[UInt8]] = [
    [0x80], [0xbf], [0xc0, 0xaf], [0xc1, 0xbf], [0xc3], [0xc3, 0x28], [0xe0, 0x80, 0xaf],
    [0xe0, 0x9f, 0xbf], [0xe2, 0x82],
    [0xe2, 0x28, 0xa1], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0xaf],
    [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x9f, 0x98],
    [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xfc, 0x83, 0xbf, 0xbf, 0xbf, 0xbf],
    [0xfe], [0xff], [0xff, 0xfe], [0xe9], [0xe0, 0xff], [0xf0, 0x9f, 0x98, 0x22],
  ]

  @Test(arguments: valid) func accepts(_ text: String) {
    #expect(fault(text) == nil)
  }

  @Test(arguments: invalid) func refuses(_ text: String, _ reason: JSONSyntaxError.Reason) {
    #expect(fault(text)?.reason == reason)
  }

  @Test(arguments: notUTF8) func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
    let quote = [UInt8(ascii: "\"")]
    #expect(fault(quote + bytes + quote)?.reason == .invalidUTF8)
    #expect(fault([UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")]) != nil)
  }

  @Test func acceptsEveryScalar() throws {
    for value in stride(from: UInt32(0x20), through: 0x10ffff, by: 37) {
      guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
      let document = try JSONDocument(parsing: "\"\(Character(scalar))\"")
      #expect(document.root.string?.unicodeScalars.first == scalar)
    }
  }

  @Test func refusesControlCharactersInStrings() {
    for byte in UInt8(0)..<0x20 {
      #expect(fault([0x22, byte, 0x22])?.reason == .controlCharacter)
    }
    #expect(fault([0x22, 0x7f, 0x22]) == nil)
  }

  @Test func whiteSpaceIsFourBytesOnly() {
    for byte in UInt8.min...UInt8.max {
      let isSpace = [0x20, 0x09, 0x0a, 0x0d].contains(byte)
      #expect((fault([byte] + Array("[]".utf8)) == nil) == isSpace)
      #expect((fault(Array("[".utf8) + [byte] + Array("null]".utf8)) == nil) == isSpace)
    }
  }

  @Test func depthIsLimited() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(fault(nested(64)) == nil)
    #expect(fault(nested(65)) == JSONSyntaxError(reason: .nestingTooDeep, offset: 64))
    #expect(fault(String(repeating: #"{"a":"#, count: 65))?.reason == .nestingTooDeep)
    #expect(fault(String(repeating: "[", count: 100_000))?.reason == .nestingTooDeep)
    #expect(fault("[[1]]", limits: JSONLimits(maxDepth: 1))?.reason == .nestingTooDeep)
    #expect(fault("[1]", limits: JSONLimits(maxDepth: 1)) == nil)
  }

  @Test func sizeIsLimited() {
    #expect(fault("[1,2]", limits: JSONLimits(maxBytes: 5)) == nil)
    #expect(fault("[1,2]", limits: JSONLimits(maxBytes: 4))?.reason == .tooLarge)
  }

  @Test func offsetsPointAtTheFault() {
    #expect(fault("[1,x]")?.offset == 3)
    #expect(fault(#"{"a":"\q"}"#)?.offset == 6)
    #expect(fault([0x22, 0x61, 0xff])?.offset == 2)
    #expect(fault("[] x")?.offset == 3)
  }
}
