import Glibc
import JSONRPC
import Mongo
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Rule 47: every write, every read of patient data and every refusal is audited: who, from where,
/// what, when, outcome; without clinical text.
@Suite struct AuditTests {
  /// An entry, as far as a test can say before it is written.
  private struct Entry: Equatable, Sendable, RowDecodable, CustomStringConvertible {
    let method: String
    let outcome: String
    let role: String?
    let userID: Int?
    let resource: String?

    init(_ method: String, _ outcome: String, by member: TestClinic.Member, _ resource: String?) {
      self.method = method
      self.outcome = outcome
      role = member.role.rawValue
      userID = member.id
      self.resource = resource
    }

    init(cells: inout Cells) throws(PostgresError) {
      method = try cells.next()
      outcome = try cells.next()
      role = try cells.next()
      userID = try cells.next()
      resource = try cells.next()
    }

    var description: String { "\(method) \(outcome) \(role ?? "-") \(resource ?? "-")" }
  }

  /// What was written after an entry.
  private static func entries(of clinic: TestClinic, after id: Int) async throws -> [Entry] {
    try await clinic.postgres.query(
      """
      SELECT method, outcome, role, user_id, CASE WHEN resource_id IS NULL THEN resource_type \
      ELSE resource_type || ' ' || resource_id END FROM audit_entries WHERE id > \(id) ORDER BY id
      """
    ).decode(as: Entry.self)
  }

  /// Somebody whose calls are watched.
  private struct Watched: Sendable {
    let clinic: TestClinic
    let member: TestClinic.Member
    let caller: TestConnection

    init(_ clinic: TestClinic, _ role: Role, on instance: Int) async throws {
      self.clinic = clinic
      member = try await clinic.member(role)
      caller = try await clinic.connect(member, on: instance)
    }

    /// Makes a call, and finds its one entry when the answer is there: nothing is waited for.
    ///
    /// - Parameter resource: `patient 7`; a `?` stands for the id that the result has.
    @discardableResult
    func call(
      _ method: String, _ params: JSON = [:], _ resource: String?, outcome: String = "ok",
      sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue? {
      let last = try await clinic.number("SELECT coalesce(max(id), 0) FROM audit_entries")
      let answer = try await caller.outcome(method, params)
      #expect(answer.reason == outcome, "\(method)", sourceLocation: sourceLocation)
      let id = answer.result?["id"]?.int.map(String.init) ?? "-"
      let expected = Entry(method, outcome, by: member, resource?.replacing("?", with: id))
      let written = try await AuditTests.entries(of: clinic, after: last)
      #expect(written == [expected], "\(method)", sourceLocation: sourceLocation)
      return answer.result
    }

    /// A call that reads nothing of a patient's.
    func callUnaudited(_ method: String, _ params: JSON = [:]) async throws {
      let last = try await clinic.number("SELECT coalesce(max(id), 0) FROM audit_entries")
      _ = try await caller.raw(method, params)
      #expect(try await AuditTests.entries(of: clinic, after: last) == [], "\(method)")
    }
  }

