import JSONRPC
import Mongo
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// What PostgreSQL holds is carried to MongoDB, once, whatever happens on the way.
@Suite(.serialized) struct OutboxTests {
  @Test("rule 29: a completed visit is one history document, whose newest version stays")
  func oneDocument() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor, name: "Dr. Okafor")
      let patients = try await clinic.patients(2)
      let medicine = try await clinic.medicine("Amoxicillin")
      let visits = try await clinic.postgres.completedVisits(
        20, of: patients[0], by: doctor.id, medicine: medicine)
      try await clinic.drained()
      let document = try #require(await clinic.history(of: visits[3]))
      let record = try document.decode(as: VisitRecord.self)
      #expect(record.patient.name == "Patient 1")
      #expect(record.doctor.name == "Dr. Okafor")
      #expect(record.diagnosisCodes == ["J00"])
      #expect(record.notes.map(\.text) == ["of visit \(visits[3])"])
      #expect(record.prescriptions.first?.items.first?.medicine.name == "Amoxicillin")
      #expect(document["vitals"]?["pulse"]?["value"] == .decimal("72.5"))

      // Everything that the copy shows raises its version.
      _ = try await clinic.postgres.query(
        """
        INSERT INTO clinical_notes (visit_id, author_id, category, text, is_addendum) \
        VALUES (\(visits[3]), \(doctor.id), 'DIAGNOSIS', 'an addendum', true)
        """)
      let desk = try await clinic.connect(.reception)
      try await desk.call("patients.update", ["id": .int(patients[0]), "name": "Asha Rao"])
      try await clinic.drained()
      try await clinic.expectHistory()
      let newer = try #require(await clinic.history(of: visits[3]))
      #expect(try newer.decode(as: VisitRecord.self).notes.map(\.text).last == "an addendum")
      #expect(newer["patient"]?["name"] == "Asha Rao")

      // A replay changes nothing.
      let before = try await clinic.mongo.find("visit_history", sort: ["_id": 1])
      _ = try await clinic.postgres.query(
        """
        INSERT INTO outbox (topic, entity_id) \
        SELECT 'visit_history', id FROM visits, generate_series(1, 3)
        """)
      try await clinic.drained()
      #expect(try await clinic.mongo.find("visit_history", sort: ["_id": 1]) == before)
    }
  }

  @Test("rule 29: a visit that is completed while its patient gets another name shows the new one")
  func renamed() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.doctorAtWork()
      let patient = try await clinic.patient()
      let visit = try await clinic.visit(by: doctor, of: patient)
      let desk = try await clinic.connect(.reception)
      try await withThrowingTaskGroup { group in
        try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query(
            """
            UPDATE visits SET status = 'COMPLETED', signed_by = doctor_id, completed_at = now() \
            WHERE id = \(visit)
            """)
          group.addTask {
            _ = try await desk.call("patients.update", ["id": .int(patient), "name": "Asha Rao"])
          }
          try await eventually("the other name waits for it") {
            try await clinic.waitingSessions() > 0
          }
        }
        try await group.waitForAll()
      }
      try await clinic.drained()
      let copy = try #require(
        try await clinic.mongo.find("visit_history", filter: ["_id": .int64(Int64(visit))]).first)
      #expect(copy["patient"]?["name"] == "Asha Rao")
      try await clinic.expectHistory()
    }
  }

  @Test("a document that MongoDB does not take holds up no other")
  func poison() async throws {
    try await TestClinic.run(1, mayLogErrors: true) { clinic in
      let doctor = try await clinic.member(.doctor)
      let patient = try await clinic.patient()
      let medicine = try await clinic.medicine("Zinc")
      try await clinic.drained()
      let visits = try await clinic.postgres.completedVisits(
        3, of: patient, by: doctor.id, medicine: medicine)
      // More than the 16 MB that a document of MongoDB's may have.
      _ = try await clinic.postgres.query(
        """
        INSERT INTO clinical_notes (visit_id, author_id, category, text, is_addendum) \
        SELECT \(visits[1]), \(doctor.id), 'SYMPTOM', repeat('x', 20000), true \
        FROM generate_series(1, 900)
        """)
      try await eventually("the others are there") {
        try await clinic.mongo.count("visit_history", filter: ["_id": .int64(Int64(visits[2]))])
          == 1
      }
      let batch = try await clinic.postgres.batch(of: medicine, "A")
      let movements = try await clinic.postgres.movements(5, of: batch)
      try await eventually("what comes later too") {
        try await clinic.mongo.count("stock_movements") == movements.count
      }
      try await eventually("the log says it") {
        clinic.daemons[0].process.output.contains("MongoDB does not take a document")
      }
      try await eventually("it alone is left") {
        try await clinic.number("SELECT count(DISTINCT entity_id) FROM outbox") == 1
      }
      // For a minute it may be on its way.
      let admin = try await clinic.admin()
      let early = try await admin.call("system.reconcile", ["part": "visits"])
      #expect(early["ok"]?.bool == true)
      _ = try await clinic.postgres.query("UPDATE outbox SET at = at - interval '1 minute'")
      for repairs in [false, true] {
        let found = try await admin.call(
          "system.reconcile", ["part": "visits", "repair": .bool(repairs)])
        #expect(try found.list("differences").map { try $0.text("key") } == ["\(visits[1])"])
      }
    }
  }

  @Test("rule 36: MongoDB's copy catches up after an outage without gap or duplicate")
  func outage() async throws {
    try await FaultsStack.run(2) { stack in
      let admin = try await TestConnection.connect(to: stack.daemons[0].unix)
      let medicine: Int = try await stack.postgres.query(
        "INSERT INTO medicines (name, unit_price) VALUES ('Paracetamol', 2.50) RETURNING id"
      ).single()
      let batch = try await stack.postgres.batch(of: medicine, "A-1")
      let doctor = try await admin.call(
        "auth.register",
        [
          "username": "okafor", "password": "a password of okafor", "full_name": "Dr. Okafor",
          "role": "DOCTOR",
        ]
      ).integer("id")
      let patient = try await admin.call("patients.create", ["name": "Asha"]).integer("id")
      func write(_ rounds: Int) async throws {
        for _ in 0..<rounds {
          try await stack.postgres.movements(20, of: batch)
          try await stack.postgres.completedVisits(5, of: patient, by: doctor, medicine: medicine)
        }
      }
      try await write(5)
      try await stack.script("kill", .mongo)
      try await write(20)
      // The daemon that carries the outbox dies meanwhile, and the other goes on.
      await stack.daemons[0].process.stop()
      try await write(5)
      try await stack.script("start", .mongo)
      try await write(5)
      try await stack.daemons[0].start()
      try await eventually(within: .seconds(60), "the outbox is empty") {
        try await stack.number("SELECT count(*) FROM outbox") == 0
      }
      let expected = try await stack.postgres.query(
        "SELECT id FROM stock_movements ORDER BY id"
      ).column(as: Int.self)
      #expect(expected.count == 35 * 20)
      // The daemons may have noticed before the test's own client does.
      try await eventually("MongoDB answers the test") { stack.mongo.isUp }
      let found = try await stack.mongo.find("stock_movements", sort: ["movement_id": 1])
      #expect(found.compactMap { $0["movement_id"]?.integerValue.map(Int.init) } == expected)
      let sum = found.compactMap { $0["quantity"]?.integerValue }.reduce(0, +)
      #expect(
        try await stack.number("SELECT quantity FROM medicine_batches WHERE id = \(batch)") == sum)
      let visits = try await stack.postgres.query(
        "SELECT id || ' ' || history_version FROM visits ORDER BY id"
      ).column(as: String.self)
      let copies = try await stack.mongo.find("visit_history", sort: ["_id": 1]).map { document in
        let id = document["_id"]?.integerValue ?? 0
        return "\(id) \(document["source_version"]?.integerValue ?? 0)"
      }
      #expect(copies == visits)
    }
  }

  @Test("rule 36: five hundred writes a second are in MongoDB within a second")
  func lag() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let medicine = try await clinic.medicine("Zinc")
      let batch = try await clinic.postgres.batch(of: medicine, "Z-1")
      try await clinic.drained()
      let started = ContinuousClock.now
      var worst = 0.0
      for round in 1...20 {
        try await clinic.postgres.movements(50, of: batch)
        let details = try await admin.call("system.health").member("details")
        worst = max(worst, try #require(details["outbox_oldest_seconds"]?.double))
        // Ten rounds a second.
        try await ContinuousClock().sleep(until: started + .milliseconds(100 * round))
      }
      try await clinic.drained()
      #expect(worst < 1, "the oldest row waited \(worst) s")
      #expect(try await clinic.mongo.count("stock_movements") == 1000)
    }
  }
}

extension JSONValue {
  fileprivate var double: Double? { numberText.flatMap(Double.init) }
}

extension TestClinic {
  /// What MongoDB has of a completed visit.
  fileprivate func history(of visit: Int) async throws -> EncodedDocument? {
    try await mongo.findEncoded(
      "visit_history", filter: ["visit_id": .int64(Int64(visit))], sort: ["_id": 1], limit: 2
    ).first
  }
}
