import JSONRPC
import Testing

@Suite struct EncoderTests {
  func encode(_ value: some Encodable) throws -> String {
    text(try JSONValueEncoder().encode(value))
  }

  @Test func structs() throws {
    let patient = CreatePatient(
      fullName: "Ana \"A\"\n", emergencyContact: Contact(name: "B", phone: nil),
      chronicConditions: [],
      items: [Line(medicineID: ID(4), quantity: -3)], priority: .urgent, isActive: true)
    #expect(
      try encode(patient)
        == #"{"full_name":"Ana \"A\"\n","date_of_birth":null,"emergency_contact":{"name":"B","phone":null},"chronic_conditions":[],"items":[{"medicine_id":4,"quantity":-3}],"priority":"URGENT","is_active":true,"version":null}"#
    )
    #expect(try encode(Nothing()) == "{}")
    #expect(try encode([Nothing(), Nothing()]) == "[{},{}]")
    #expect(try encode(["a": Nothing()]) == #"{"a":{}}"#)
  }

  @Test func whatIsJSONAlreadyIsNotWrittenAgain() throws {
    struct Ready: EncodedJSON {
      let json: RawJSON
    }
    let ready = Ready(json: RawJSON(bytes: Array(#"{"a":1}"#.utf8)))
    #expect(try encode(ready) == #"{"a":1}"#)
    #expect(try encode([ready, ready]) == #"[{"a":1},{"a":1}]"#)
  }

  @Test func bytesAreRepairedWhereTheyAreNoUTF8() {
    func written(_ bytes: [UInt8]) -> String {
      var json = JSONWriter()
      json.beginObject()
      json.key(bytes.span)
      json.string(bytes.span)
      json.endObject()
      return text(json.finish())
    }
    #expect(written(Array("é\n\"".utf8)) == #"{"é\n\"":"é\n\""}"#)
    #expect(written([0x61, 0xC3]) == "{\"a\u{FFFD}\":\"a\u{FFFD}\"}")
    #expect(written([0xFF, 0x22]) == "{\"\u{FFFD}\\\"\":\"\u{FFFD}\\\"\"}")
  }

  @Test func scalarsAndContainers() throws {
    #expect(try encode(1) == "1")
    #expect(try encode("é\u{1}") == #""é\u0001""#)
    #expect(try encode(Int?.none) == "null")
    #expect(try encode([1, nil, 3]) == "[1,null,3]")
    #expect(try encode([[1], [], [2, 3]]) == "[[1],[],[2,3]]")
    #expect(try encode(["patientID": true]) == #"{"patientID":true}"#)
    #expect(try encode([1.5, 2]) == "[1.5,2]")
    #expect(try encode(Float(0.1)) == "0.1")
    #expect(try encode(Level.high) == #""high""#)
    #expect(try encode(UInt64.max) == "18446744073709551615")
    #expect(try encode(JSONDocument(parsing: "[1, 2]").root) == "[1, 2]")
    #expect(
      try encode([RawJSON(bytes: Array("{}".utf8)), RawJSON(bytes: Array("1".utf8))]) == "[{},1]")
    #expect(throws: EncodingError.self) { try encode(Double.infinity) }
    #expect(throws: EncodingError.self) { try encode([Double.nan]) }
  }

  struct AllKinds: Codable, Equatable {
    var i8: Int8 = -1, i16: Int16 = -2, i32: Int32 = -3, i64: Int64 = -4, u: UInt = 5,
      u8: UInt8 = 6, u16: UInt16 = 7
    var u32: UInt32 = 8, u64: UInt64 = 9, f: Float = 0.5, d = 0.25, b = false
    var oi8: Int8?, oi16: Int16?, oi32: Int32?, oi64: Int64?, ou: UInt?, ou8: UInt8?, ou16: UInt16?
    var ou32: UInt32?, ou64: UInt64?, of: Float?, od: Double?, ob: Bool?, os: String?, oi: Int?
  }

  @Test func everyKindOfPropertyRoundTrips() throws {
    var all = AllKinds()
    #expect(
      try encode(all)
        == #"{"i8":-1,"i16":-2,"i32":-3,"i64":-4,"u":5,"u8":6,"u16":7,"u32":8,"u64":9,"f":0.5,"d":0.25,"b":false,"oi8":null,"oi16":null,"oi32":null,"oi64":null,"ou":null,"ou8":null,"ou16":null,"ou32":null,"ou64":null,"of":null,"od":null,"ob":null,"os":null,"oi":null}"#
    )
    all.oi8 = 1
    all.oi16 = 2
    all.oi32 = 3
    all.oi64 = .min
    all.ou = 5
    all.ou8 = 6
    all.ou16 = 7
    all.ou32 = 8
    all.ou64 = .max
    all.of = 0.1
    all.od = 0.1
    all.ob = true
    all.os = ""
    all.oi = .max
    let document = try JSONDocument(parsing: encode(all))
    #expect(try JSONValueDecoder().decode(AllKinds.self, from: document.root) == all)
  }

  struct Flat: Encodable {
    enum CodingKeys: CodingKey { case before, list, deep, after, nothing }
    enum DeepKeys: CodingKey { case innerKey, more }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(1, forKey: .before)
      try Contact(name: "x", phone: nil).encode(to: encoder)
      var list = container.nestedUnkeyedContainer(forKey: .list)
      try list.encode(1)
      var inner = list.nestedUnkeyedContainer()
      try inner.encode("a")
      var object = list.nestedContainer(keyedBy: DeepKeys.self)
      try object.encode(2, forKey: .innerKey)
      try list.encodeNil()
      var deep = container.nestedContainer(keyedBy: DeepKeys.self, forKey: .deep)
      _ = deep.nestedUnkeyedContainer(forKey: .more)
      try container.encodeNil(forKey: .nothing)
      try container.encode(Priority.routine, forKey: .after)
    }
  }

  @Test func containersCloseThemselves() throws {
    #expect(
      try encode([Flat()])
        == #"[{"before":1,"name":"x","phone":null,"list":[1,["a"],{"inner_key":2},null],"deep":{"more":[]},"nothing":null,"after":"ROUTINE"}]"#
    )
  }

  indirect enum Chain: Encodable {
    case end
    case link(Chain)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      if case .link(let next) = self { try container.encode(next) }
    }
  }

  @Test func deepValues() throws {
    var chain = Chain.end
    for _ in 0..<199 { chain = .link(chain) }
    #expect(
      try encode(chain) == String(repeating: "[", count: 200) + String(repeating: "]", count: 200))
    #expect(try encode([chain, .end]).hasSuffix("],[]]"))
  }

  struct Failing: Encodable {
    struct Fault: Error {}
    func encode(to encoder: any Encoder) throws { throw Fault() }
  }

  @Test func errorsComeThrough() throws {
    #expect(throws: Failing.Fault.self) { try encode(["a": Failing()]) }
    var writer = JSONWriter()
    writer.beginArray()
    try JSONValueEncoder().encode(Contact(name: "x", phone: nil), into: &writer)
    try JSONValueEncoder().encode(2, into: &writer)
    writer.endArray()
    #expect(text(writer.finish()) == #"[{"name":"x","phone":null},2]"#)
  }

  @Test func whatIsEncodedDecodesAgain() throws {
    var random = RandomJSON(seed: 11)
    for _ in 0..<500 {
      let patient = CreatePatient(
        fullName: random.string(),
        emergencyContact: random.number(0..<2) == 0
          ? nil : Contact(name: random.string(), phone: random.string()),
        chronicConditions: (0..<random.number(0..<4)).map { _ in random.string() },
        items: (0..<random.number(0..<4)).map {
          Line(medicineID: ID($0 + 1), quantity: random.number(-5..<1_000_000))
        },
        priority: random.pick([nil, .urgent, .routine]), isActive: random.pick([nil, true, false]))
      let document = try JSONDocument(parsing: encode(patient))
      #expect(try JSONValueDecoder().decode(CreatePatient.self, from: document.root) == patient)
    }
  }
}
