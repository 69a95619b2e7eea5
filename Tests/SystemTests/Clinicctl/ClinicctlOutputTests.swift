import JSONRPC
import Testing

@testable import clinicctl

@Suite struct ClinicctlOutputTests {
  private func render(_ json: String, width: Int? = nil) throws -> String {
    ResultRenderer(width: width).lines(try JSONDocument(parsing: json).root)
      .joined(separator: "\n")
  }

  @Test func aListIsATable() throws {
    let json = #"""
      {"items":[
        {"id":1,"full_name":"Ana","room":null,"fee":"9.50","enabled":true},
        {"id":12,"full_name":"Bartholomäus","room":null,"fee":"112.00","enabled":false}],
       "next_cursor":"12"}
      """#
    #expect(
      try render(json) == """
        ID  FULL NAME        FEE  ENABLED
         1  Ana             9.50  yes
        12  Bartholomäus  112.00  no

        There is more: add cursor=12
        """)
  }

  @Test func emptyResults() throws {
    #expect(try render("{}") == "done")
    #expect(try render(#"{"items":[],"next_cursor":null}"#) == "none")
    #expect(try render("[]") == "")
  }

  @Test func anObjectIsLinesOfNameAndValue() throws {
    let json = #"""
      {"id":7,"allergies":["penicillin","nuts"],"notes":[],"contact":{"phone":"0712","name":null},
       "lines":[{"medicine":"A","quantity":2},{"medicine":"B","quantity":10}],"text":"one\ntwo"}
      """#
    #expect(
      try render(json) == """
        id         7
        allergies  penicillin, nuts
        notes      -
        contact
          phone  0712
          name   -
        lines
          MEDICINE  QUANTITY
          A                2
          B               10
        text
          one
          two
        """)
  }

  @Test func aNarrowTerminalCutsTheWidestColumn() throws {
    let json = #"{"items":[{"id":1,"name":"0123456789012345","note":"abcdefgh"}]}"#
    #expect(
      try render(json, width: 20) == """
        ID  NAME     NOTE
         1  012345…  abcdef…
        """)
  }

  @Test func aTableThatNeverFitsIsRecords() throws {
    let json =
      #"{"items":[{"id":1,"name":"Ana Ruiz","note":"abcdefgh"},{"id":2,"name":"B","note":"x"}]}"#
    #expect(
      try render(json, width: 12) == """
        id    1
        name  Ana Ruiz
        note  abcdefgh

        id    2
        name  B
        note  x
        """)
  }

  @Test func instantsAreShort() throws {
    #expect(try render(#"{"at":"2026-01-31T08:30:00.123456Z"}"#) == "at  2026-01-31 08:30:00Z")
    #expect(try render(#"{"at":"2026-01-31T08:30:00Z"}"#) == "at  2026-01-31 08:30:00Z")
    #expect(try render(#"{"a":"2026-01-31T08:30:00 noonZ"}"#) == "a  2026-01-31T08:30:00 noonZ")
  }

  @Test func paramsOfAMethod() throws {
    let json = #"""
      {"name":"x","params":[
        {"name":"name","required":true,"schema":{"type":"string","minLength":1}},
        {"name":"born","required":false,"schema":{"type":["string","null"],"format":"date"}},
        {"name":"sex","required":false,"schema":{"enum":["FEMALE","MALE",null]}},
        {"name":"items","required":true,"schema":{"type":"array","items":{"type":"integer"}}},
        {"name":"price","required":true,"schema":{"oneOf":[{"type":"string"},{"type":"number"}]}},
        {"name":"contact","required":false,"schema":{"anyOf":[
          {"type":"object","properties":{"phone":{"type":"string"}}},{"type":"null"}]}},
        {"name":"anything","required":false,"schema":{}}]}
      """#
    let params = SchemaText.params(of: try JSONDocument(parsing: json).root)
    #expect(
      params.map { "\($0.name): \($0.type)\($0.isRequired ? "!" : "")" } == [
        "name: text!", "born: date", "sex: FEMALE, MALE", "items: list of integer!",
        "price: text or number!", "contact.phone: text", "anything: any",
      ])
  }

  @Test func textCannotMoveTheCursor() throws {
    #expect(
      try render(#"{"name":"a\u001b[2Jb\u0007\u009b\u202e"}"#)
        == #"name  a\u{1b}[2Jb\u{7}\u{9b}\u{202e}"#)
    #expect(Printable.text("a\tb\nc") == "a b c")
    #expect(Printable.text("ñ 你 🙂") == "ñ 你 🙂")
  }

  @Test func widths() {
    #expect(DisplayWidth.of("abc") == 3)
    #expect(DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("你好") == 4)
    #expect(DisplayWidth.of("🙂") == 2)
    #expect(DisplayWidth.of("👩‍⚕️") == 2)
    #expect(DisplayWidth.of("शर्मा") == 4)
    #expect(DisplayWidth.truncate("你好吗", to: 5) == "你好…")
    #expect(DisplayWidth.truncate("你好吗", to: 4) == "你…")
    #expect(DisplayWidth.truncate("abc", to: 3) == "abc")
    #expect(DisplayWidth.truncate("abc", to: 1) == "…")
    #expect(DisplayWidth.truncate("abc", to: 0) == "")
    #expect(DisplayWidth.fit("7", to: 3, atRight: true) == "  7")
  }

  @Test func prettyJSON() throws {
    let value = try JSONDocument(parsing: #"{"a":[1,{"b\n":null}],"c":{},"d":[]}"#).root
    #expect(
      PrettyJSON.text(value) == #"""
        {
          "a": [
            1,
            {
              "b\n": null
            }
          ],
          "c": {},
          "d": []
        }
        """#)
  }

  @Test func anErrorIsToldWithWhatHelps() {
    let error = RPCError(
      .invalidParams, reason: "unknown_param", message: "There is no such param.",
      ["field": "serch", "did_you_mean": "search"])
    #expect(
      Failure.describe(error) == """
        clinicctl: There is no such param.
          reason        unknown_param
          field         serch
          did_you_mean  search
        """)
    #expect(Failure.refused(error).status == 1)
    #expect(Failure.unreachable("").status == 3)
    #expect(Failure.usage("").status == 2)
  }
}
