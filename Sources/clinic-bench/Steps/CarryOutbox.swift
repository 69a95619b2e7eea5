import Mongo
import NIOCore

/// How fast completed visits get to MongoDB when many wait, beside an `insertMany` of the very same
/// documents under the same indexes.
enum CarryOutbox {
  private static let count = 50_000
  private static let collection = "visit_history"
  private static let copies = "bench_visit_history"

  static func measure(_ setting: Setting) async throws -> [Finding] {
    let clinic = try await Departments(in: setting)
    try await clinic.openSlots()
    let mongo = try MongoClient(url: setting.mongo)
    _ = try await mongo.deleteMany(collection, filter: [:])
    try await completeVisits(clinic)
    let before = try setting.daemon.cpuNanoseconds()
    let begin = NIODeadline.now()
    try await setting.postgres.run(Self.untilEmpty)
    let seconds = Double((NIODeadline.now() - begin).nanoseconds) / 1e9
    var finding = Finding("visits with notes from the outbox to MongoDB")
    finding.rate = Double(count) / seconds
    finding.cpu = Double(try setting.daemon.cpuNanoseconds() - before) / 1000 / Double(count)
    finding.compare(
      with: "insertMany of the same", try await insertAgain(mongo), atLeast: 0.5, cpu: nil)
    return [finding]
  }

  /// One session that looks now and then, so that looking costs next to nothing.
  private static let untilEmpty = """
    DO $$ BEGIN
      WHILE (SELECT min(id) FROM outbox) IS NOT NULL LOOP PERFORM pg_sleep(0.05); END LOOP;
    END $$;
    """

  private static func completeVisits(_ clinic: Departments) async throws {
    try await clinic.setting.postgres.run(
      LargeClinicSQL.phrases + """
        BEGIN;
        ALTER TABLE visits DISABLE TRIGGER USER;
        ALTER TABLE clinical_notes DISABLE TRIGGER USER;
        INSERT INTO visits (patient_id, doctor_id, status, chief_complaint, diagnosis, treatment_plan,
          signed_by, completed_at) SELECT \(clinic.patient) + n, \(clinic.doctor), 'COMPLETED',
          large.complaint(n), large.diagnosis(n), large.plan(n), \(clinic.doctor), now()
          FROM generate_series(1, \(count)) n;
        INSERT INTO clinical_notes (visit_id, author_id, category, text, is_addendum)
          SELECT v.id, v.doctor_id, 'OBSERVATION', large.finding(v.id, n) || ' ' || large.symptom(v.id, n),
          false FROM visits v, generate_series(1, 2) n;
        ALTER TABLE visits ENABLE TRIGGER USER;
        ALTER TABLE clinical_notes ENABLE TRIGGER USER;
        INSERT INTO outbox (topic, entity_id) SELECT '\(collection)', id FROM visits ORDER BY id;
        COMMIT;
        """)
  }

  /// - Returns: documents a second.
  private static func insertAgain(_ mongo: MongoClient) async throws -> Double {
    try await mongo.drop(copies)
    let keys: [BSONDocument] = [
      ["patient.id": 1, "visit_date": -1, "_id": -1],
      ["doctor.id": 1, "visit_date": -1, "_id": -1],
      ["visit_date": -1, "_id": -1], ["visit_id": 1],
    ]
    try await mongo.createIndexes(
      copies,
      keys.enumerated().map { MongoIndex(keys: $1, unique: false, name: "bench_\($0)") })
    let documents = try await mongo.find(collection, limit: count)
    guard documents.count == count else { throw Failure("MongoDB has \(documents.count) visits") }
    let begin = NIODeadline.now()
    for start in stride(from: 0, to: count, by: 500) {
      try await mongo.insertMany(copies, Array(documents[start..<min(start + 500, count)]))
    }
    let seconds = Double((NIODeadline.now() - begin).nanoseconds) / 1e9
    try await mongo.drop(copies)
    return Double(count) / seconds
  }
}
