import JSONRPC
import Mongo
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// The reports, read from MongoDB.
@Suite struct ReportTests {
  @Test("visit history: filtered, paged by key, the newest first; of a doctor's and admin's alone")
  func visitHistory() async throws {
    try await TestClinic.run(2) { clinic in
      let doctors = [try await clinic.member(.doctor), try await clinic.member(.doctor)]
      let reader = try await clinic.connect(doctors[0], on: 1)
      let patients = try await clinic.patients(3)
      let medicine = try await clinic.medicine("Amoxicillin")
      for patient in patients {
        for doctor in doctors {
          try await clinic.postgres.completedVisits(
            7, of: patient, by: doctor.id, medicine: medicine)
        }
      }
      try await clinic.drained()
      func expected(_ condition: SQL) async throws -> [Int] {
        try await clinic.postgres.query(
          "SELECT id FROM visits WHERE \(sql: condition) ORDER BY date DESC, id DESC"
        ).column()
      }
      let today = try await clinic.texts("SELECT current_date::text")[0]
      let earlier = try await clinic.texts("SELECT (current_date - 3)::text")[0]
      let cases: [(JSON, SQL)] = [
        ([:], "true"),
        (["patient_id": .int(patients[1])], "patient_id = \(patients[1])"),
        (["doctor_id": .int(doctors[1].id)], "doctor_id = \(doctors[1].id)"),
        (
          ["patient_id": .int(patients[1]), "doctor_id": .int(doctors[1].id)],
          "patient_id = \(patients[1]) AND doctor_id = \(doctors[1].id)"
        ),
        (["from": .string(earlier)], "date >= current_date - 3"),
        (["to": .string(earlier)], "date <= current_date - 3"),
        (
          ["from": .string(earlier), "to": .string(earlier), "doctor_id": .int(doctors[0].id)],
          "date = current_date - 3 AND doctor_id = \(doctors[0].id)"
        ),
        (["to": "9999-12-31", "from": .string(today)], "date = current_date"),
      ]
      for (params, condition) in cases {
        let items = try await reader.pages("reports.visit_history", params.with("limit", 4))
        let wanted = try await expected(condition)
        #expect(!wanted.isEmpty)
        #expect(try items.map { try $0.integer("visit_id") } == wanted, "\(params)")
      }
      _ = try await reader.refused("reports.visit_history", ["patient_id": 999_999])
      let nurse = try await clinic.connect(.reception)
      #expect(
        try await nurse.refused("reports.visit_history").reason == "role_not_allowed")
    }
  }

  @Test("stock movements: filtered, paged by key, the newest first")
  func stockMovements() async throws {
    try await TestClinic.run(1) { clinic in
      let reader = try await clinic.connect(.pharmacist)
      let medicines = [
        try await clinic.medicine("Zinc"), try await clinic.medicine("Iron"),
      ]
      for medicine in medicines {
        let batch = try await clinic.postgres.batch(of: medicine, "A")
        try await clinic.postgres.movements(9, of: batch)
        try await clinic.postgres.movements(4, of: batch, "DISCARDED", quantity: -2)
      }
      try await clinic.drained()
      let middle = try await clinic.texts(
        """
        SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') \
        FROM stock_movements ORDER BY id OFFSET 10 LIMIT 1
        """)[0]
      let cases: [(JSON, SQL)] = [
        ([:], "true"),
        (["medicine_id": .int(medicines[1])], "medicine_id = \(medicines[1])"),
        (["movement_type": "DISCARDED"], "movement_type = 'DISCARDED'"),
        (
          ["from": .string(middle)],
          "date_trunc('milliseconds', at) >= \(middle)::text::timestamptz"
        ),
        (
          ["to": .string(middle), "medicine_id": .int(medicines[0])],
          """
          date_trunc('milliseconds', at) < \(middle)::text::timestamptz \
          AND medicine_id = \(medicines[0])
          """
        ),
      ]
      for (params, condition) in cases {
        let items = try await reader.pages("reports.stock_movements", params.with("limit", 3))
        let wanted: [Int] = try await clinic.postgres.query(
          """
          SELECT id FROM stock_movements WHERE \(sql: condition) \
          ORDER BY date_trunc('milliseconds', at) DESC, id DESC
          """
        ).column()
        #expect(!wanted.isEmpty)
        #expect(try items.map { try $0.integer("movement_id") } == wanted, "\(params)")
      }
      let first = try await reader.call("reports.stock_movements", ["limit": 1]).list("items")[0]
      #expect(try first.integer("quantity") == -2)
      #expect(try first.integer("balance") == 9 * 5 - 4 * 2)
      #expect(try first.member("medicine").text("name") == "Iron")
    }
  }

  @Test("every report is found by an index, in its order: no scan of a collection, no sort")
  func plans() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(20)
      let medicine = try await clinic.medicine("Zinc")
      for patient in patients {
        try await clinic.postgres.completedVisits(
          20, of: patient, by: doctor.id, medicine: medicine)
      }
      try await clinic.postgres.movements(
        200, of: try await clinic.postgres.batch(of: medicine, "A"))
      let admin = try await clinic.connect(.admin)
      for patient in patients { try await admin.call("patients.get", ["id": .int(patient)]) }
      try await clinic.drained()
      try await eventually("the audit is copied") {
        try await clinic.mongo.count("audit_logs") > 20
      }
      func check(_ json: String, _ query: any ReportQuery.Type) async throws {
        let value = try JSONDocument(parsing: json).root
        let plan = try await query.plan(of: value, in: clinic.mongo)
        let stages = plan.stages
        #expect(stages.contains("IXSCAN"), "\(json): \(stages)")
        #expect(!stages.contains("COLLSCAN") && !stages.contains("SORT"), "\(json): \(stages)")
      }
      for json in [
        "{}", #"{"patient_id":1}"#, #"{"doctor_id":1,"cursor":"2026-01-05.3"}"#,
        #"{"from":"2026-01-01","to":"2026-12-31"}"#, #"{"patient_id":1,"doctor_id":1}"#,
        #"{"cursor":"2026-01-05.3"}"#, #"{"patient_id":1,"from":"2026-01-01"}"#,
      ] { try await check(json, ListVisitHistory.self) }
      for json in [
        "{}", #"{"medicine_id":1}"#, #"{"movement_type":"RECEIVED","cursor":"1771320600000.9"}"#,
        #"{"from":"2026-01-01T00:00:00Z","medicine_id":1}"#,
      ] { try await check(json, ListStockMovements.self) }
      for json in [
        "{}", #"{"user_id":1}"#, #"{"resource_type":"patient"}"#, #"{"action":"patients.get"}"#,
        #"{"resource_type":"patient","resource_id":"1"}"#, #"{"outcome":"not_found"}"#,
        #"{"from":"2026-01-01T00:00:00Z","user_id":1}"#, #"{"cursor":"1771320600000.12"}"#,
      ] { try await check(json, AuditLogs.self) }
    }
  }

  // MARK: - Days

  @Test("a day's summary on paper, in each format: today's so far, and a day that is over")
  func summaryOnPaper() async throws {
    let settings = ["CLINIC_NAME": "Lotus <Clinic>", "CLINIC_CURRENCY": "EUR"]
    try await TestClinic.run(1, settings) { clinic in
      let admin = try await clinic.admin()
      let patient = try await clinic.patient()
      try await clinic.postgres.invoices(3, of: patient, paid: 2, refunded: 1)
      let medicine = try await clinic.medicine("Zinc")
      try await clinic.postgres.movements(4, of: try await clinic.postgres.batch(of: medicine, "A"))
      let token = try await admin.call("queue.walk_in", ["patient_id": .int(patient)])
      try await admin.call(
        "queue.set_status", ["token": token["token"].json, "status": "NO_SHOW"])
      let method = "reports.print_daily_summary"
      for (format, columns) in [("text", 80), ("receipt", 42)] {
        let paper = try await admin.call(method, ["format": .string(format)])
        let content = try paper.text("content")
        for expected in [
          "Lotus <Clinic>", "SO FAR", "Summary of ", "Tokens", "RECEIVED", "EUR 41.25", "27.50",
          "EUR 13.75",
        ] {
          #expect(content.contains(expected), "\(expected) in \(format)")
        }
        #expect(content.split(separator: "\n").allSatisfy { TextColumns.width(of: $0) <= columns })
      }
      let html = try await admin.call(method, ["format": "html"]).text("content")
      #expect(html.contains("Lotus &lt;Clinic&gt;") && html.contains("EUR 13.75"))
      let pdf = try await admin.call(method, ["format": "pdf"])
      #expect(try pdf.text("content").hasPrefix("JVBERi0"), "%PDF- in Base64")
      let before = try await admin.call(method, ["date": "1999-01-01"]).text("content")
      #expect(before.contains("1999-01-01") && !before.contains("SO FAR"))
      let future = try await admin.refused(method, ["date": "9999-12-31"])
      #expect(future.code == -32602 && future.data["field"] == .string("date"))
    }
  }

  @Test("a stored summary that a hand has changed is none")
  func damagedSummary() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      try await clinic.mongo.insertMany(
        "daily_summaries", [["_id": "2026-01-05", "date": "2026-01-05", "revenue": "1"]])
      let summary = try await admin.call("reports.daily_summary", ["date": "2026-01-05"])
      #expect(try summary.text("revenue") == "0.00")
    }
  }

  @Test("rule 44: a day's summary is what its transactions say, stored once and the same again")
  func summary() async throws {
    try await TestClinic.run(2) { clinic in
      let admin = try await clinic.connect(.admin, on: 1)
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(6)
      for patient in patients {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      for status in ["COMPLETED", "SKIPPED"] {
        let token = try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
        try await desk.call(
          "queue.set_status", ["token": token["token"].json, "status": .string(status)])
      }
      let medicine = try await clinic.medicine("Zinc")
      let batch = try await clinic.postgres.batch(of: medicine, "A")
      try await clinic.postgres.movements(3, of: batch)
      try await clinic.postgres.completedVisits(
        2, of: patients[0], by: doctor.id, medicine: medicine)
      try await clinic.postgres.invoices(4, of: patients[0], paid: 3, refunded: 1)

      let today = try await admin.call("reports.daily_summary")
      #expect(today["final"]?.bool == false)
      let summary = try await desk.call("queue.summary")
      for name in ["waiting", "completed", "skipped", "total", "auto_closed"] {
        #expect(today["queue"]?[name]?.int == summary["counts"]?[name]?.int, "\(name)")
      }
      // Those who were never called have not waited for no time.
      #expect(try summary.member("waits").integer("count") == 2)
      for name in ["count", "mean_seconds", "p50_seconds", "p90_seconds"] {
        #expect(today["waits"]?[name]?.int == summary["waits"]?[name]?.int, "\(name)")
        #expect(today["consultations"]?[name]?.int == summary["consultations"]?[name]?.int)
      }
      #expect(try today.integer("new_patients") == 6)
      #expect(try today.member("visits").integer("total") == 1)
      #expect(try today.integer("prescriptions") == 2)
      let invoices = try today.member("invoices")
      #expect(try invoices.integer("issued") == 4)
      #expect(try invoices.text("total") == "55.00")
      #expect(try today.text("tax") == "5.00")
      #expect(try today.member("payments").text("total") == "41.25")
      #expect(try today.member("refunds").text("card") == "13.75")
      #expect(try today.text("revenue") == "27.50")
      let moved = try today.list("stock_movements")
      #expect(try moved.map { try $0.integer("quantity") } == [15])

      // Yesterday's.
      try await clinic.postgres.invoices(3, of: patients[0], paid: 3, daysAgo: 1)
      let yesterday = try await admin.call("reports.roll_up")
      #expect(yesterday["final"]?.bool == true)
      #expect(try yesterday.member("payments").text("total") == "41.25")
      #expect(try yesterday.text("revenue") == "41.25")
      let date = try yesterday.text("date")
      let stored = try await clinic.mongo.find("daily_summaries")
      #expect(stored.count == 1 && stored[0]["date"] == .string(date))
      _ = try await concurrently(10) { _ in try await admin.call("reports.roll_up") }
      #expect(try await clinic.mongo.find("daily_summaries") == stored)
      let read = try await admin.call("reports.daily_summary", ["date": .string(date)])
      #expect(read.description == yesterday.description)

      // A past day of which something still changes is summed up again.
      _ = try await clinic.postgres.query(
        """
        INSERT INTO visits (patient_id, doctor_id, date) \
        VALUES (\(patients[1]), \(doctor.id), current_date - 1)
        """)
      _ = try await clinic.postgres.query(
        """
        UPDATE visits SET status = 'COMPLETED', completed_at = now(), signed_by = doctor_id \
        WHERE status = 'OPEN'
        """)
      try await eventually("the day is summed up again") {
        try await admin.call("reports.daily_summary", ["date": .string(date)])
          .member("visits").integer("completed") == 2
      }
      let future = try await admin.refused("reports.daily_summary", ["date": "9999-12-31"])
      #expect(future.code == -32602 && future.data["field"] == .string("date"))
      #expect(try await admin.refused("reports.roll_up", ["date": "9999-12-31"]).code == -32602)
      // A day before there was a clinic.
      let old = try await admin.call("reports.daily_summary", ["date": "1999-01-01"])
      #expect(try old.member("queue").integer("total") == 0)
    }
  }
}

