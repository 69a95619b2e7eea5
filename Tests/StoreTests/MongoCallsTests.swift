import Dispatch
import TestSupport
import Testing

@testable import Mongo

@Suite struct MongoCallsTests {
  @Test func insertingAgainCountsDuplicatesAndInsertsTheRest() async throws {
    try await withMongo { mongo in
      func documents(_ ids: some Sequence<Int>) -> [BSONDocument] {
        ids.map { ["_id": "entry-\($0)", "number": .int64(Int64($0))] }
      }
      for ordered in [false, true] {
        let name = "entries_\(ordered)"
        let first = try await mongo.insertMany(name, documents(0..<10), ordered: ordered)
        #expect(first == InsertResult(inserted: 10, duplicates: 0))
        let again = try await mongo.insertMany(name, documents(0..<10), ordered: ordered)
        #expect(again == InsertResult(inserted: 0, duplicates: 10))
        let mixed = documents([12, 3, 11, 4, 12, 10])
        let both = try await mongo.insertMany(name, mixed, ordered: ordered)
        #expect(both == InsertResult(inserted: 3, duplicates: 3))
        #expect(try await mongo.count(name) == 13)
      }
      #expect(try await mongo.insertMany("entries", []) == .init(inserted: 0, duplicates: 0))
    }
  }

