import JSONRPC
import Postgres
import RPCClient
import TestSupport
import Testing

@testable import Clinic

/// Everything at once, as a clinic has it: 320 patients on their way from the door to the pharmacy.
@Suite struct DayInTheClinicTests {
  private static let settings = NoonZone.settings.merging([
    "CLINIC_CHECK_IN_EARLY_MINUTES": "1440", "CLINIC_NO_SHOW_GRACE_MINUTES": "0",
  ]) { $1 }

  @Test(
    "a day of 320 patients: 8 doctors, 3 receptions, 2 pharmacists, 4 kiosks, 8 boards; every rule holds in the stores"
  )
  func day() async throws {
    try await TestClinic.run(2, Self.settings) { clinic in
      let tokens = try await Self.pair(8, "DISPLAY", in: clinic) { try $0.tcp }
      let boards = tokens.map { _ in FaultsBoard() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, (board, token)) in zip(boards, tokens).enumerated() {
          let endpoint = try clinic.daemons[number % 2].tcp
          group.addTask { try await board.follow(endpoint, token: token) }
        }
        defer { group.cancelAll() }
        try await eventually("the boards are on") { boards.allSatisfy { $0.version >= 0 } }
        let day = try await Self.begin(in: clinic)
        try await day.run()
        let version = try await clinic.number("SELECT max(version) FROM queue_days")
        for board in boards {
          try await eventually("the board shows version \(version)") { board.version == version }
          #expect(board.gaps == [])
        }
        try await Self.check(day, in: clinic)
      }
    }
  }

  // MARK: - Before it begins

  /// Pairs devices: each asks for a code, the desk approves it. - Returns: their access tokens.
  private static func pair(
    _ count: Int, _ role: String, in clinic: TestClinic, over endpoint: (Daemon) throws -> Endpoint
  ) async throws -> [String] {
    let desk = try await clinic.connect(.reception)
    var tokens: [String] = []
    for number in 0..<count {
      let device = try await TestConnection.connect(to: endpoint(clinic.daemons[number % 2]))
      let request = try await device.call("devices.request_pairing", ["role": .string(role)])
      try await desk.call("devices.approve", ["code": request["code"].json])
      let claim = try await device.call("devices.claim", ["secret": request["secret"].json])
      tokens.append(try claim.text("access_token"))
      await device.close()
    }
    await desk.close()
    return tokens
  }

  /// Hires everybody and fills the shelves.
  private static func begin(in clinic: TestClinic) async throws -> DayInTheClinic {
    let notes = Tally<[String: Int]>([:])
    func crew(_ role: Role, _ count: Int) async throws -> [DayWorker] {
      var crew: [DayWorker] = []
      for number in 0..<count {
        let caller = try await clinic.connect(role, on: number % 2)
        crew.append(DayWorker(caller: caller, notes: notes))
      }
      return crew
    }
    // Not by TCP as well: an address may ask for ten codes a minute.
    let tokens = try await pair(4, "KIOSK", in: clinic) { $0.unix }
    var kiosks: [DayWorker] = []
    for (number, token) in tokens.enumerated() {
      let caller = try await clinic.stranger(on: number % 2)
      try await caller.call("auth.authenticate", ["access_token": .string(token)])
      kiosks.append(DayWorker(caller: caller, notes: notes))
    }
    let pharmacists = try await crew(.pharmacist, 2)
    return DayInTheClinic(
      in: clinic, desks: try await crew(.reception, 3), pharmacists: pharmacists, kiosks: kiosks,
      doctors: try await doctors(8, notes, in: clinic),
      medicines: try await medicines(12, by: pharmacists[0]), notes: notes)
  }

  private static func doctors(
    _ count: Int, _ notes: Tally<[String: Int]>, in clinic: TestClinic
  ) async throws -> [DayInTheClinic.Doctor] {
    let today = try await clinic.day(0, in: NoonZone.name)
    var doctors: [DayInTheClinic.Doctor] = []
    for number in 0..<count {
      let member = try await clinic.member(.doctor, room: "Room \(number)")
      let worker = DayWorker(
        caller: try await clinic.connect(member, on: number % 2), notes: notes)
      let made = try await worker.call(
        "slots.create_bulk",
        [
          "doctor_id": .int(member.id), "from": .string(today), "to": .string(today),
          "start": "15:30", "end": "23:30", "minutes": 10,
        ])
      doctors.append(
        DayInTheClinic.Doctor(
          id: member.id, worker: worker,
          slots: try made.list("items").map { try $0.integer("id") }))
    }
    return doctors
  }

  /// Medicines in four batches each, of which the soonest are used up early.
  private static func medicines(_ count: Int, by pharmacist: DayWorker) async throws -> [Int] {
    var medicines: [Int] = []
    for number in 0..<count {
      let medicine = try await pharmacist.call(
        "inventory.add_medicine",
        [
          "name": .string("Medicine \(number)"), "unit_price": .string("\(number).2\(number % 10)"),
          "drug_class": number == 0 ? "Penicillin" : nil, "reorder_level": 1000,
        ])
      for batch in 0..<4 {
        try await pharmacist.call(
          "inventory.add_batch",
          [
            "medicine_id": medicine["id"].json, "batch_number": .string("B\(batch)"),
            "quantity": .int(batch == 0 ? 500 : 20),
            "expiry_date": .string("203\(4 - batch)-01-31"),
          ])
      }
      medicines.append(try medicine.integer("id"))
    }
    return medicines
  }

  // MARK: - When it is over

  private static func check(_ day: DayInTheClinic, in clinic: TestClinic) async throws {
    try await clinic.drained()
    try await expectAuditCopied(from: clinic.postgres, to: clinic.mongo)
    let broken = try await clinic.brokenRules()
    #expect(broken == [])
    try await clinic.expectHistory()
    let admin = try await clinic.admin(on: 1)
    let agreement = try await admin.call("system.reconcile")
    #expect(agreement["ok"]?.bool == true && agreement["found"]?.int == 0, "\(agreement)")
    #expect(try await clinic.walk(admin, step: 5000) == nil, "the chain holds")
    try await expectNotes(of: day, in: clinic)
    try await expectLocked(in: clinic)
    try await expectSummary(of: day, by: admin)
  }

  /// What was answered is what is written down: each call once, with its outcome.
  private static func expectNotes(of day: DayInTheClinic, in clinic: TestClinic) async throws {
    let notes = day.notes.value
    let rows = try await clinic.postgres.query(
      "SELECT method || ' ' || outcome, count(*) FROM audit_entries GROUP BY 1")
    var entries: [String: Int] = [:]
    for row in rows {
      var cells = row.cells
      let name: String = try cells.next()
      entries[name] = try cells.next()
    }
    #expect(entries.filter { notes[$0.key] != nil } == notes)
    let patients = DayPatient.all
    func count(_ isMeant: (DayPatient) -> Bool) -> Int { patients.count(where: isMeant) }
    #expect(notes["patients.create ok"] == patients.count)
    #expect(notes["appointments.cancel ok"] == count(\.cancels))
    #expect(notes["appointments.mark_no_show ok"] == count(\.staysAway))
    let left = notes["queue.set_status ok", default: 0]
    #expect(left > 0)
    let seen = notes["visits.complete ok", default: 0]
    #expect(seen <= count { !$0.cancels && !$0.staysAway })
    #expect(seen >= count { !$0.cancels && !$0.staysAway && $0.leavesAs == nil })
    #expect(notes["billing.create ok"] == seen)
  }

  /// Rule 27: no completed visit can be changed, by whatever way.
  private static func expectLocked(in clinic: TestClinic) async throws {
    let error = await #expect(throws: PostgresError.self) {
      _ = try await clinic.postgres.query("UPDATE visits SET diagnosis = 'another'")
    }
    #expect(error?.constraint == "visits_locked")
  }

  /// Rule 44: the day in figures is what was taken and done.
  private static func expectSummary(of day: DayInTheClinic, by admin: TestConnection) async throws {
    let notes = day.notes.value
    let summary = try await admin.call("reports.daily_summary")
    let cents = day.taken.value
    let rest = "\(cents % 100)"
    #expect(
      try summary.text("revenue") == "\(cents / 100)." + (rest.count == 1 ? "0" : "") + rest)
    #expect(try summary.integer("new_patients") == DayPatient.all.count)
    #expect(try summary.member("visits").integer("completed") == notes["visits.complete ok"])
    #expect(try summary.integer("dispensings") == notes["dispensing.create ok"])
    let queue = try summary.member("queue")
    #expect(try queue.integer("completed") == notes["visits.complete ok"])
    #expect(try queue.integer("waiting") + queue.integer("with_doctor") == 0)
    let tokens = notes["queue.walk_in ok", default: 0] + notes["queue.check_in ok", default: 0]
    #expect(try queue.integer("total") == tokens)
  }
}
