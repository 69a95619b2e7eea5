import Testing

@testable import clinicctl

@Suite struct ClinicctlParamsTests {
  private func json(_ arguments: String...) throws -> String? {
    try Params(arguments) { path in Array("content of \(path)\n".utf8) }.json
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func noParams() throws { #expect(try json() == nil) }

  @Test func valuesThatAreJSONAndValuesThatAreNot() throws {
    #expect(
      try json("limit=5", "enabled=true", "doctor_id=null", "search=ana lópez")
        == #"{"limit":5,"enabled":true,"doctor_id":null,"search":"ana lópez"}"#)
    #expect(
      try json("date=2026-01-31", "at=08:30", "phone=0712345", "mobile=+34 600", "amount=12.50")
        == #"{"date":"2026-01-31","at":"08:30","phone":"0712345","mobile":"+34 600","amount":12.50}"#
    )
    #expect(try json("empty=", "quoted=\"5\"", "a==b") == #"{"empty":"","quoted":"5","a":"=b"}"#)
    #expect(try json("list=[1,2]", "x=[1,2") == #"{"list":[1,2],"x":"[1,2"}"#)
  }

  @Test func forcedJSON() throws {
    #expect(
      try json("items:=[{\"id\": 3}]", "code:=\"007\"") == #"{"items":[{"id": 3}],"code":"007"}"#)
    #expect(throws: Params.Invalid.self) { try json("code:=007") }
  }

  @Test func files() throws {
    #expect(try json("note=@note.txt") == #"{"note":"content of note.txt"}"#)
    #expect(throws: Params.Invalid.self) { try json("note:=@note.txt") }
    let params = try Params(["items:=@-"]) { $0 == "-" ? Array(" [1, 2] ".utf8) : [] }
    #expect(params.json == Array(#"{"items":[1, 2]}"#.utf8))
    #expect(throws: Params.Invalid.self) { try Params(["note=@x"]) { _ in [0xff] } }
  }

  @Test func membersOfMembers() throws {
    #expect(
      try json("emergency_contact.phone=0712", "id=1", "emergency_contact.name=Ana")
        == #"{"emergency_contact":{"phone":"0712","name":"Ana"},"id":1}"#)
    #expect(throws: Params.Invalid.self) { try json("a=1", "a.b=2") }
    #expect(throws: Params.Invalid.self) { try json("a.b=1", "a.b=2") }
  }

  @Test func wholeParams() throws {
    #expect(try json(#"{"id": 1}"#) == #"{"id": 1}"#)
    #expect(try json("[1]") == "[1]")
    let read = try Params(["-"]) { _ in Array(" {\"a\":1}\n".utf8) }
    #expect(read.json == Array(#"{"a":1}"#.utf8))
    #expect(throws: Params.Invalid.self) { try json("{") }
    #expect(throws: Params.Invalid.self) { try json("{}", "a=1") }
  }

  @Test(arguments: ["limit", "=5", ".a=1", "a.=1", ":=1"])
  func whatIsNoPair(_ argument: String) {
    #expect(throws: Params.Invalid.self) { try json(argument) }
  }

  @Test func aNumberThatShouldHaveBeenText() throws {
    var params = try Params(["phone=712345678", "contact.phone=7", "n:=5", "name=ana"]) { _ in [] }
    let isChanged = ["phone", "contact.phone", "phone", "n", "name", "contact", "other"].map {
      params.makeText(of: $0)
    }
    #expect(isChanged == [true, true, false, false, false, false, false])
    #expect(
      params.json
        == Array(#"{"phone":"712345678","contact":{"phone":"7"},"n":5,"name":"ana"}"#.utf8))
  }
}
