import JSONRPC
import Postgres
import RPCClient
import StoreLoop
import TestSupport
import Testing

@testable import Clinic

/// Slots: made in bulk, blocked, listed.
@Suite struct SlotTests {
  /// Params of `slots.create_bulk`: a morning of one day, in slots of half an hour.
  private static func morning(
    of doctor: TestClinic.Member, on date: String, _ start: JSON = "09:00", _ end: JSON = "12:00"
  ) -> JSON {
    [
      "doctor_id": .int(doctor.id), "from": .string(date), "to": .string(date), "start": start,
      "end": end, "minutes": 30,
    ]
  }

  // MARK: - Making

  @Test("rule 8: slots of a doctor never overlap; what touches coexists")
  func overlap() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let admin = try await clinic.admin()
      let own = try await clinic.connect(doctor, on: 1)
      let date = try await clinic.day(20)
      let made = try await own.call("slots.create_bulk", Self.morning(of: doctor, on: date))
      #expect(try made.integer("created") == 6)
      #expect(try made.list("items").map { try $0.text("start_time") }.first == "09:00")
      #expect(try made.list("skipped").isEmpty)
      let shifted = try await admin.call(
        "slots.create_bulk", Self.morning(of: doctor, on: date, "08:15", "12:45"))
      #expect(
        try shifted.list("items").map { try $0.text("start_time") } == ["08:15", "12:15"])
      #expect(try shifted.list("skipped").count == 7)
      #expect(try shifted.list("skipped").allSatisfy { $0["reason"]?.string == "overlaps" })
      let adjacent = try await admin.call(
        "slots.create_bulk", Self.morning(of: doctor, on: date, "12:45", "13:15"))
      #expect(try adjacent.integer("created") == 1)
      // Another doctor's time is another's.
      let other = try await clinic.member(.doctor)
      let others = try await admin.call("slots.create_bulk", Self.morning(of: other, on: date))
      #expect(try others.integer("created") == 6)
      let error = await #expect(throws: PostgresError.self) {
        try await clinic.postgres.query(
          """
          INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT doctor_id, date, \
          start_time + interval '1 minute', end_time FROM slots ORDER BY id LIMIT 1
          """)
      }
      #expect(error?.constraint == "slots_no_overlap")
    }
  }

  @Test("rule 8: 20 bulk creations of other grids at once, at two instances: no two slots overlap")
  func gridsAtOnce() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let callers = try await concurrently(4) { try await clinic.connect(doctor, on: $0 % 2) }
      let date = try await clinic.day(20)
      let results = try await concurrently(20) { index in
        try await callers[index % 4].call(
          "slots.create_bulk",
          [
            "doctor_id": .int(doctor.id), "from": .string(date), "to": .string(date),
            "start": .string("09:\(10 + index)"), "end": "12:00",
            "minutes": .int(10 + index % 3 * 5),
          ])
      }
      let made = try results.reduce(0) { try $0 + $1.integer("created") }
      #expect(made > 0)
      #expect(try await clinic.number("SELECT count(*) FROM slots") == made)
      let broken = try await clinic.brokenRules()
      #expect(broken.filter { $0.hasPrefix("rule 8") } == [])
    }
  }

  @Test("rule 10: repeating a bulk creation creates nothing, also at both instances at once")
  func repeated() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desks = [try await clinic.admin(on: 0), try await clinic.admin(on: 1)]
      let params: JSON = [
        "doctor_id": .int(doctor.id), "from": .string(try await clinic.day(10)),
        "to": .string(try await clinic.day(23)), "start": "08:00", "end": "12:00", "minutes": 15,
        "weekdays": ["MON", "WED", "FRI"], "breaks": [["start": "10:00", "end": "10:30"]],
      ]
      let results = try await concurrently(10) { index in
        try await desks[index % 2].call("slots.create_bulk", params)
      }
      let created = try results.map { try $0.integer("created") }
      // Six of those weekdays in two weeks, fourteen slots a day.
      #expect(created.sorted() == Array(repeating: 0, count: 9) + [84])
      #expect(try await clinic.number("SELECT count(*) FROM slots") == 84)
      let first = try #require(results.first { $0["created"]?.int == 84 })
      let ids = try first.list("items").map { try $0.integer("id") }.sorted()
      for result in results where result["created"]?.int == 0 {
        let skipped = try result.list("skipped")
        #expect(skipped.allSatisfy { $0["reason"]?.string == "exists" })
        #expect(try skipped.map { try $0.integer("slot_id") }.sorted() == ids)
      }
    }
  }

  /// Where the clocks change, in which hour, and how next year's days of that are found.
  struct Zone: Sendable, CustomStringConvertible {
    let name: String
    /// The month and which Sunday of it: 2 is the second, -1 the last one.
    let spring: (month: Int, sunday: Int)
    let autumn: (month: Int, sunday: Int)
    var description: String { name }

    static let all = [
      Zone(name: "Europe/Berlin", spring: (3, -1), autumn: (10, -1)),
      Zone(name: "America/New_York", spring: (3, 2), autumn: (11, 1)),
    ]

    static func sunday(_ change: (month: Int, sunday: Int)) throws -> LocalDate {
      let today = LocalDate(days: Int(WallClock.microseconds() / 86_400_000_000))
      let first = try #require(LocalDate(year: today.parts.year + 1, month: change.month, day: 1))
      let sundays = (0..<31).map { first.adding(days: $0) }.filter {
        $0.parts.month == change.month && Weekday(of: $0) == .sunday
      }
      return change.sunday > 0 ? sundays[change.sunday - 1] : try #require(sundays.last)
    }
  }

  @Test(
    "rule 11: slots keep their wall-clock time over a change of daylight saving",
    arguments: Zone.all)
  func daylightSaving(zone: Zone) async throws {
    try await TestClinic.run(1, ["CLINIC_TIME_ZONE": zone.name]) { clinic in
      let admin = try await clinic.admin()
      for (change, gap) in [
        (try Zone.sunday(zone.spring), ["02:00", "02:30"]), (try Zone.sunday(zone.autumn), []),
      ] {
        let doctor = try await clinic.member(.doctor)
        let params: JSON = [
          "doctor_id": .int(doctor.id), "from": .string(change.adding(days: -1).description),
          "to": .string(change.adding(days: 1).description), "start": "01:00", "end": "04:00",
          "minutes": 30,
        ]
        let made = try await admin.call("slots.create_bulk", params)
        #expect(try made.integer("created") == 18 - gap.count)
        let skipped = try made.list("skipped")
        #expect(try skipped.map { try $0.text("start_time") } == gap)
        #expect(skipped.allSatisfy { $0["reason"]?.string == "no_such_time" })
        #expect(skipped.allSatisfy { $0["date"]?.string == change.description })
        let again = try await admin.call("slots.create_bulk", params)
        #expect(try again.integer("created") == 0)

        // The same times by the clock on each day, of which one is not 24 hours long.
        let hours = try await clinic.number(
          """
          SELECT (extract(epoch FROM (max(date) + '03:00'::time) AT TIME ZONE \(zone.name) \
          - (min(date) + '03:00'::time) AT TIME ZONE \(zone.name)) / 3600)::bigint FROM slots \
          WHERE doctor_id = \(doctor.id)
          """)
        #expect(hours == (gap.isEmpty ? 49 : 47))
        let times = try await clinic.texts(
          """
          SELECT string_agg(to_char(start_time, 'HH24:MI'), ' ' ORDER BY start_time) FROM slots \
          WHERE doctor_id = \(doctor.id) GROUP BY date ORDER BY date
          """)
        let whole = "01:00 01:30 02:00 02:30 03:00 03:30"
        #expect(times == [whole, gap.isEmpty ? whole : "01:00 01:30 03:00 03:30", whole])
      }
      // A slot that would end inside the gap is not there either; one round it is.
      let doctor = try await clinic.member(.doctor)
      let spring = try Zone.sunday(zone.spring).description
      for (start, end, minutes, created) in [
        ("01:45", "02:15", 30, 0), ("01:30", "02:00", 30, 1), ("02:59", "03:04", 5, 0),
        ("03:04", "03:09", 5, 1),
      ] {
        let made = try await admin.call(
          "slots.create_bulk",
          [
            "doctor_id": .int(doctor.id), "from": .string(spring), "to": .string(spring),
            "start": .string(start), "end": .string(end), "minutes": .int(minutes),
          ])
        #expect(try made.integer("created") == created, "\(start) to \(end)")
      }
    }
  }

  @Test("what has begun is not made; what cannot be a plan is refused with its field")
  func refusals() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let own = try await clinic.connect(doctor)
      let today = try await clinic.day(0, in: NoonZone.name)
      let made = try await own.call(
        "slots.create_bulk", Self.morning(of: doctor, on: today, "00:00", "23:30"))
      let past = try made.list("skipped").filter { $0["reason"]?.string == "past" }.count
      #expect(past > 20 && past < 30)
      #expect(try made.integer("created") == 47 - past)
      let yesterday = try await own.call(
        "slots.create_bulk",
        Self.morning(of: doctor, on: try await clinic.day(-1, in: NoonZone.name)))
      #expect(try yesterday.list("skipped").count == 6 && yesterday.integer("created") == 0)

      for (field, change): (String, [(String, JSON)]) in [
        ("to", [("to", "2026-01-01")]), ("to", [("to", "9999-12-31")]),
        ("to", [("from", "9999-12-31"), ("to", "9999-12-31")]),
        ("to", [("to", .string(try await clinic.day(366 + 5)))]),
        ("to", [("to", .string(try await clinic.day(300))), ("minutes", 5)]),
        ("end", [("end", "09:00")]), ("end", [("end", "08:00")]), ("end", [("end", "24:01")]),
        ("start", [("start", "9:00")]), ("minutes", [("minutes", 4)]),
        ("minutes", [("minutes", 481)]), ("minutes", [("minutes", 240)]),
        ("weekdays", [("weekdays", [])]), ("weekdays[0]", [("weekdays", ["monday"])]),
        ("breaks", [("breaks", [["start": "10:00", "end": "10:00"]])]),
        ("breaks[0].end", [("breaks", [["start": "10:00"]])]),
        ("from", [("from", "2026-02-30")]),
      ] {
        var params: [(name: String, value: JSON)] = [
          ("doctor_id", .int(doctor.id)), ("from", .string(try await clinic.day(5))),
          ("to", .string(try await clinic.day(5))), ("start", "09:00"), ("end", "12:00"),
          ("minutes", 30),
        ]
        for (name, value) in change {
          params.removeAll { $0.name == name }
          params.append((name, value))
        }
        let error = try await own.refused("slots.create_bulk", .object(params))
        #expect(error.code == -32602, "\(change)")
        #expect(error.data["field"] == .string(field), "\(change)")
      }
      #expect(try await clinic.number("SELECT count(*) FROM slots") == 47 - past)

      let lastDay = try await clinic.day(6)
      let night = try await own.call(
        "slots.create_bulk", Self.morning(of: doctor, on: lastDay, "23:00", "24:00"))
      #expect(try night.list("items").map { try $0.text("end_time") } == ["23:30", "24:00"])
      let booked = try await clinic.booking(
        of: try #require(try night.list("items").last).integer("id"), by: try await clinic.admin())
      let appointment = try await own.call("appointments.get", ["id": .int(booked)])
      #expect(try appointment.text("end_time") == "24:00")
      let colleague = try await clinic.connect(.doctor)
      let date = try await clinic.day(5)
      let others = try await colleague.refused(
        "slots.create_bulk", Self.morning(of: doctor, on: date))
      #expect(others.reason == "not_your_slots" && others.code == -32002)
      let admin = try await clinic.admin()
      let reception = try await clinic.member(.reception)
      let none = try await admin.refused(
        "slots.create_bulk", Self.morning(of: reception, on: date))
      #expect(none.reason == "not_a_doctor")
    }
  }

  @Test("five thousand slots in one call")
  func many() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.member(.doctor)
      let own = try await clinic.connect(doctor)
      // 100 days of 50 slots.
      let params: JSON = [
        "doctor_id": .int(doctor.id), "from": .string(try await clinic.day(1)),
        "to": .string(try await clinic.day(100)), "start": "08:00", "end": "16:20", "minutes": 10,
      ]
      let made = try await own.call("slots.create_bulk", params)
      #expect(try made.integer("created") == 5000 && made.list("items").count == 5000)
      let again = try await own.call("slots.create_bulk", params)
      #expect(try again.list("skipped").count == 5000)
    }
  }

  // MARK: - Blocking

  @Test("rule 12: a blocked slot that an undone check-in has got back is free after its block")
  func blockAgain() async throws {
    try await TestClinic.run(1) { clinic in
      let doctor = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let slot = try await clinic.slots(of: doctor, 1)[0]
      let appointment = try await clinic.booking(of: slot, by: desk)
      _ = try await clinic.postgres.query("UPDATE slots SET is_blocked = true WHERE id = \(slot)")
      let own = try await clinic.connect(doctor)
      let blocked = try await own.call(
        "slots.block", ["id": .int(slot), "cancel_appointments": true])
      #expect(try blocked.integer("cancelled_appointment_id") == appointment)
      #expect(try blocked.member("appointment_id").isNull)
    }
  }

  @Test("rule 12: a booked slot is not blocked silently; told to, its appointment is cancelled")
  func block() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let own = try await clinic.connect(doctor, on: 1)
      let desk = try await clinic.connect(.reception)
      let slots = try await clinic.slots(of: doctor, 2)
      let appointment = try await clinic.booking(of: slots[0], by: desk)
      let booked = try await own.refused("slots.block", ["id": .int(slots[0]), "reason": "ill"])
      #expect(booked.reason == "slot_booked" && booked.code == -32004)
      #expect(booked.data["appointment_id"] == .int(appointment))
      #expect(try await clinic.status(ofAppointment: appointment) == "SCHEDULED")

      let blocked = try await own.call(
        "slots.block", ["id": .int(slots[0]), "reason": "ill", "cancel_appointments": true])
      #expect(try blocked.integer("cancelled_appointment_id") == appointment)
      #expect(blocked["is_blocked"]?.bool == true && blocked["is_available"]?.bool == false)
      #expect(try blocked.text("block_reason") == "ill")
      let whole = try await desk.call("appointments.get", ["id": .int(appointment)])
      #expect(try whole.text("status") == "CANCELLED" && whole.text("cancel_reason") == "ill")
      #expect(try whole.list("history").last?["reason"]?.string == "ill")

      let free = try await own.call("slots.block", ["id": .int(slots[1])])
      #expect(try free.member("cancelled_appointment_id").isNull)
      for slot in slots {
        let refused = try await desk.refused(
          "appointments.create",
          ["patient_id": .int(try await clinic.patient()), "slot_id": .int(slot)])
        #expect(refused.reason == "slot_blocked")
      }
      let stale = try await own.refused("slots.unblock", ["id": .int(slots[0]), "version": 1])
      #expect(stale.reason == "stale_version" && stale.data["version"] == .int(2))
      let open = try await own.call("slots.unblock", ["id": .int(slots[0]), "version": 2])
      #expect(open["is_available"]?.bool == true && open["block_reason"]?.isNull == true)
      let again = try await own.call("slots.unblock", ["id": .int(slots[0])])
      #expect(again["version"]?.int == 3, "nothing to do")
      _ = try await clinic.booking(of: slots[0], by: desk)

      let colleague = try await clinic.connect(.doctor)
      for method in ["slots.block", "slots.unblock"] {
        let others = try await colleague.refused(method, ["id": .int(slots[1])])
        #expect(others.reason == "not_your_slots")
        let missing = try await own.refused(method, ["id": 4711])
        #expect(missing.reason == "not_found" && missing.data["resource"] == .string("slot"))
      }
    }
  }

  @Test(
    "rule 12: blocking a slot whose patient waits cancels the token too; with the doctor it is refused"
  )
  func blockOfArrival() async throws {
    try await TestClinic.run(2, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let own = try await clinic.connect(doctor, on: 1)
      let desk = try await clinic.connect(.reception)
      let follower = try await desk.subscribe()
      var tokens: [JSONValue] = []
      var slots: [Int] = []
      for minutes in [5, 20] {
        slots.append(try await clinic.slot(of: doctor, in: minutes))
        let appointment = try await clinic.booking(of: slots[slots.count - 1], by: desk)
        tokens.append(
          try await desk.call("queue.check_in", ["appointment_id": .int(appointment)]))
      }
      try await own.call("queue.call_next")
      let params: JSON = ["cancel_appointments": true]
      let busy = try await own.refused("slots.block", params.with("id", .int(slots[0])))
      #expect(busy.reason == "invalid_transition" && busy.data["from"] == .string("WITH_DOCTOR"))
      let blocked = try await own.call("slots.block", params.with("id", .int(slots[1])))
      #expect(blocked["is_blocked"]?.bool == true)
      #expect(
        try await clinic.texts(
          """
          SELECT t.status || ' ' || a.status FROM queue_tokens t \
          JOIN appointments a ON a.id = t.appointment_id ORDER BY t.number
          """) == ["WITH_DOCTOR WITH_DOCTOR", "CANCELLED CANCELLED"])
      // Boards see it go.
      try await follower.reach(try follower.version + 4)
      let last = try #require(follower.messages.last)
      #expect(try last.list("tokens").first?["token"]?.string == tokens[1]["token"]?.string)
      #expect(try last.member("board").integer("waiting") == 0)
    }
  }

  @Test("rule 12: blocking and booking at once, at two instances: one of them")
  func blockOrBook() async throws {
    try await TestClinic.run(2) { clinic in
      let doctor = try await clinic.member(.doctor)
      let owns = [
        try await clinic.connect(doctor, on: 0), try await clinic.connect(doctor, on: 1),
      ]
      let slots = try await clinic.slots(of: doctor, 30)
      let patients = try await clinic.patients(slots.count)
      let pairs = try await concurrently(slots.count) { index in
        async let block = owns[index % 2].outcome("slots.block", ["id": .int(slots[index])])
        async let book = owns[(index + 1) % 2].outcome(
          "appointments.create",
          ["slot_id": .int(slots[index]), "patient_id": .int(patients[index])])
        return [try await block.reason, try await book.reason]
      }
      for pair in pairs {
        #expect(pair == ["ok", "slot_blocked"] || pair == ["slot_booked", "ok"])
      }
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM slots s WHERE is_blocked \
          = EXISTS (SELECT FROM appointments WHERE slot_id = s.id)
          """) == 0)
    }
  }

  // MARK: - Looking

  @Test("slots are listed in order of time, page by page; a kiosk sees nobody's appointment")
  func list() async throws {
    try await TestClinic.run(1, NoonZone.settings) { clinic in
      let doctor = try await clinic.member(.doctor)
      let other = try await clinic.member(.doctor)
      let desk = try await clinic.connect(.reception)
      let own = try await clinic.connect(doctor)
      let kiosk = try await clinic.connect(.kiosk)
      let slots = try await clinic.slots(of: doctor, 7)
      let others = try await clinic.slots(of: other, 3)
      _ = try await clinic.slot(of: doctor, in: -60)
      let appointment = try await clinic.booking(of: slots[2], by: desk)
      try await own.call("slots.block", ["id": .int(slots[4]), "reason": "a meeting"])

      var seen: [Int] = []
      var cursor: JSON = nil
      repeat {
        let page = try await desk.call(
          "slots.list", ["limit": 3, "cursor": cursor, "from": .string(try await clinic.day(1))])
        seen += try page.list("items").map { try $0.integer("id") }
        cursor = page["next_cursor"].json
        if page["next_cursor"]?.isNull == true { break }
      } while seen.count < 20
      // By time, then by id.
      let expected = (0..<3).flatMap { [slots[$0], others[$0]] } + slots[3...]
      #expect(seen == expected)

      let free = try await kiosk.call(
        "slots.list", ["doctor_id": .int(doctor.id), "available": true])
      #expect(
        try free.list("items").map { try $0.integer("id") } == [0, 1, 3, 5, 6].map { slots[$0] })
      let taken = try await kiosk.call(
        "slots.list", ["doctor_id": .int(doctor.id), "available": false])
      #expect(try taken.list("items").count == 3, "today's, which is over, too")
      for slot in try taken.list("items") {
        #expect(slot["appointment_id"]?.isNull == true && slot["block_reason"]?.isNull == true)
      }
      let staff = try await desk.call("slots.list", ["doctor_id": .int(doctor.id)])
      #expect(try staff.list("items").compactMap { $0["appointment_id"]?.int } == [appointment])
      let none = try await desk.call(
        "slots.list", ["from": "2030-01-01", "to": "2029-01-01"])
      #expect(try none.list("items").isEmpty)

      // Nobody can book with a doctor who is gone.
      let admin = try await clinic.admin()
      try await admin.call("users.update", ["id": .int(other.id), "enabled": false])
      let gone = try await desk.call(
        "slots.list", ["doctor_id": .int(other.id), "available": true])
      #expect(try gone.list("items").isEmpty)
      let refused = try await desk.refused(
        "appointments.create",
        ["patient_id": .int(try await clinic.patient()), "slot_id": .int(others[0])])
      #expect(refused.reason == "not_a_doctor")
    }
  }
}