// MARK: - Plans

/// A report, as far as a plan is asked for.
protocol ReportQuery: Decodable {
  static var collection: String { get }
  var wanted: (filter: BSONDocument, order: BSONDocument) { get }
}

extension ListVisitHistory: ReportQuery {
  static var collection: String { VisitHistoryTopic.collection }
  var wanted: (filter: BSONDocument, order: BSONDocument) { (filter(of: patientID), Self.order) }
}

extension ListStockMovements: ReportQuery {
  static var collection: String { StockMovementTopic.collection }
  var wanted: (filter: BSONDocument, order: BSONDocument) { (filter, Self.order) }
}

extension AuditLogs: ReportQuery {
  static var collection: String { AuditShipment.collection }
  var wanted: (filter: BSONDocument, order: BSONDocument) {
    (
      filter(of: resourceID.map { [$0.rawValue, "1", "2"] } ?? []), Self.order
    )
  }
}

extension ReportQuery {
  static func plan(of params: JSONValue, in mongo: MongoClient) async throws -> BSON {
    let query = try JSONValueDecoder().decode(Self.self, from: params)
    let (filter, order) = query.wanted
    let plan = try await mongo.explain(collection, filter: filter, sort: order, limit: 51)
    return try #require(plan["queryPlanner"]?["winningPlan"])
  }
}

extension BSON {
  /// The stages of a plan, from the outermost.
  var stages: [String] {
    let own = self["stage"]?.stringValue.map { [$0] } ?? []
    let inner = (self["inputStages"]?.arrayValue ?? []) + [self["inputStage"]].compactMap(\.self)
    return own + inner.flatMap(\.stages)
  }
}
