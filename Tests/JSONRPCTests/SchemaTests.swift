import JSONRPC
import Testing

@Suite struct SchemaTests {
  func schema<T: Decodable>(_ type: T.Type, _ use: SchemaRecorder.Use = .result) throws -> String {
    text(try SchemaRecorder.schema(of: type, as: use).json)
  }

  @Test func leaves() throws {
    #expect(try schema(Int.self) == #"{"type":"integer"}"#)
    #expect(try schema(String.self) == #"{"type":"string"}"#)
    #expect(try schema(Bool.self) == #"{"type":"boolean"}"#)
    #expect(try schema(Double.self) == #"{"type":"number"}"#)
    #expect(try schema(UInt8.self) == #"{"type":"integer","minimum":0,"maximum":255}"#)
    #expect(try schema(Int?.self) == #"{"type":["integer","null"]}"#)
    #expect(try schema([Int?].self) == #"{"type":"array","items":{"type":["integer","null"]}}"#)
    #expect(
      try schema([String: Int].self)
        == #"{"type":"object","additionalProperties":{"type":"integer"}}"#)
    #expect(
      try schema([String: [Contact]].self).contains(#""additionalProperties":{"type":"array""#))
    #expect(try schema(Priority.self) == #"{"type":"string","enum":["ROUTINE","URGENT"]}"#)
    #expect(try schema(Level.self) == #"{"type":"string","enum":["low","high"]}"#)
    #expect(try schema(Level?.self) == #"{"type":["string","null"],"enum":["low","high",null]}"#)
    #expect(try schema(JSONValue.self) == "{}")
    #expect(try schema(LocalDate.self) == #"{"type":"string","format":"date"}"#)
    #expect(
      try schema(Money?.self)
        == #"{"anyOf":[{"type":"string","pattern":"^[0-9]+(\\.[0-9]{1,2})?$","examples":["12.50"]},{"type":"null"}]}"#
    )
    #expect(try schema(ID<Line>.self) == #"{"type":"integer","minimum":1}"#)
    #expect(try schema(Nothing.self) == #"{"type":"object"}"#)
  }

