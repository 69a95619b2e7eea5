import JSONRPC
import Mongo
import Postgres
import Redis
import TestSupport
import Testing

@testable import Clinic

/// PostgreSQL, Redis and MongoDB agree, or it is said where they do not, and the copies are
/// repaired.
@Suite(.serialized) struct ReconcileTests {
  @Test("what was changed in Redis and MongoDB is found, told without patients' data, and repaired")
  func repair() async throws {
    try await TestClinic.run(2) { clinic in
      let (admin, date) = try await fill(clinic)
      let clean = try await admin.call("system.reconcile")
      #expect(clean["ok"]?.bool == true, "\(clean)")
      #expect(try clean.list("differences").isEmpty)
      let checked = try clean.list("checked").map { try $0.integer("count") }
      #expect(checked.allSatisfy { $0 > 0 }, "\(clean)")

      // Redis.
      let redis = clinic.redis
      _ = try await redis.command(["ZREM", "queue:\(date)", "\(date)-002"])
      _ = try await redis.command(["HSET", "queue:token:\(date):001", "patient_name", "Somebody"])
      _ = try await redis.command(["DEL", "queue:token:\(date):003"])
      _ = try await redis.command(["HSET", "queue:token:\(date):099", "status", "WAITING"])
      _ = try await redis.command(["SET", "queue:counter:\(date)", "77"])
      for key in ["queue:token:\(date):002", "queue:serving:\(date)"] {
        _ = try await redis.command(["DEL", .string(key)])
        _ = try await redis.command(["SET", .string(key), "of another type"])
      }
      // MongoDB.
      let mongo = clinic.mongo
      let visits = try await mongo.find("visit_history", sort: ["_id": 1])
      let first = try #require(visits.first?["_id"])
      try await mongo.deleteMany("visit_history", filter: ["_id": first])
      try await mongo.insertMany(
        "visit_history", [["_id": 999_999, "visit_id": 999_999, "source_version": 1]])
      var newer = visits[1]
      newer["source_version"] = 1000
      try await mongo.replace(newer, in: "visit_history")
      var edited = visits[2]
      edited["diagnosis"] = "another"
      var note = visits[3]
      note["notes"] = .array([["id": 1, "text": "another"]])
      for document in [edited, note] { try await mongo.replace(document, in: "visit_history") }
      try await mongo.deleteMany("stock_movements", filter: ["movement_id": ["$lte": 3]])
      var movement = try #require(await mongo.find("stock_movements", filter: ["_id": 9]).first)
      movement["quantity"] = 500
      try await mongo.replace(movement, in: "stock_movements")
      try await mongo.deleteMany("audit_logs", filter: ["_id": 4])
      var entry = try #require(await mongo.find("audit_logs", filter: ["_id": 6]).first)
      entry["outcome"] = "another"
      try await mongo.replace(entry, in: "audit_logs")
      try await mongo.insertMany("audit_logs", [["_id": 9_999_999], ["_id": "forged"]])
      try await mongo.insertMany("stock_movements", [["_id": 0], ["_id": 5.5]])
      var day = try #require(await mongo.find("daily_summaries").first)
      day["new_patients"] = 77
      try await mongo.replace(day, in: "daily_summaries")
      try await mongo.insertMany(
        "daily_summaries",
        [
          ["_id": "2001-02-03", "date": "2001-02-03", "new_patients": 77],
          ["_id": "2999-01-01", "date": "2999-01-01"], ["_id": 7, "date": "forged"],
        ])

      let found = try await admin.call("system.reconcile")
      #expect(found["ok"]?.bool == false)
      let keys = try Set(
        found.list("differences").map { try "\($0.text("what")) \($0.text("key"))" })
      let expected: Set = [
        "queue queue:\(date)", "queue queue:token:\(date):001", "queue queue:token:\(date):003",
        "queue queue:token:\(date):099", "queue queue:counter:\(date)",
        "queue queue:token:\(date):002", "queue queue:serving:\(date)",
        "audit_logs an id of another kind", "stock_movements an id of another kind",
        "visit_history \(first.integerValue ?? 0)", "visit_history 999999",
        "visit_history \(newer["_id"]?.integerValue ?? 0)", "stock_movements 1",
        "visit_history \(edited["_id"]?.integerValue ?? 0)",
        "visit_history \(note["_id"]?.integerValue ?? 0)",
        "stock_movements 2", "stock_movements 3", "stock_movements 9", "audit_logs 4",
        "audit_logs 6",
        "daily_summaries 2001-02-03", "daily_summaries 2999-01-01",
        "daily_summaries an id of another kind",
        "audit_logs 9999999", "daily_summaries \(day["_id"]?.stringValue ?? "")",
      ]
      #expect(keys == expected)
      #expect(!found.description.contains("Somebody") && !found.description.contains("Patient"))

      let command = try await clinic.clinicctl(["reconcile"])
      #expect(command.status == 1, "\(command.output)")
      let repaired = try await clinic.clinicctl(["reconcile", "--repair"])
      #expect(repaired.status == 0, "\(repaired.output)")
      let after = try await admin.call("system.reconcile")
      #expect(after["ok"]?.bool == true, "\(after)")
      try await clinic.expectHistory()
      #expect(try await mongo.find("visit_history", sort: ["_id": 1]) == visits)
    }
  }

  @Test(
    "a doctor and a medicine with other names make no difference: copies keep those of their day")
  func otherNames() async throws {
    try await TestClinic.run(1) { clinic in
      let (admin, _) = try await fill(clinic)
      _ = try await clinic.postgres.query("UPDATE users SET full_name = 'Dr. Other'")
      _ = try await clinic.postgres.query("UPDATE medicines SET name = 'Other', form = 'syrup'")
      let result = try await admin.call("system.reconcile")
      #expect(result["ok"]?.bool == true && result["found"]?.int == 0, "\(result)")
    }
  }

