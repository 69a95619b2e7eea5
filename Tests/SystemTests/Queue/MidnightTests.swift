import JSONRPC
import Mongo
import Postgres
import StoreLoop
import TestSupport
import Testing

@testable import Clinic

/// Rule 16: the token's day is the clinic's, and the daemon itself closes it.
@Suite struct MidnightTests {
  /// A zone in which it will be midnight in so many seconds, in POSIX's words.
  ///
  /// PostgreSQL takes no zone in which the minutes of the year 2000 began at other seconds than
  /// elsewhere. So it is a summer time that does, for a few days round this one; at the turn of the
  /// year, for want of one, midnight comes with the next whole minute.
  private static func zone(midnightIn seconds: Int64) throws -> String {
    let now = WallClock.microseconds() / 1_000_000
    let day = LocalDate(days: Int(now / 86_400))
    let first = try #require(LocalDate(year: day.parts.year, month: 1, day: 1))
    // Counted without a leap day; a day more or less does not matter here.
    let number = day.days - first.days + 1
    guard (4...361).contains(number) else {
      return "XXX" + offset(midnightIn: seconds + 59 - (now + seconds + 59) % 60, after: now)
    }
    return "XXX0YYY\(offset(midnightIn: seconds, after: now)),J\(number - 2)/0,J\(number + 3)/0"
  }