  @Test func aKeyOfAnotherIndexIsAnError() async throws {
    try await withMongo { mongo in
      try await mongo.createIndexes(
        "visits", [MongoIndex(keys: ["visit_id": 1], unique: true, name: "visit_id")])
      try await mongo.insertMany("visits", [["_id": 1, "visit_id": 7]])
      await #expect(throws: MongoError(.duplicateKey)) {
        try await mongo.insertMany(
          "visits", [["_id": 2, "visit_id": 7], ["_id": 1], ["_id": 3, "visit_id": 8]])
      }
      // The others were inserted all the same.
      #expect(try await mongo.count("visits") == 2)
      await #expect(throws: MongoError(.duplicateKey)) {
        try await mongo.insertNewer(
          "visits", [["_id": 9, "visit_id": 7, "source_version": 1]], by: "source_version")
      }
      // In the place of the third document.
      await #expect(throws: MongoError(.duplicateKey)) {
        try await mongo.insertNewer(
          "visits", [["_id": 3, "visit_id": 7, "source_version": 1]], by: "source_version")
      }
    }
  }

  @Test func anInsertedDocumentReplacesAnOlderOneOnly() async throws {
    try await withMongo { mongo in
      func document(_ id: Int64, _ version: Int64) -> BSONDocument {
        ["_id": .int64(id), "source_version": .int64(version)]
      }
      func versions() async throws -> [Int64?] {
        try await mongo.find("visits", sort: ["_id": 1]).map { $0["source_version"]?.integerValue }
      }
      let first = try await mongo.insertNewer(
        "visits", [document(1, 5), document(2, 5)], by: "source_version")
      #expect(first == ReplaceResult(matched: 0, modified: 0, upserted: 2, superseded: 0))
      let second = try await mongo.insertNewer(
        "visits", [document(1, 4), document(2, 6), document(3, 1), document(1, 5)],
        by: "source_version")
      #expect(second == ReplaceResult(matched: 1, modified: 1, upserted: 1, superseded: 2))
      #expect(try await versions() == [5, 6, 1])
      let none = try await mongo.insertNewer("visits", [], by: "source_version")
      #expect(none == ReplaceResult(matched: 0, modified: 0, upserted: 0, superseded: 0))
      #expect(try await mongo.deleteMany("visits", filter: ["source_version": ["$gt": 1]]) == 2)
      #expect(try await versions() == [1])
    }
  }

  @Test func ofConcurrentVersionsTheNewestStays() async throws {
    try await withMongo { mongo in
      for id in Int64(0)..<30 {
        await withTaskGroup(of: Void.self) { group in
          for version in Int64(1)...4 {
            group.addTask {
              _ = try? await mongo.insertNewer(
                "days", [["_id": .int64(id), "source_version": .int64(version)]],
                by: "source_version")
            }
          }
        }
      }
      let newest = try await mongo.count("days", filter: ["source_version": 4])
      #expect(newest == 30)
    }
  }

  @Test func findSortsSkipsLimitsAndProjects() async throws {
    try await withMongo { mongo in
      try await mongo.insertMany(
        "numbers", (0..<1000).map { ["_id": .int64($0), "parity": .int64($0 % 2), "x": "y"] })
      let found = try await mongo.find(
        "numbers", filter: ["parity": 1], sort: ["_id": -1], skip: 2, limit: 3,
        projection: ["parity": 1])
      #expect(
        found == [
          ["_id": 995, "parity": 1], ["_id": 993, "parity": 1], ["_id": 991, "parity": 1],
        ])
      #expect(try await mongo.find("numbers", batch: 7).count == 1000)
      #expect(try await mongo.find("absent").isEmpty)
      #expect(try await mongo.count("numbers", filter: ["parity": 0]) == 500)
      let groups = try await mongo.aggregate(
        "numbers",
        [
          ["$group": ["_id": "$parity", "total": ["$sum": "$_id"]]], ["$sort": ["_id": 1]],
        ])
      #expect(groups == [["_id": 0, "total": 249_500], ["_id": 1, "total": 250_000]])
    }
  }

  @Test func indexesAreMadeOnceAndUsed() async throws {
    try await withMongo { mongo in
      let indexes = [
        MongoIndex(keys: ["user.id": 1, "at": -1], name: "user_id_at"),
        MongoIndex(keys: ["date": 1], unique: true, name: "date"),
      ]
      try await mongo.createIndexes("audit", indexes)
      try await mongo.createIndexes("audit", indexes)
      try await mongo.createIndexes("audit", [])
      let plan = try await mongo.explain(
        "audit", filter: ["user.id": 4], sort: ["at": -1], limit: 5)
      let stage = plan["queryPlanner"]?["winningPlan"]
      #expect(String(describing: stage).contains("user_id_at"))
      // The same name for other keys.
      await #expect(throws: MongoError.self) {
        try await mongo.createIndexes("audit", [MongoIndex(keys: ["x": 1], name: "date")])
      }
    }
  }

  @Test func droppingTwiceIsNoError() async throws {
    try await withMongo { mongo in
      try await mongo.insertMany("gone", [["_id": 1]])
      try await mongo.drop("gone")
      try await mongo.drop("gone")
      #expect(try await mongo.count("gone") == 0)
    }
  }

  @Test func anErrorTellsItsNumberAndNothingElse() async throws {
    try await withMongo { mongo in
      let error = await #expect(throws: MongoError.self) {
        try await mongo.find("patients", filter: ["$secret": "Jane Roe"])
      }
      #expect(error?.kind == .server(code: 2))
      #expect(error.map { "\($0)" } == "mongodb: server error 2")
    }
  }

  @Test func aCancelledCallerIsAnsweredAtOnce() async throws {
    try await withMongo { mongo in
      let (entered, enter) = AsyncStream<Void>.makeStream()
      let gate = DispatchSemaphore(value: 0)
      let running = Task {
        try await mongo.perform { _ in
          enter.yield()
          gate.wait()
        }
      }
      for await _ in entered { break }
      running.cancel()
      await #expect(throws: MongoError(.cancelled)) { try await running.value }
      gate.signal()
    }
  }

  @Test func aBadAddressIsRefusedWithoutNamingIt() {
    for url in ["", "mongodb:/nonsense", "http://user:secret@host/"] {
      let error = #expect(throws: MongoError.self) {
        try MongoClient(url: url, database: "clinic")
      }
      #expect(error?.kind == .invalidConfiguration)
      #expect(error.map { "\($0)" }?.contains("secret") == false)
    }
  }

  @Test func theAddressMayNameTheDatabase() throws {
    #expect(try MongoClient(url: "mongodb://localhost/other?appName=x").database == "other")
    #expect(try MongoClient(url: "mongodb://localhost/").database == "clinic_logs")
    #expect(try MongoClient(url: "mongodb://localhost/other", database: "d").database == "d")
    #expect(throws: MongoError(.invalidConfiguration)) {
      try MongoClient(url: "mongodb://localhost/", database: "")
    }
  }

  @Test func aWrongPasswordIsSaid() async throws {
    let url = try testSetting("CLINIC_TEST_MONGO_URL")
    let at = try #require(url.lastIndex(of: "@"))
    let wrong = "mongodb://clinic:wrong" + url[at...]
    let mongo = try MongoClient(url: wrong, database: "clinic_test")
    await #expect(throws: MongoError(.notAuthenticated)) { try await mongo.ping() }
    await #expect(throws: MongoError(.notAuthenticated)) { try await mongo.find("x") }
  }
}