  @Test func structs() throws {
    #expect(
      try schema(Contact.self)
        == #"{"type":"object","properties":{"name":{"type":"string"},"phone":{"type":["string","null"]}},"required":["name","phone"]}"#
    )
    #expect(
      try schema(Contact.self, .params)
        == #"{"type":"object","properties":{"name":{"type":"string"},"phone":{"type":["string","null"]}},"required":["name"],"additionalProperties":false}"#
    )
    let patient = try SchemaRecorder.schema(of: CreatePatient.self, as: .params)
    #expect(
      patient.properties.map(\.name) == [
        "full_name", "date_of_birth", "emergency_contact", "chronic_conditions", "items",
        "priority", "is_active", "version",
      ])
    #expect(patient.properties.filter(\.isRequired).map(\.name) == ["full_name"])
    #expect(
      text(patient.properties[4].schema.json)
        == #"{"type":["array","null"],"items":{"type":"object","properties":{"medicine_id":{"type":"integer","minimum":1},"quantity":{"type":"integer"}},"required":["medicine_id","quantity"],"additionalProperties":false}}"#
    )
  }

  struct Page<Item: Codable>: Codable {
    var items: [Item]
    var nextCursor: String?
    var amount: Money
    var byLevel: [String: Contact]
    var set: Set<Int>
  }

  @Test func genericsAndNesting() throws {
    let page = try SchemaRecorder.schema(of: Page<Contact>.self)
    #expect(page.properties.map(\.name) == ["items", "next_cursor", "amount", "by_level", "set"])
    #expect(page.properties.filter(\.isRequired).count == 5)
    #expect(
      text(page.properties[3].schema.json).contains(#""additionalProperties":{"type":"object""#))
    #expect(page.properties[4].schema == .array(of: .integer()))
  }

  struct Patching: Codable {
    var id: Int
    var phone: Patch<String>
    var contact: Patch<Contact>
  }

  @Test func patchesAreNotRequired() throws {
    let params = try MethodParams(Patching.self)
    #expect(params.fields.map(\.isRequired) == [true, false, false])
    #expect(params.field(named: "phone")?.schema == .nullable(.string))
  }

  struct Stubborn: Decodable, JSONSchemaRepresentable {
    static var jsonSchema: JSONSchema { .string() }
    init(from decoder: any Decoder) throws {
      throw InvalidValue(reason: .malformed, message: "never")
    }
  }

  struct Tree: Codable {
    var children: [Tree]
  }

  struct HandWritten: Decodable {
    init(from decoder: any Decoder) throws {
      throw InvalidValue(reason: .malformed, message: "never")
    }
  }

  @Test func typesWithoutASchemaAreNamed() throws {
    func error<T: Decodable>(_ type: T.Type) throws -> String {
      do {
        return try schema(type)
      } catch let error as SchemaError {
        return error.description
      }
    }
    #expect(try error(Stubborn.self).contains("Stubborn: refuses the sample \"example\""))
    #expect(try error([Stubborn?].self).contains("array"))
    #expect(try error(Tree.self).contains("is part of itself"))
    #expect(try error(HandWritten.self).contains("HandWritten: cannot be recorded"))
  }

  @Test func annotations() throws {
    let schema = JSONSchema.object(
      [
        .init(
          name: "a", schema: .integer(minimum: 1, maximum: 9).described("one to nine").example("3")),
        .init(
          name: "b", schema: .anyOf([.string(minLength: 1, maxLength: 5), .null]), isRequired: false
        ),
        .init(name: "c", schema: .nullable(.string().described("text")), isRequired: false),
        .init(name: "d", schema: .array(of: .any, minItems: 1, maxItems: 2), isRequired: false),
      ], isClosed: true)
    #expect(
      text(schema.json)
        == #"{"type":"object","properties":{"a":{"type":"integer","minimum":1,"maximum":9,"description":"one to nine","examples":[3]},"b":{"anyOf":[{"type":"string","minLength":1,"maxLength":5},{"type":"null"}]},"c":{"anyOf":[{"type":"string","description":"text"},{"type":"null"}]},"d":{"type":"array","items":{},"minItems":1,"maxItems":2}},"required":["a"],"additionalProperties":false}"#
    )
    #expect(JSONSchema.nullable(.nullable(.string)) == .nullable(.string))
  }

  @Test func values() throws {
    let result = try SchemaRecorder.schema(of: CreatePatient.self)
    let params = try SchemaRecorder.schema(of: CreatePatient.self, as: .params)
    func mismatch(_ schema: JSONSchema, _ text: String) throws -> String? {
      schema.mismatch(try JSONDocument(parsing: text).root)
    }
    let patient = CreatePatient(
      fullName: "x", emergencyContact: Contact(name: "y"),
      items: [Line(medicineID: ID(1), quantity: 2)])
    let full = text(try JSONValueEncoder().encode(patient))
    #expect(try mismatch(result, full) == nil)
    #expect(try mismatch(params, full) == nil)
    #expect(try mismatch(params, #"{"full_name":"x"}"#) == nil)
    #expect(try mismatch(result, #"{"full_name":"x"}"#) == "date_of_birth: missing")
    #expect(try mismatch(params, #"{"full_name":1}"#) == "full_name: must be a string")
    #expect(try mismatch(params, #"{"full_name":"x","y":1}"#) == "y: is not in the schema")
    #expect(
      try mismatch(
        params, #"{"full_name":"x","items":[{"medicine_id":1,"quantity":1},{"medicine_id":0}]}"#)
        == "items[1].quantity: missing")
    #expect(
      try mismatch(params, #"{"full_name":"x","items":[{"medicine_id":0,"quantity":1}]}"#)
        == "items[0].medicine_id: is out of range")
    #expect(
      try mismatch(params, #"{"full_name":"x","priority":"x"}"#)
        == "priority: is none of [\"ROUTINE\", \"URGENT\"]")
    #expect(try mismatch(params, "[]") == "must be an object")
    #expect(try mismatch(.dictionary(of: .boolean), #"{"a":true,"b":1}"#) == "b: must be a boolean")
    #expect(
      try mismatch(.array(of: .any, maxItems: 1), "[1,2]")
        == "has a number of items that is not allowed")
    #expect(try mismatch(.string(minLength: 2), "\"é\"") == "has a length that is not allowed")
    #expect(try mismatch(.anyOf([.null, .string]), "1") == "fits no alternative")
    #expect(try mismatch(.anyOf([.null, .string]), "null") == nil)
    #expect(try mismatch(.integer(), "1.5") == "must be an integer")
    #expect(try mismatch(.integer(), "1e2") == nil)
    #expect(try mismatch(.number, "\"1\"") == "must be a number")
  }
}
