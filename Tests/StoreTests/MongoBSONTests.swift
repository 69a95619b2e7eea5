import Mongo
import Testing

@Suite struct MongoBSONTests {
  @Test func aDocumentKeepsItsOrderAndItsMembers() {
    var document: BSONDocument = ["z": 1, "a": "x", "n": nil]
    #expect(document.keys == ["z", "a", "n"])
    document["a"] = .int32(5)
    document["z"] = nil
    document["new"] = ["deep": [true, 1.5]]
    #expect(document.keys == ["a", "n", "new"])
    #expect(document["new"]?["deep"]?.arrayValue == [true, 1.5])
    #expect(document["n"]?.isNull == true)
    #expect(document["missing"] == nil)
    #expect(document != ["n": nil, "a": .int32(5), "new": ["deep": [true, 1.5]]])
  }

  @Test func numbersAreReadAcrossTypes() {
    #expect(BSON.double(3).integerValue == 3)
    #expect(BSON.double(3.5).integerValue == nil)
    #expect(BSON.double(.infinity).integerValue == nil)
    #expect(BSON.int32(-1).integerValue == -1)
    #expect(BSON.string("7").integerValue == nil)
  }

  @Test func everyTypeComesBackAsItWasSent() async throws {
    let document: BSONDocument = [
      "_id": "every type", "": "empty name", "string": "Ärztin 👩‍⚕️ \u{0}with NUL", "empty": "",
      "int32": .int32(.min), "int64": .int64(.max), "double": .double(-0.1),
      "nan": .double(.infinity), "true": true, "false": false, "null": nil,
      "date": .date(-62_135_596_800_000), "objectID": .objectID("0123456789abcdef01234567"),
      "decimal": .decimal("12.50"), "binary": .binary([0, 255, 1]), "no bytes": .binary([]),
      "timestamp": .timestamp(seconds: 7, increment: .max),
      "document": ["a": ["b": ["c": []]], "empty": [:]],
      "array": [1, "two", ["three": 3], [4, [5]], nil],
    ]
    try await withMongo { mongo in
      try await mongo.insertMany("types", [document])
      #expect(try await mongo.find("types") == [document])
    }
  }

  @Test func aLongArrayKeepsItsOrder() async throws {
    let numbers = (0..<1_500).map { BSON.int64(Int64($0)) }
    try await withMongo { mongo in
      try await mongo.insertMany("arrays", [["_id": 1, "numbers": .array(numbers)]])
      let found = try await mongo.find("arrays")
      #expect(found.first?["numbers"]?.arrayValue == numbers)
    }
  }

  @Test func whatCannotBeSentIsRefused() async throws {
    var deep: BSON = 1
    for _ in 0..<101 { deep = ["d": deep] }
    let refused: [BSON] = [
      deep, ["na\u{0}me": 1], .objectID("xyz"), .objectID("0123456789abcdef0123456\u{0}"),
      .decimal("twelve"), .unsupported(type: 11), .string(String(repeating: "x", count: 17 << 20)),
    ]
    try await withMongo { mongo in
      for value in refused {
        await #expect(throws: MongoError(.invalidDocument)) {
          try await mongo.insertMany("refused", [["_id": 1], ["_id": 2, "value": value]])
        }
      }
      await #expect(throws: MongoError(.invalidDocument)) { try await mongo.find("no\u{0}name") }
      await #expect(throws: MongoError(.invalidDocument)) { try await mongo.find("") }
    }
  }
}
