import Testing

@testable import JSONRPC

@Suite struct DecoderTests {
  func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try JSONValueDecoder().decode(type, from: JSONDocument(parsing: text).root)
  }

  /// `REASON FIELD` of the error; nil when there is none.
  func fault<T: Decodable>(_ type: T.Type, _ text: String) throws -> String? {
    do {
      _ = try decode(type, text)
      return nil
    } catch let error as ParamsError {
      return "\(error.reason.rawValue) \(error.field ?? "-")"
    }
  }

  @Test func everything() throws {
    let patient = try decode(
      CreatePatient.self,
      #"""
      {"full_name":"Ana \"A\" \u00d1","date_of_birth":"1980-02-29","emergency_contact":{"phone":null,"name":"B"},
       "chronic_conditions":["a","b"],"items":[{"medicine_id":1,"quantity":2},{"quantity":3e0,"medicine_id":4}],
       "priority":"URGENT","is_active":false,"version":3}
      """#)
    #expect(patient.fullName == "Ana \"A\" Ñ")
    #expect(patient.dateOfBirth?.text == "1980-02-29")
    #expect(patient.emergencyContact == Contact(name: "B", phone: nil))
    #expect(patient.chronicConditions == ["a", "b"])
    #expect(
      patient.items == [Line(medicineID: ID(1), quantity: 2), Line(medicineID: ID(4), quantity: 3)])
    #expect(patient.priority == .urgent)
    #expect(patient.isActive == false)
    #expect(patient.version?.value == 3)
    let bare = try decode(CreatePatient.self, #"{"full_name":"x","items":null,"priority":null}"#)
    #expect(bare == CreatePatient(fullName: "x"))
  }

  @Test func faultsSayWhere() throws {
    let cases: [(String, String?)] = [
      (#"{"full_name":"x"}"#, nil),
      ("{}", "missing full_name"),
      (#"{"full_name":null}"#, "wrong_type full_name"),
      (#"{"full_name":1}"#, "wrong_type full_name"),
      (#"{"full_name":"a\u0000b"}"#, "malformed full_name"),
      (#"{"full_name":"x","is_active":1}"#, "wrong_type is_active"),
      (#"{"full_name":"x","is_active":"true"}"#, "wrong_type is_active"),
      (#"{"full_name":"x","date_of_birth":"x"}"#, "malformed date_of_birth"),
      (#"{"full_name":"x","date_of_birth":1}"#, "wrong_type date_of_birth"),
      (#"{"full_name":"x","emergency_contact":{}}"#, "missing emergency_contact.name"),
      (#"{"full_name":"x","emergency_contact":[]}"#, "wrong_type emergency_contact"),
      (
        #"{"full_name":"x","emergency_contact":{"name":"x","phone":5}}"#,
        "wrong_type emergency_contact.phone"
      ),
      (
        #"{"full_name":"x","emergency_contact":{"name":"x","fax":5}}"#,
        "unknown_param emergency_contact.fax"
      ),
      (#"{"full_name":"x","chronic_conditions":["a",1]}"#, "wrong_type chronic_conditions[1]"),
      (#"{"full_name":"x","chronic_conditions":"a"}"#, "wrong_type chronic_conditions"),
      (#"{"full_name":"x","chronic_conditions":[null]}"#, "wrong_type chronic_conditions[0]"),
      (
        #"{"full_name":"x","items":[{"medicine_id":1,"quantity":1},{"medicine_id":1}]}"#,
        "missing items[1].quantity"
      ),
      (
        #"{"full_name":"x","items":[{"medicine_id":0,"quantity":1}]}"#,
        "out_of_range items[0].medicine_id"
      ),
      (
        #"{"full_name":"x","items":[{"medicine_id":1,"quantity":1.5}]}"#,
        "wrong_type items[0].quantity"
      ),
      (
        #"{"full_name":"x","items":[{"medicine_id":1,"quantity":1e30}]}"#,
        "out_of_range items[0].quantity"
      ),
      (
        #"{"full_name":"x","items":[{"medicine_id":1,"quantity":"1"}]}"#,
        "wrong_type items[0].quantity"
      ),
      (#"{"full_name":"x","priority":"urgent"}"#, "not_allowed_value priority"),
      (#"{"full_name":"x","priority":2}"#, "wrong_type priority"),
      (#"{"full_name":"x","full_name":"y"}"#, "duplicate_member full_name"),
      (#"{"full_name":"x","extra":1}"#, "unknown_param extra"),
      (#"{"fullName":"x"}"#, "unknown_param fullName"),
      (#"{"full_nam":"x"}"#, "unknown_param full_nam"),
      (#"{"FULL_NAME":"x"}"#, "unknown_param FULL_NAME"),
      (#"{"full_name":"x","":1}"#, "unknown_param "),
      ("[]", "wrong_type -"), ("1", "wrong_type -"), ("null", "wrong_type -"),
      (#""x""#, "wrong_type -"),
    ]
    for (text, wanted) in cases {
      #expect(try fault(CreatePatient.self, text) == wanted, "\(text)")
    }
  }

  @Test func unknownNamesComeWithTheNearest() throws {
    func error(_ text: String) throws -> ParamsError? {
      do {
        _ = try decode(CreatePatient.self, text)
        return nil
      } catch let error as ParamsError {
        return error
      }
    }
    #expect(try error(#"{"fullname":"x"}"#)?.details["did_you_mean"] == "full_name")
    #expect(
      try error(#"{"full_name":"x","emergency_contact":{"nam":"x"}}"#)?.details["did_you_mean"]
        == "name")
    #expect(try error(#"{"full_name":"x","something_else":1}"#)?.details["did_you_mean"] == nil)
    #expect(
      try error(#"{"full_name":"x","priority":"HIGH"}"#)?.details["allowed"] == [
        "ROUTINE", "URGENT",
      ])
    #expect(
      try error(#"{"full_name":"x","items":[{"medicine_id":-1,"quantity":1}]}"#)?.details["limit"]
        == 1)
  }

  @Test func manyMembers() throws {
    let members = (0..<200).map { "\"x\($0)\":\($0)" }
    #expect(
      try fault(CreatePatient.self, "{\"full_name\":\"x\",\(members.joined(separator: ","))}")
        == "unknown_param x0")
    let same = Array(repeating: "\"full_name\":\"x\"", count: 100)
    #expect(
      try fault(CreatePatient.self, "{\(same.joined(separator: ","))}")
        == "duplicate_member full_name")
    let all = try decode([String: Int].self, "{\(members.joined(separator: ","))}")
    #expect(all.count == 200)
    #expect(all["x77"] == 77)
  }

  @Test func clientsMayIgnoreUnknownMembers() throws {
    let decoder = JSONValueDecoder(unknownMembers: .ignore)
    let document = try JSONDocument(parsing: #"{"new":1,"name":"x","phone":null,"deep":{"a":[1]}}"#)
    #expect(try decoder.decode(Contact.self, from: document.root) == Contact(name: "x"))
  }

  @Test func emptyStructs() throws {
    #expect(try decode(Nothing.self, "{}") == Nothing())
    #expect(try fault(Nothing.self, #"{"a":1}"#) == "unknown_param a")
    #expect(try fault(Nothing.self, "1") == "wrong_type -")
  }

  @Test func containersAndScalars() throws {
    #expect(try decode([Int].self, "[1,2,3]") == [1, 2, 3])
    #expect(try decode([Int?].self, "[1,null]") == [1, nil])
    #expect(try decode([[String]].self, #"[["a"],[]]"#) == [["a"], []])
    #expect(
      try decode([String: Bool].self, #"{"A-b":true,"patientID":false}"#) == [
        "A-b": true, "patientID": false,
      ])
    #expect(try decode(Int?.self, "null") == nil)
    #expect(try decode(String.self, #""x""#) == "x")
    #expect(try decode(Bool.self, "true"))
    #expect(try decode(Set<Int>.self, "[1,1]") == [1])
    #expect(try decode(Level.self, #""low""#) == .low)
    #expect(try fault([[Int]].self, "[[1],[2,true]]") == "wrong_type [1][1]")
    #expect(try fault([String: [Int]].self, #"{"a":[1,"x"]}"#) == "wrong_type a[1]")
    #expect(try fault(Level.self, #""x""#) == "not_allowed_value -")
    #expect(try decode(JSONValue.self, #"{"a":[1, 2]}"#).description == #"{"a":[1, 2]}"#)
    #expect(text(try decode([RawJSON].self, "[ 1e5 ]")[0].bytes) == "1e5")
    #expect(try decode(Money.self, "12.50").text == "12.50")
    #expect(try decode(Money.self, #""12.50""#).text == "12.50")
  }

  struct Update: Codable, Equatable {
    var id: Int
    var phone: Patch<String>
    var room: Patch<Int>
  }

  @Test func patches() throws {
    #expect(
      try decode(Update.self, #"{"id":1}"#) == Update(id: 1, phone: .unchanged, room: .unchanged))
    #expect(
      try decode(Update.self, #"{"id":1,"phone":null,"room":2}"#)
        == Update(id: 1, phone: .clear, room: .set(2)))
    #expect(try fault(Update.self, #"{"id":1,"phone":2}"#) == "wrong_type phone")
    #expect(Patch.set(1).applied(to: 2) == 1)
    #expect(Patch<Int>.clear.applied(to: 2) == nil)
    #expect(Patch<Int>.unchanged.applied(to: 2) == 2)
    let encoder = JSONValueEncoder()
    #expect(
      text(try encoder.encode(Update(id: 1, phone: .unchanged, room: .unchanged))) == #"{"id":1}"#)
    #expect(
      text(try encoder.encode(Update(id: 1, phone: .clear, room: .set(2))))
        == #"{"id":1,"phone":null,"room":2}"#)
    #expect(text(try encoder.encode([Patch<Int>.unchanged, .set(1)])) == "[null,1]")
  }

  class Base: Codable {
    var baseID = 1
  }

  final class Derived: Base {
    var own: String

    enum CodingKeys: CodingKey { case own }

    required init(from decoder: any Decoder) throws {
      own = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .own)
      try super.init(from: decoder.container(keyedBy: CodingKeys.self).superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(own, forKey: .own)
      try super.encode(to: container.superEncoder())
    }
  }

  @Test func superclassesShareTheObject() throws {
    let derived = try decode(Derived.self, #"{"own":"x","base_id":5}"#)
    #expect(derived.baseID == 5)
    #expect(text(try JSONValueEncoder().encode(derived)) == #"{"own":"x","base_id":5}"#)
    #expect(try fault(Derived.self, #"{"own":"x","base_id":5,"z":1}"#) == "unknown_param z")
  }

  @Test(
    "nothing is kept of a text that has been decoded or refused",
    arguments: [
      #"{"own":"x","base_id":5}"#, #"{"base_id":5}"#, #"{"own":"x","base_id":5,"z":1}"#, "[]",
    ])
  func lettingGo(_ text: String) throws {
    weak var storage: JSONStorage?
    do {
      let root = try JSONDocument(parsing: text).root
      storage = root.storage
      _ = try? JSONValueDecoder().decode(Derived.self, from: root)
      _ = try? JSONValueDecoder().decode([String: Int].self, from: root)
      #expect(storage != nil)
    }
    #expect(storage == nil)
  }
}