  /// What POSIX calls the zone's distance from UTC: `+03:27:15` is to the west.
  private static func offset(midnightIn seconds: Int64, after now: Int64) -> String {
    // The clock there shows 24:00:00 − seconds: that is UTC plus this.
    var offset = (172_800 - seconds - now % 86_400) % 86_400
    if offset > 43_200 { offset -= 86_400 }
    let size = abs(offset)
    let parts = [size / 3600, size / 60 % 60, size % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return (offset > 0 ? "-" : "+") + parts.joined(separator: ":")
  }

  /// What was done before midnight.
  private struct Evening {
    let date: String
    let followers: [Follower]
  }

  @Test("rule 16: the day turns: other dates, the old day closed, subscribers told")
  func dayTurns() async throws {
    // On a busy machine the evening may be too short.
    for seconds: Int64 in [10, 25, 60] {
      let isLast = seconds == 60
      let hasTurned = Tally(false)
      try await TestClinic.run(2, ["CLINIC_TIME_ZONE": try Self.zone(midnightIn: seconds)]) {
        clinic in
        let evening = try await spendEvening(in: clinic)
        guard let evening else {
          try #require(!isLast, "the machine is too slow")
          return
        }
        try await checkNight(of: clinic, after: evening)
        hasTurned.update { $0 = true }
      }
      if hasTurned.value { return }
    }
  }

  private func spendEvening(in clinic: TestClinic) async throws -> Evening? {
    func today() async throws -> String {
      let zones = try await clinic.texts("SELECT current_setting('TimeZone')")
      #expect(zones == ["UTC"], "the test's own session")
      let reception = try await clinic.admin().call("system.stats")
      return try reception.text("today")
    }
    let start = try await today()
    let reception = try await clinic.member(.reception)
    let desk = try await clinic.connect(reception, on: 0)
    let other = try await clinic.connect(reception, on: 1)
    let board = try await clinic.connect(.display, on: 1)
    let doctors = [try await clinic.member(.doctor), try await clinic.member(.doctor)]
    let patients = try await clinic.patients(6)
    let followers = [
      try await desk.subscribe(), try await other.subscribe(), try await board.subscribe(),
      try await other.subscribe(["date": .string(start)]),
    ]
    var tokens: [JSONValue] = []
    for (index, patient) in patients.dropLast().enumerated() {
      tokens.append(
        try await [desk, other][index % 2].call("queue.walk_in", ["patient_id": .int(patient)]))
    }
    // 1 completed, 2 with a doctor, 3 skipped, 4 cancelled, 5 waiting.
    for doctor in doctors {
      try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
    }
    for (index, status) in [(0, "COMPLETED"), (2, "SKIPPED"), (3, "CANCELLED")] {
      try await other.call(
        "queue.set_status", ["token": tokens[index]["token"].json, "status": .string(status)])
    }
    guard try tokens.allSatisfy({ try $0.text("date") == start }),
      try await today() == start
    else { return nil }
    return Evening(date: start, followers: followers)
  }

  private func checkNight(of clinic: TestClinic, after evening: Evening) async throws {
    let (today, others, board, dated) = (
      evening.followers[0], evening.followers[1], evening.followers[2], evening.followers[3]
    )
    // Whoever follows today gets the new one.
    for follower in [today, others, board] {
      let news = try await follower.message("the new day", within: .seconds(130)) {
        $0["reason"]?.string == "new_day"
      }
      #expect(news["kind"]?.string == "snapshot")
      #expect(try news.text("date") > evening.date)
      #expect(try news.list("tokens").isEmpty)
      #expect(try news.integer("version") == 0)
    }
    // The first token of the new day is number 1 again, with another date.
    let patient = try await clinic.patients(1)[0]
    let token = try await today.caller.call("queue.walk_in", ["patient_id": .int(patient)])
    #expect(try token.integer("number") == 1)
    #expect(try token.text("date") > evening.date)
    for follower in [today, others, board] {
      let change = try await follower.message("the new day's first token") {
        $0["kind"]?.string == "change" && $0["date"]?.string == token["date"]?.string
      }
      #expect(try change.integer("version") == 1)
    }

    // The daemon itself closes the old one.
    let summary = try await awaited(within: .seconds(30), "the old day is closed") {
      let summary = try await others.caller.call(
        "queue.summary", ["date": .string(evening.date)])
      return summary["closed"]?.bool == true ? summary : nil
    }
    let counts = try summary.member("counts")
    #expect(counts["completed"]?.int == 2)
    #expect(counts["no_show"]?.int == 2)
    #expect(counts["cancelled"]?.int == 1)
    #expect(counts["auto_closed"]?.int == 3)
    #expect(counts["waiting"]?.int == 0 && counts["with_doctor"]?.int == 0)
    #expect(try summary.member("consultations").integer("count") == 1, "what a person completed")
    let statuses = try await clinic.texts(
      """
      SELECT number || ' ' || status || ' ' || auto_closed FROM queue_tokens \
      WHERE date = \(evening.date)::text::date ORDER BY number
      """)
    #expect(
      statuses == [
        "1 COMPLETED false", "2 COMPLETED true", "3 NO_SHOW true", "4 CANCELLED false",
        "5 NO_SHOW true",
      ])
    // Whoever follows that date sees it close, without a version missing.
    try await dated.reach(
      try await clinic.number(
        "SELECT version FROM queue_days WHERE date = \(evening.date)::text::date"))
    let last = try #require(dated.messages.last { $0["kind"]?.string == "change" })
    #expect(try Set(last.list("tokens").compactMap { $0["number"]?.int }) == [2, 3, 5])

    // It is summed up, by nobody's hand (rule 44).
    let document = try await awaited(within: .seconds(30), "the day's summary") {
      try await clinic.mongo.findEncoded(
        "daily_summaries", filter: ["_id": .string(evening.date)], sort: ["_id": 1], limit: 1
      ).first
    }
    let stored: DailySummary = try document.decode()
    #expect(stored.final && stored.queue.total == 5)
    #expect(stored.autoClosed.map(\.description) == [2, 3, 5].map { "\(evening.date)-00\($0)" })

    // Nothing moves in it any more, and it was closed once.
    let late = try await today.caller.refused(
      "queue.set_status", ["token": .string("\(evening.date)-005"), "status": "WAITING"])
    #expect(late.reason == "day_closed")
    #expect(
      try await clinic.number("SELECT count(*) FROM queue_days WHERE closed_at IS NOT NULL") == 1)
    #expect(
      try await clinic.texts(
        """
        SELECT concat_ws(' ', user_name, source, resource_type, resource_id, outcome) \
        FROM audit_entries WHERE method = 'queue.close'
        """) == ["clinicd daemon queue \(evening.date) ok"])
  }

  @Test("rules 16, 44: a day that comes back, by a clock set right, goes on and is summed up again")
  func dayComesBack() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let reception = try await clinic.member(.reception)
      let desk = try await clinic.connect(reception)
      let patients = try await clinic.patients(2)
      let first = try await desk.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let appointment = try await clinic.booking(
        of: try await clinic.slot(of: try await clinic.member(.doctor), in: 10), by: desk)
      await clinic.daemons[0].process.stop()
      // As if it had been tomorrow for a while.
      for sql: SQL in [
        "UPDATE queue_tokens SET status = 'NO_SHOW', auto_closed = true, ended_at = now()",
        "UPDATE queue_days SET closed_at = now()",
        "UPDATE appointments SET status = 'NO_SHOW', changed_by = 'clinicd'",
        "UPDATE projections SET position = position + 5 WHERE name = 'daily_summaries'",
      ] { _ = try await clinic.postgres.query(sql) }
      try await clinic.daemons[0].start()
      try await eventually("the day is open again") {
        try await clinic.number("SELECT count(*) FROM queue_days WHERE closed_at IS NULL") == 1
      }
      let again = try await clinic.connect(reception)
      let token = try await again.call("queue.walk_in", ["patient_id": .int(patients[1])])
      #expect(try token.integer("number") == 2)
      let undone = try await again.call(
        "queue.undo", ["token": first["token"].json, "reason": "the clock"])
      #expect(undone["auto_closed"]?.bool == false)
      try await eventually("who was missed may come") {
        try await clinic.status(ofAppointment: appointment) == "SCHEDULED"
      }
      // Rule 47: the audit has both.
      #expect(
        try await clinic.texts(
          """
          SELECT concat_ws(' ', user_name, resource_type, outcome) FROM audit_entries \
          WHERE method = 'queue.reopen' ORDER BY 1
          """) == ["clinicd appointment ok", "clinicd queue ok"])
      try await eventually("yesterday was the last to be summed up") {
        try await clinic.number(
          """
          SELECT current_date - DATE '2000-01-01' - position FROM projections \
          WHERE name = 'daily_summaries'
          """) == 1
      }
    }
  }

  @Test("rules 5, 16: who was missed on days yet to come may come, unless archived since")
  func daysComeBack() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(2)
      let slots = try await clinic.slots(of: doctor, 2)
      let kept = try await clinic.booking(of: slots[0], by: desk, for: patients[0])
      let gone = try await clinic.booking(of: slots[1], by: desk, for: patients[1])
      // As if it had been a day after them for a while.
      try await clinic.postgres.withTransaction { transaction in
        _ = try await transaction.query(
          "UPDATE patients SET archived_at = now() WHERE id = \(patients[1])")
        _ = try await transaction.query(
          "UPDATE appointments SET status = 'NO_SHOW', changed_by = 'clinicd'")
      }
      try await eventually("who was missed may come") {
        try await clinic.status(ofAppointment: kept) == "SCHEDULED"
      }
      #expect(try await clinic.status(ofAppointment: gone) == "NO_SHOW")
    }
  }

  @Test("rule 44: where midnight comes twice or never, a day begins at its first moment")
  func firstMoments() async throws {
    try await TestClinic.run(1) { clinic in
      for (zone, date, start) in [
        ("Atlantic/Azores", "2028-10-29", "2028-10-29T00:00:00Z"),
        ("Atlantic/Azores", "2028-10-30", "2028-10-30T01:00:00Z"),
        ("America/Havana", "2035-11-04", "2035-11-04T04:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z"),
        ("Asia/Kolkata", "2026-02-17", "2026-02-16T18:30:00Z"),
      ] {
        let starts: Bool = try await clinic.postgres.withTransaction { transaction in
          _ = try await transaction.query("SET LOCAL TimeZone = '\(raw: zone)'")
          return try await transaction.query(
            "SELECT day_start('\(raw: date)') = '\(raw: start)'::timestamptz"
          ).single()
        }
        #expect(starts, "\(zone) \(date)")
      }
    }
  }

  @Test("rule 16: a day that somebody holds keeps no later day open, and nobody waiting today")
  func heldDay() async throws {
    try await TestClinic.run(1, ["CLINIC_CALL_SECONDS": "2"]) { clinic in
      let patients = try await clinic.patients(3)
      await clinic.daemons[0].process.stop()
      _ = try await clinic.postgres.query(
        "INSERT INTO queue_days (date) VALUES (current_date - 10), (current_date - 9)")
      try await clinic.holding(
        "SELECT FROM queue_days WHERE date = current_date - 10 FOR UPDATE"
      ) {
        try await clinic.daemons[0].start()
        try await eventually(within: .seconds(30), "the later one is closed") {
          try await clinic.texts(
            "SELECT (closed_at IS NULL)::text FROM queue_days ORDER BY date") == ["true", "false"]
        }
        let desk = try await clinic.connect(.reception)
        for patient in patients {
          try await eventually("the held day is waited for") {
            try await clinic.waitingSessions() > 0
          }
          try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
        }
      }
      try await eventually(within: .seconds(30), "the other one too") {
        try await clinic.number(
          "SELECT count(*) FROM queue_days WHERE closed_at IS NULL AND date < current_date") == 0
      }
    }
  }

  @Test("rules 13, 16: an appointment of a day that is over is missed, unless its patient came")
  func endedAppointments() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctor = try await clinic.member(.doctor)
      let patients = try await clinic.patients(4)
      let slots = try await clinic.slots(of: doctor, 4)
      var appointments: [Int] = []
      for (slot, patient) in zip(slots, patients) {
        appointments.append(try await clinic.booking(of: slot, by: desk, for: patient))
      }
      // The first has come by a number, the second has a visit, the third did not come. Somebody
      // holds the fourth.
      try await clinic.postgres.withTransaction { transaction in
        for sql: SQL in [
          "UPDATE slots SET date = current_date - 1",
          "UPDATE appointments SET date = current_date - 1",
          "INSERT INTO queue_days (date, closed_at) VALUES (current_date - 1, now())",
          """
          INSERT INTO queue_tokens (date, number, patient_id, patient_name, doctor_id, priority, \
          status, arrived_at, called_at, ended_at, changed_version) VALUES (current_date - 1, 1, \
          \(patients[0]), 'x', \(doctor.id), 'ROUTINE', 'COMPLETED', now(), now(), now(), 1)
          """,
          """
          INSERT INTO visits (patient_id, doctor_id, date) \
          VALUES (\(patients[1]), \(doctor.id), current_date - 1)
          """,
        ] { _ = try await transaction.query(sql) }
      }
      try await clinic.postgres.withTransaction { transaction in
        _ = try await transaction.query(
          "SELECT FROM appointments WHERE id = \(appointments[3]) FOR UPDATE")
        for (appointment, status) in zip(appointments, ["COMPLETED", "COMPLETED", "NO_SHOW"]) {
          try await eventually("nobody waits for who is held") {
            try await clinic.status(ofAppointment: appointment) == status
          }
        }
        #expect(try await clinic.status(ofAppointment: appointments[3]) == "SCHEDULED")
      }
      try await eventually("it is ended too") {
        try await clinic.status(ofAppointment: appointments[3]) == "NO_SHOW"
      }
      let audited = try await clinic.texts(
        """
        SELECT method || ' ' || resource_id FROM audit_entries WHERE source = 'daemon' \
        AND resource_type = 'appointment' ORDER BY resource_id::bigint
        """)
      let methods = ["queue.close", "queue.close", "appointments.mark_no_show"]
      #expect(
        audited == zip(methods + methods.suffix(1), appointments).map { "\($0) \($1)" })
    }
  }

  @Test("rule 16: a day whose end nobody saw is closed by the instance that starts next")
  func missedMidnight() async throws {
    try await TestClinic.run(1) { clinic in
      let reception = try await clinic.member(.reception)
      let desk = try await clinic.connect(reception)
      for patient in try await clinic.patients(3) {
        try await desk.call("queue.walk_in", ["patient_id": .int(patient)])
      }
      let doctor = try await clinic.member(.doctor)
      try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      await clinic.daemons[0].process.stop()
      // As if that had been three days ago.
      try await clinic.postgres.withTransaction { transaction in
        for sql: SQL in [
          "CREATE TEMPORARY TABLE old ON COMMIT DROP AS SELECT * FROM queue_tokens",
          "DELETE FROM queue_events", "DELETE FROM queue_tokens",
          "UPDATE queue_days SET date = date - 3",
          "UPDATE old SET date = date - 3, arrived_at = arrived_at - interval '3 days', called_at = called_at - interval '3 days'",
          "INSERT INTO queue_tokens SELECT * FROM old",
        ] { _ = try await transaction.query(sql) }
      }
      try await clinic.daemons[0].start()
      try await eventually("it is closed") {
        try await clinic.texts("SELECT status || auto_closed FROM queue_tokens ORDER BY number")
          == ["COMPLETEDtrue", "NO_SHOWtrue", "NO_SHOWtrue"]
      }
      let again = try await clinic.connect(reception)
      let patient = try await clinic.patient()
      let token = try await again.call("queue.walk_in", ["patient_id": .int(patient)])
      #expect(try token.integer("number") == 1)
    }
  }
}