  @Test("a batch whose quantity is not the sum of its movements is told, and stays as it is")
  func batches() async throws {
    try await TestClinic.run(1) { clinic in
      let (admin, _) = try await fill(clinic)
      try await clinic.postgres.withConnection { connection in
        try await connection.execute(
          script: """
            ALTER TABLE medicine_batches DISABLE TRIGGER medicine_batches_moved;
            UPDATE medicine_batches SET quantity = quantity + 1;
            ALTER TABLE medicine_batches ENABLE TRIGGER medicine_batches_moved;
            """)
      }
      let found = try await admin.call("system.reconcile", ["part": "stock", "repair": true])
      #expect(found["ok"]?.bool == false)
      let difference = try #require(found.list("differences").first)
      #expect(try difference.text("store") == "postgresql")
      #expect(try difference.text("expected") == "150")
      #expect(try difference.text("found") == "151")
    }
  }

  @Test("rule 47: who takes the copies away is in the audit, also when it does not succeed")
  func auditedFirst() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let admin = try await clinic.admin()
      for sql: SQL in [
        "INSERT INTO queue_days (date, closed_at) VALUES (current_date - 1, now())",
        "ALTER TABLE outbox ADD CONSTRAINT outbox_takes_nothing CHECK (false) NOT VALID",
      ] { _ = try await clinic.postgres.query(sql) }
      let outcome = try await admin.outcome("system.rebuild", ["store": "mongo"])
      #expect(outcome.reason != "ok")
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM audit_entries WHERE method = 'system.rebuild' \
          AND resource_id = 'mongo'
          """) == 1)
    }
  }

  @Test("an emptied MongoDB is filled again by itself, with its indexes")
  func emptied() async throws {
    try await TestClinic.run(2) { clinic in
      let (admin, _) = try await fill(clinic)
      let collections = ["audit_logs", "visit_history", "stock_movements", "daily_summaries"]
      for collection in collections { try await clinic.mongo.drop(collection) }
      try await eventually(within: .seconds(60), "all is there again") {
        try await admin.call("system.reconcile")["ok"]?.bool == true
      }
      try await eventually("what is unique is so again") {
        let visits = try await clinic.mongo.find("visit_history", limit: 1)
        do {
          try await clinic.mongo.insertMany(
            "visit_history", [["_id": 999_999, "visit_id": visits.first?["visit_id"] ?? .null]])
          try await clinic.mongo.deleteMany("visit_history", filter: ["_id": 999_999])
          return false
        } catch let error as MongoError {
          return error.kind == .duplicateKey
        }
      }
    }
  }

  @Test("rebuild fills all four collections again")
  func rebuild() async throws {
    try await TestClinic.run(1) { clinic in
      let (admin, _) = try await fill(clinic)
      let collections = ["audit_logs", "visit_history", "stock_movements", "daily_summaries"]
      var before: [[BSONDocument]] = []
      for collection in collections {
        before.append(try await clinic.mongo.find(collection, sort: ["_id": 1], limit: 20))
        try await clinic.mongo.drop(collection)
      }
      let result = try await admin.call("system.rebuild", ["store": "mongo"])
      #expect(try result.integer("items") > 50)
      try await clinic.drained()
      try await eventually("the audit is copied") {
        try await clinic.mongo.count("audit_logs") >= before[0].count
      }
      for (collection, documents) in zip(collections, before) {
        var documents = documents
        var now = try await clinic.mongo.find(
          collection, sort: ["_id": 1], limit: documents.count)
        if collection == "daily_summaries" {
          for index in now.indices { now[index]["source_version"] = nil }
          for index in documents.indices { documents[index]["source_version"] = nil }
        }
        #expect(now == documents, "\(collection)")
      }
      let after = try await admin.call("system.reconcile")
      #expect(after["ok"]?.bool == true, "\(after)")
    }
  }

  /// Something of everything, carried everywhere.
  private func fill(_ clinic: TestClinic) async throws -> (admin: TestConnection, date: String) {
    let admin = try await clinic.admin()
    let doctor = try await clinic.member(.doctor)
    let patients = try await clinic.patients(4)
    let medicine = try await clinic.medicine("Zinc")
    try await clinic.postgres.movements(
      30, of: try await clinic.postgres.batch(of: medicine, "A"))
    try await clinic.postgres.completedVisits(
      10, of: patients[0], by: doctor.id, medicine: medicine)
    for patient in patients {
      try await admin.call("queue.walk_in", ["patient_id": .int(patient)])
    }
    try await admin.call("queue.call_next", ["doctor_id": .int(doctor.id)])
    // Days that were over when the clinic began.
    try await admin.call("system.reconcile", ["part": "days", "repair": true])
    try await clinic.sealed(10, by: admin)
    try await clinic.drained()
    try await eventually("the audit is copied") {
      try await clinic.number(
        """
        SELECT (SELECT max(position) FROM audit_chain) \
        - (SELECT position FROM projections WHERE name = 'audit_logs')
        """) == 0
    }
    return (admin, try await clinic.texts("SELECT current_date::text")[0])
  }
}

extension MongoClient {
  /// Puts a document in the place of the one with its `_id`.
  fileprivate func replace(_ document: BSONDocument, in collection: String) async throws {
    let update: BSONDocument = [
      "q": ["_id": document["_id"] ?? .null], "u": .document(document),
    ]
    let reply = try await command(["update": .string(collection), "updates": [.document(update)]])
    try #require(reply["nModified"]?.integerValue == 1)
  }
}