  @Test("rule 47: each method's entry is durable when its answer is there")
  func everyMethod() async throws {
    try await TestClinic.run { clinic in
      let admin = try await Watched(clinic, .admin, on: 0)
      let desk = try await Watched(clinic, .reception, on: 1)
      let doctor = try await Watched(clinic, .doctor, on: 0)
      let kiosk = try await Watched(clinic, .kiosk, on: 1)
      let board = try await Watched(clinic, .display, on: 0)

      // Staff.
      let user = try #require(
        await admin.call(
          "auth.register",
          [
            "username": "new", "password": "a password of new", "full_name": "New",
            "role": "DOCTOR",
          ], "user ?"))
      let id = user["id"].json
      let name = try "user \(user.integer("id"))"
      try await admin.call("users.update", ["id": id, "room": "Room 9"], name)
      try await admin.call(
        "users.update", ["id": id, "version": 1], name, outcome: "stale_version")
      try await admin.call("users.update", ["id": 999_999], "user 999999", outcome: "not_found")
      try await admin.call(
        "users.reset_password", ["id": id, "new_password": "another password"], name)
      try await desk.call("users.list", [:], nil, outcome: "role_not_allowed")
      try await board.call("patients.get", ["id": 1], "patient 1", outcome: "role_not_allowed")

      // Patients.
      let patient = try #require(
        await desk.call("patients.create", ["name": "Asha"], "patient ?"))
      let patientID = patient["id"].json
      let subject = try "patient \(patient.integer("id"))"
      try await desk.call("patients.get", ["id": patientID], subject)
      try await desk.call("patients.get", ["id": 999_999], "patient 999999", outcome: "not_found")
      try await desk.call("patients.list", ["search": "asha"], "patient")
      try await doctor.call("patients.update", ["id": patientID, "sex": "FEMALE"], subject)
      try await doctor.call(
        "patients.update", ["id": patientID, "version": 7], subject, outcome: "stale_version")
      try await desk.call(
        "patients.create", ["name": "Nobody", "date_of_birth": "2999-01-01"], "patient",
        outcome: "born_in_future")
      let own = try #require(await kiosk.call("patients.create", ["name": "Ravi"], "patient ?"))

      // The queue.
      let token = try #require(
        await desk.call("queue.walk_in", ["patient_id": patientID], subject))
      let tokenName = token["token"].json
      let tokenSubject = try "token \(token.text("token"))"
      let date = try token.text("date")
      try await desk.call(
        "queue.walk_in", ["patient_id": patientID], subject, outcome: "already_in_queue")
      try await kiosk.call(
        "queue.walk_in", ["patient_id": own["id"].json], "patient \(own.integer("id"))")
      try await kiosk.call(
        "queue.walk_in", ["patient_id": patientID], subject, outcome: "not_your_patient")
      try await desk.call(
        "queue.set_priority", ["token": tokenName, "priority": "URGENT"], tokenSubject)
      try await doctor.call("queue.call_next", [:], tokenSubject)
      try await doctor.call("queue.call_next", [:], "queue", outcome: "already_serving")
      try await doctor.call(
        "queue.call_next", ["doctor_id": id], "queue", outcome: "not_your_queue")
      try await desk.call(
        "queue.transfer", ["token": tokenName, "doctor_id": .int(doctor.member.id)], tokenSubject,
        outcome: "same_doctor")
      try await doctor.call(
        "queue.set_status", ["token": tokenName, "status": "SKIPPED"], tokenSubject)
      try await doctor.call("queue.recall", ["token": tokenName], tokenSubject)
      try await doctor.call(
        "queue.set_status", ["token": tokenName, "status": "NO_SHOW"], tokenSubject)
      try await doctor.call(
        "queue.set_status", ["token": tokenName, "status": "COMPLETED"], tokenSubject,
        outcome: "invalid_transition")
      try await desk.call(
        "queue.undo", ["token": tokenName, "reason": "a mistake"], tokenSubject)
      try await desk.call(
        "queue.undo", ["token": tokenName, "reason": "a mistake"], tokenSubject,
        outcome: "invalid_transition")
      try await desk.call(
        "queue.recall", ["token": "2020-01-01-001"], "token 2020-01-01-001", outcome: "not_found")
      try await desk.call("queue.today", [:], "queue \(date)")
      try await doctor.call("queue.subscribe", [:], "queue \(date)")
      try await desk.call(
        "patients.delete", ["id": patientID], subject, outcome: "patient_in_queue")
      try await desk.call(
        "patients.delete", ["id": own["id"].json], "patient \(own.integer("id"))",
        outcome: "patient_in_queue")

      // Reports and the system.
      try await admin.call("reports.audit_logs", [:], "audit_log")
      try await admin.call("system.rebuild", ["store": "redis"], "projection redis")

      // What tells nothing of anybody.
      for method in [
        "system.ping", "system.version", "system.health", "system.stats", "rpc.discover",
        "auth.whoami",
      ] { try await board.callUnaudited(method) }
      try await board.callUnaudited("queue.today")
      try await board.callUnaudited("queue.subscribe")
      try await desk.callUnaudited("doctors.list")
      try await desk.callUnaudited("patients.get", ["id": "no number"])
      try await desk.callUnaudited("patients.get_all")

      // Logins.
      let me = "user \(desk.member.id)"
      let credentials = try #require(
        await desk.call("auth.login", desk.member.login, me))
      try await desk.call(
        "auth.refresh", ["refresh_token": credentials["refresh_token"].json], me)
      try await desk.call(
        "auth.change_password",
        [
          "current_password": .string(desk.member.password), "new_password": "a new password",
        ], me)
      try await desk.call("auth.logout", [:], me)
      try await checkForm(of: clinic)
    }
  }

  /// Every entry says when, from where and which call it was.
  private func checkForm(of clinic: TestClinic) async throws {
    let wrong = try await clinic.texts(
      """
      SELECT method FROM audit_entries WHERE at NOT BETWEEN now() - interval '5 minutes' AND now() \
      OR source NOT IN ('127.0.0.1', 'unix:\(raw: String(hostUser()))') OR request_id !~ '^[0-9a-f]{8,}$'
      """)
    #expect(wrong == [])
    let calls = try await clinic.number("SELECT count(DISTINCT request_id) FROM audit_entries")
    #expect(try await clinic.number("SELECT count(*) FROM audit_entries") == calls)
  }

  @Test("rule 47: as many entries as writes, also of an instance that is killed")
  func killed() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let doomed = try await clinic.connect(reception, on: 0)
      let patients = try await clinic.patients(150)
      async let calls = concurrently(300) { index in
        try? await doomed.connection.call(
          index % 2 == 0 ? "patients.create" : "queue.walk_in",
          rawParams: index % 2 == 0
            ? JSON.object([("name", "Made \(index)")]).bytes
            : JSON.object([("patient_id", .int(patients[index / 2]))]).bytes)
      }
      // Writes and entries are counted at one moment: what was committed last may be seen late.
      func counts() async throws -> [Int] {
        let text = try await clinic.texts(
          """
          SELECT concat_ws(' ', (SELECT count(*) FROM patients WHERE name LIKE 'Made %'), \
          (SELECT count(*) FROM queue_tokens), \
          count(*) FILTER (WHERE method = 'patients.create'), \
          count(*) FILTER (WHERE method = 'queue.walk_in')) FROM audit_entries WHERE outcome = 'ok'
          """)[0]
        return text.split(separator: " ").compactMap { Int($0) }
      }
      try await eventually("some of both are done") {
        let now = try await counts()
        #expect(now[0] == now[2] && now[1] == now[3], "\(now)")
        return now[2] > 0 && now[3] > 0
      }
      await clinic.daemons[0].process.stop()
      _ = try await calls
      let after = try await counts()
      #expect(after[0] == after[2] && after[1] == after[3], "\(after)")
    }
  }

  @Test("rule 47: refusals of strangers are counted, one entry for each address, method and reason")
  func strangers() async throws {
    try await TestClinic.run(1) { clinic in
      let member = try await clinic.member(.reception)
      let stranger = try await clinic.stranger()
      for _ in 0..<5 { _ = try await stranger.refused("patients.list") }
      for _ in 0..<3 { _ = try await stranger.refused("queue.today") }
      for _ in 0..<2 {
        _ = try await stranger.refused(
          "auth.login", ["username": .string(member.username), "password": "not the password"])
      }
      _ = try await stranger.refused("auth.authenticate", ["access_token": "none"])
      // A connection whose rights have ended is a stranger's too.
      let caller = try await clinic.connect(member)
      try await clinic.admin().call("users.update", ["id": .int(member.id), "enabled": false])
      _ = try await caller.refused("patients.list")
      // An orderly stop writes what the minute has counted.
      await clinic.daemons[0].process.stop(SIGTERM)
      let rows = try await clinic.texts(
        """
        SELECT method || ' ' || outcome || ' ' || source || ' ' \
        || sum((details::json->>'count')::integer) FROM audit_entries WHERE role IS NULL \
        GROUP BY method, outcome, source ORDER BY 1
        """)
      #expect(
        rows == [
          "auth.authenticate token_invalid 127.0.0.1 1", "auth.login bad_credentials 127.0.0.1 2",
          "patients.list not_authenticated 127.0.0.1 5", "patients.list token_revoked 127.0.0.1 1",
          "queue.today not_authenticated 127.0.0.1 3",
        ])
    }
  }

  // MARK: - MongoDB

  @Test("rule 47: every entry is in MongoDB, once, in the order of the chain, and can be asked for")
  func copied() async throws {
    try await TestClinic.run { clinic in
      let admin = try await clinic.member(.admin)
      let reader = try await clinic.connect(admin, on: 1)
      let reception = try await clinic.member(.reception)
      let desk = try await clinic.connect(reception, on: 0)
      let patients = try await clinic.patients(40)
      _ = try await concurrently(80) { index in
        try await desk.outcome(
          "queue.walk_in", ["patient_id": .int(index % 4 == 3 ? 999_999 : patients[index / 2])])
      }
      for patient in patients.prefix(5) {
        try await desk.call("patients.get", ["id": .int(patient)])
      }
      let last = try await clinic.number("SELECT max(id) FROM audit_entries")
      try await eventually(within: .seconds(30), "all of it is in MongoDB") {
        try await clinic.isCopied(upTo: last)
      }
      let expected = try await clinic.texts(
        """
        SELECT concat_ws(' ', c.position, method, outcome, user_id, role, source, resource_type, \
        resource_id, request_id) FROM audit_chain c JOIN audit_entries e ON e.id = c.entry_id \
        WHERE e.id <= \(last) ORDER BY date_trunc('milliseconds', e.at) DESC, c.position DESC
        """)
      let entries = try await pages(of: reader, ["limit": 17])
      let found = try entries.map { entry in
        let parts: [String?] = [
          try entry.integer("position").description, entry["action"]?.string,
          entry["outcome"]?.string, entry["user"]?["id"]?.int?.description,
          entry["user"]?["role"]?.string, entry["source"]?.string,
          entry["resource"]?["type"]?.string, entry["resource"]?["id"]?.string,
          entry["request_id"]?.string,
        ]
        return parts.compactMap(\.self).joined(separator: " ")
      }
      #expect(found.suffix(expected.count) == expected[...])
      try await checkFilters(reader, reception, patients)

      // Made anew it is the same again.
      let before = try await clinic.mongo.find(
        "audit_logs", sort: ["_id": 1], limit: expected.count)
      try await reader.call("system.rebuild", ["store": "mongo"])
      try await eventually(within: .seconds(30), "MongoDB's copy is made anew") {
        let now = try await clinic.mongo.find(
          "audit_logs", sort: ["_id": 1], limit: expected.count)
        return now == before
      }
    }
  }

  /// All pages of the audit, the newest entry first.
  private func pages(of reader: TestConnection, _ params: JSON) async throws -> [JSONValue] {
    var entries: [JSONValue] = []
    var cursor = JSON.null
    while true {
      let page = try await reader.call("reports.audit_logs", params.with("cursor", cursor))
      entries += try page.list("items")
      guard let next = page["next_cursor"], !next.isNull else { return entries }
      cursor = page["next_cursor"].json
    }
  }

  private func checkFilters(
    _ reader: TestConnection, _ reception: TestClinic.Member, _ patients: [Int]
  ) async throws {
    let all = try await pages(of: reader, ["limit": 200])
    let patient = "\(patients[0])"
    let filters: [(JSON, (JSONValue) -> Bool)] = [
      (["user_id": .int(reception.id)], { $0["user"]?["id"]?.int == reception.id }),
      (["action": "queue.walk_in"], { $0["action"]?.string == "queue.walk_in" }),
      (["outcome": "not_found"], { $0["outcome"]?.string == "not_found" }),
      (
        ["resource_type": "patient", "resource_id": .string(patient)],
        { $0["resource"]?["type"]?.string == "patient" && $0["resource"]?["id"]?.string == patient }
      ),
    ]
    for (filter, isWanted) in filters {
      let found = try await pages(of: reader, filter)
      let wanted = all.filter(isWanted)
      #expect(!wanted.isEmpty)
      #expect(
        try found.map { try $0.integer("position") } == wanted.map { try $0.integer("position") })
    }
    let times = try all.map { try $0.text("timestamp") }
    let middle = times[times.count / 2]
    let until = try await pages(of: reader, ["to": .string(middle)])
    let from = try await pages(of: reader, ["from": .string(middle)])
    let moment = try #require(Instant(middle)).milliseconds
    #expect(
      until.allSatisfy { Instant($0["timestamp"]?.string ?? "")?.milliseconds ?? 0 <= moment })
    #expect(from.allSatisfy { Instant($0["timestamp"]?.string ?? "")?.milliseconds ?? 0 >= moment })
    #expect(!until.isEmpty && !from.isEmpty)
    #expect(until.count + from.count >= all.count)
  }

  // MARK: - No clinical text

  @Test(
    "rule 47: neither the audit, nor MongoDB's copy, nor a log holds what a patient's record holds")
  func nothingClinical() async throws {
    let words = (1...11).map { "qzx\($0)marker" }
    try await TestClinic.run { clinic in
      let desk = try await clinic.connect(.reception, on: 0)
      let doctor = try await clinic.connect(.doctor, on: 1)
      let kiosk = try await clinic.connect(.kiosk, on: 0)
      let record: JSON = [
        "name": .string(words[0]), "phone": "0998877665544", "email": "\(words[1])@example.org",
        "address": .string(words[2]), "allergies": [.string(words[3])],
        "chronic_conditions": [.string(words[4])], "medical_history": .string(words[5]),
        "emergency_contact": [
          "name": .string(words[6]), "relation": .string(words[7]), "phone": "0998877665544",
        ],
      ]
      let patient = try await desk.call("patients.create", record)
      let id = patient["id"].json
      try await kiosk.call("patients.create", record)
      try await desk.call("patients.create", record.with("idempotency_key", .string(words[8])))
      try await doctor.call("patients.update", record.with("id", id))
      _ = try await doctor.refused("patients.update", record.with("id", id).with("version", 1))
      _ = try await doctor.refused("patients.update", record.with("id", 999_999))
      _ = try await kiosk.refused("patients.update", record.with("id", id))
      _ = try await desk.refused("patients.create", record.with("date_of_birth", "2999-01-01"))
      _ = try await desk.refused("patients.create", record.with("sex", .string(words[9])))
      _ = try await desk.refused("patients.create", record.with("\(words[9])", 1))
      try await desk.call("patients.list", ["search": .string(words[0])])
      try await desk.call("patients.list", ["search": "0998877665544"])
      try await desk.call("patients.get", ["id": id])
      let token = try await desk.call("queue.walk_in", ["patient_id": id])["token"].json
      try await desk.call("queue.set_status", ["token": token, "status": "CANCELLED"])
      for _ in 0..<2 {
        _ = try await doctor.outcome("queue.undo", ["token": token, "reason": "wrong button"])
      }
      try await desk.call("queue.today")
      _ = try await clinic.stranger(on: 1).refused(
        "auth.login", ["username": .string(words[10]), "password": .string(words[10])])
      try await desk.call("queue.set_status", ["token": token, "status": "CANCELLED"])
      try await desk.call("patients.delete", ["id": id])

      let last = try await clinic.number("SELECT max(id) FROM audit_entries")
      try await eventually(within: .seconds(30), "all of it is in MongoDB") {
        try await clinic.isCopied(upTo: last)
      }
      for daemon in clinic.daemons { await daemon.process.stop(SIGTERM) }
      let secrets = words + ["0998877665544", "998877"]
      let entries = try await clinic.texts("SELECT e::text FROM audit_entries e")
      #expect(entries.count > 15)
      #expect(
        entries.filter { $0.contains("wrong button") }.count == 2, "why a token was brought back")
      let documents = try await clinic.mongo.find("audit_logs").map { "\($0)" }
      #expect(documents.count >= 15)
      let keys = try await clinic.texts("SELECT encode(params, 'escape') FROM idempotency_keys")
      let logs = clinic.daemons.map(\.process.output)
      for (place, texts) in [
        ("audit_entries", entries), ("audit_logs", documents), ("idempotency_keys", keys),
        ("log", logs),
      ] {
        for secret in secrets {
          #expect(!texts.contains { $0.contains(secret) }, "\(secret) in \(place)")
        }
      }
    }
  }

  @Test("rule 47: of many reads at once each has its own answer, and an entry of its own")
  func readsAtOnce() async throws {
    try await TestClinic.run(2) { clinic in
      let member = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(member, on: 0), try await clinic.connect(member, on: 1),
      ]
      let patients = try await clinic.patients(20)
      let unknown = 999_999
      let start = try await clinic.number("SELECT coalesce(max(id), 0) FROM audit_entries")
      _ = try await concurrently(80) { index in
        let desk = desks[index % 2]
        let patient = patients[index / 4]
        if index % 4 < 2 {
          #expect(
            try await desk.call("patients.get", ["id": .int(patient)]).integer("id") == patient)
        } else {
          let refusal = try await desk.refused("patients.get", ["id": .int(unknown)])
          #expect(refusal.reason == "not_found")
        }
      }
      let entries = try await clinic.texts(
        """
        SELECT resource_id || ' ' || outcome || ' ' || count(*) FROM audit_entries \
        WHERE id > \(start) AND method = 'patients.get' GROUP BY resource_id, outcome
        """)
      #expect(
        Set(entries) == Set(patients.map { "\($0) ok 2" } + ["\(unknown) not_found 40"]))
    }
  }

  @Test("rule 48: while many calls are answered, what is written is sealed and copied too")
  func sealingUnderLoad() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let patients = try await clinic.patients(13)
      try await admin.call("queue.walk_in", ["patient_id": .int(patients[12])])
      let wire = try clinic.daemons[0].wire()
      // A lock for which its holder needs no transaction number, below which alone is sealed.
      try await clinic.holding("LOCK TABLE queue_days IN EXCLUSIVE MODE") {
        for (id, patient) in patients.prefix(12).enumerated() {
          try await wire.send(
            WireSocket.request("queue.walk_in", ["patient_id": .int(patient)], id: id))
        }
        try await eventually("they wait") { try await clinic.waitingSessions() > 0 }
        // More than one step of the relay takes.
        _ = try await clinic.postgres.query(
          """
          INSERT INTO audit_entries (source, method, outcome, request_id) \
          SELECT 'unix', 'system.health', 'ok', n::text FROM generate_series(1, 7000) n
          """)
        let last = try await clinic.number("SELECT max(id) FROM audit_entries")
        try await eventually("all is copied") { try await clinic.isCopied(upTo: last) }
      }
    }
  }

  @Test("rule 48: sealing begins where the chain ends, and does not read what is sealed")
  func sealingEntersTheIndex() async throws {
    try await TestClinic.run(1) { clinic in
      // Of the few rows here PostgreSQL would read all.
      let plan: [String] = try await clinic.postgres.withTransaction { transaction in
        try await transaction.pipeline([
          "SET LOCAL enable_seqscan = off",
          """
          EXPLAIN SELECT e.id FROM audit_entries e WHERE \(sql: AuditChain.isUnsealed) \
          ORDER BY e.xid, e.id LIMIT 2000
          """,
        ])[1].column()
      }
      #expect(
        plan.contains { $0.contains("Index Cond:") && $0.contains("ROW(xid, id) > ROW(") },
        "\(plan)")
    }
  }
}

extension TestClinic {
  /// Whether every entry up to one is sealed and copied.
  fileprivate func isCopied(upTo entry: Int) async throws -> Bool {
    let left = try await number(
      """
      SELECT count(*) FROM audit_entries e LEFT JOIN audit_chain c ON c.entry_id = e.id \
      WHERE e.id <= \(entry) AND (c.position IS NULL OR c.position > \
      (SELECT position FROM projections WHERE name = 'audit_logs'))
      """)
    return left == 0
  }
}
