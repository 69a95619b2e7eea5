import JSONRPC
import Mongo
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rule 6: merging moves every row that names the patient, the old id resolves to the survivor,
/// chains never cycle, and unmerge restores.
@Suite struct MergeTests {
  @Test("rule 6: no table that names a patient is left out of a merge")
  func schema() async throws {
    try await TestClinic.run(1) { clinic in
      let tables = try await clinic.texts(
        """
        SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t \
        USING (table_schema, table_name) WHERE c.column_name = 'patient_id' \
        AND t.table_type = 'BASE TABLE' AND c.table_schema = current_schema() ORDER BY 1
        """)
      #expect(tables == (PatientTable.moved.map(\.name) + ["visitors"]).sorted())
      // Whatever else points at patients is a merge's own.
      let others = try await clinic.texts(
        """
        SELECT conrelid::regclass || '.' || a.attname FROM pg_constraint c \
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) \
        WHERE c.confrelid = 'patients'::regclass AND a.attname <> 'patient_id' ORDER BY 1
        """)
      #expect(
        others == [
          "patient_merges.merged_id", "patient_merges.survivor_id", "patients.merged_into",
        ])
    }
  }

  @Test("rule 6: rows of every table move, the old id means the survivor, and unmerge gives back")
  func everyTable() async throws {
    try await TestClinic.run(2) { clinic in
      let world = try await MergeWorld(clinic, patients: 2)
      let (old, survivor) = (world.patients[0], world.patients[1])
      let before = try await world.rows()
      #expect(before.allSatisfy { !$0.value.isEmpty })
      try await world.admin.call(
        "patients.update",
        [
          "id": .int(old), "allergies": ["Penicillin", "nuts"], "medical_history": "asthma",
          "emergency_contact": ["name": "Ravi"],
        ])
      try await world.admin.call(
        "patients.update", ["id": .int(survivor), "allergies": ["penicillin"]])

      let merged = try await world.admin.call(
        "patients.merge", ["id": .int(old), "into": .int(survivor), "reason": "registered twice"])
      #expect(try merged.integer("id") == survivor)
      #expect(try merged.list("allergies").map(\.string) == ["penicillin", "nuts"])
      #expect(try merged.text("medical_history") == "asthma")
      #expect(try merged.member("emergency_contact").text("name") == "Ravi")
      let moved = try await world.rows()
      for table in PatientTable.moved.map(\.name) {
        #expect(moved[old]?[table] == nil, "\(table)")
        let all = try #require(before[old]?[table]).union(before[survivor]?[table] ?? [])
        #expect(moved[survivor]?[table] == all, "\(table)")
      }
      // The old number means the survivor, everywhere.
      for method in ["patients.get", "patients.update"] {
        let found = try await world.other.call(method, ["id": .int(old)])
        #expect(try found.integer("id") == survivor, "\(method)")
      }
      let listed = try await world.other.call("patients.list", ["search": .string("\(old)")])
      #expect(try listed.list("items").contains { try $0.integer("id") == survivor })
      let visits = try await world.other.pages("patients.history", ["id": .int(old), "limit": 1])
      #expect(visits.count == 2)
      #expect(try visits.allSatisfy { try $0.member("patient").integer("id") == survivor })
      try await clinic.drained()
      try await clinic.expectHistory()
      let report = try await world.other.pages(
        "reports.visit_history", ["patient_id": .int(old)])
      #expect(report.count == 2)
      // The queue in memory of both instances too.
      try await eventually("every instance shows the survivor's tokens") {
        try await [world.admin, world.other].concurrentMap { caller in
          try await caller.call("queue.today").list("tokens")
            .allSatisfy { $0["patient_id"]?.int != old }
        }.allSatisfy(\.self)
      }

      for params: JSON in [["id": .int(old), "into": .int(survivor)]] {
        let error = try await world.admin.refused("patients.merge", params)
        #expect(error.reason == "already_merged")
      }
      let restored = try await world.admin.call("patients.unmerge", ["id": .int(old)])
      #expect(try restored.integer("id") == old)
      #expect(restored["archived_at"]?.isNull == true)
      #expect(try await world.rows() == before)
      try await clinic.drained()
      try await clinic.expectHistory()
      try await eventually("every instance shows both again") {
        try await [world.admin, world.other].concurrentMap { caller in
          let ids = try await caller.call("queue.today").list("tokens")
            .compactMap { $0["patient_id"]?.int }
          return Set(ids) == Set(world.patients)
        }.allSatisfy(\.self)
      }
      #expect(
        try await world.admin.refused("patients.unmerge", ["id": .int(old)]).reason == "not_merged")
    }
  }

  @Test("rule 6: undone, a merge takes back what it united, but for what somebody changed since")
  func partsAgain() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      let own: [(Int, JSON)] = [
        (
          0,
          [
            "allergies": ["Penicillin", "nuts"], "chronic_conditions": ["asthma"],
            "medical_history": "of the first", "email": "first@example.org",
            "address": "1 First Street", "emergency_contact": ["name": "Ravi"],
          ]
        ),
        (
          1,
          [
            "allergies": ["penicillin"], "medical_history": "of the second",
            "address": "2 Second Street",
          ]
        ),
        (2, ["allergies": ["latex"]]),
      ]
      for (index, record) in own {
        try await admin.call("patients.update", record.with("id", .int(patients[index])))
      }
      func record(_ index: Int) async throws -> String {
        try await clinic.texts(
          """
          SELECT concat_ws(' | ', allergies::text, chronic_conditions::text, medical_history, phone, \
          email, address, emergency_contact ->> 'name') FROM patients WHERE id = \(patients[index])
          """)[0]
      }
      func merge(_ old: Int, _ into: Int) async throws {
        try await admin.call(
          "patients.merge", ["id": .int(patients[old]), "into": .int(patients[into])])
      }
      func unmerge(_ old: Int) async throws {
        try await admin.call("patients.unmerge", ["id": .int(patients[old])])
      }
      var before: [String] = []
      for index in 0..<3 { before.append(try await record(index)) }
      try await merge(0, 1)
      #expect(
        try await record(1).hasPrefix("{penicillin,nuts} | {asthma} | of the second\n\nof the"))
      try await unmerge(0)
      #expect(try await record(0) == before[0])
      #expect(try await record(1) == before[1])

      // Somebody goes on with the survivor.
      try await merge(0, 1)
      try await admin.call(
        "patients.update",
        [
          "id": .int(patients[1]), "allergies": ["penicillin", "nuts", "dust"],
          "medical_history": "seen again", "email": "second@example.org",
        ])
      try await unmerge(0)
      #expect(
        try await record(1)
          == "{penicillin,dust} | {} | seen again | 0712 2 | second@example.org | 2 Second Street")

      // Of a chain, the one in the middle is as it was, too.
      before[1] = try await record(1)
      try await merge(0, 1)
      try await merge(1, 2)
      try await unmerge(0)
      try await unmerge(1)
      #expect(try await record(0) == before[0])
      #expect(try await record(1) == before[1])
    }
  }

  @Test("rules 6, 30: what two merged patients bring goes from the survivor with the last of them")
  func broughtByTwo() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      let survivor = patients[2]
      let own: [(Int, JSON)] = [
        (
          0,
          [
            "allergies": ["Penicillin"], "chronic_conditions": ["asthma"], "phone": "0711",
            "medical_history": "smokes", "emergency_contact": ["name": "Ravi"],
          ]
        ),
        (
          1,
          [
            "allergies": ["penicillin", "nuts"], "chronic_conditions": ["Asthma"], "phone": "0722",
            "medical_history": "smokes", "emergency_contact": ["name": "Mira"],
          ]
        ),
        (2, ["phone": nil]),
      ]
      for (index, record) in own {
        try await admin.call("patients.update", record.with("id", .int(patients[index])))
      }
      func record() async throws -> String {
        try await clinic.texts(
          """
          SELECT concat_ws(' | ', allergies::text, chronic_conditions::text, medical_history, phone, \
          emergency_contact ->> 'name') FROM patients WHERE id = \(survivor)
          """)[0]
      }
      func merge(_ index: Int) async throws {
        try await admin.call(
          "patients.merge", ["id": .int(patients[index]), "into": .int(survivor)])
      }
      func unmerge(_ index: Int) async throws {
        try await admin.call("patients.unmerge", ["id": .int(patients[index])])
      }
      let before = try await record()
      for index in [0, 1] { try await merge(index) }
      #expect(try await record() == "{Penicillin,nuts} | {asthma} | smokes | 0711 | Ravi")
      try await unmerge(0)
      #expect(try await record() == "{Penicillin,nuts} | {asthma} | smokes | 0722 | Mira")
      try await unmerge(1)
      #expect(before == "{} | {}")
      #expect(try await record() == before)
      for index in [1, 0] { try await merge(index) }
      #expect(try await record() == "{penicillin,nuts} | {Asthma} | smokes | 0722 | Mira")
      for index in [0, 1] { try await unmerge(index) }
      #expect(try await record() == before)

      // What people enter meanwhile is nobody's to take away.
      try await admin.call(
        "patients.update", ["id": .int(patients[1]), "medical_history": "broke an arm"])
      for index in [0, 1] { try await merge(index) }
      #expect(
        try await record()
          == "{Penicillin,nuts} | {asthma} | smokes\n\nbroke an arm | 0711 | Ravi")
      try await admin.call(
        "patients.update",
        [
          "id": .int(survivor), "phone": "0722", "medical_history": "smokes\n\nbroke an arm\n\nold",
        ])
      try await unmerge(1)
      #expect(try await record() == "{Penicillin} | {asthma} | smokes\n\nold | 0722 | Ravi")
      try await unmerge(0)
      #expect(try await record() == "{} | {} | old | 0722")
    }
  }

  @Test("rule 6: what somebody removes after a merge and writes down again stays")
  func writtenDownAgain() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(2)
      let (old, survivor) = (JSON.int(patients[0]), JSON.int(patients[1]))
      try await admin.call(
        "patients.update",
        ["id": old, "allergies": ["Nuts", "Latex", "Pollen"], "chronic_conditions": ["asthma"]])
      try await admin.call("patients.merge", ["id": old, "into": survivor])
      for allergies: JSON in [["Latex", "Pollen"], ["latex", "nuts", "Wool"]] {
        try await admin.call("patients.update", ["id": survivor, "allergies": allergies])
      }
      try await admin.call("patients.unmerge", ["id": old])
      let record = try await admin.call("patients.get", ["id": survivor])
      // Pollen is gone, and the merge's latex was never away.
      #expect(try record.list("allergies").map(\.string) == ["nuts", "Wool"])
      #expect(try record.list("chronic_conditions").isEmpty)
      let given = try await admin.call("patients.get", ["id": old])
      #expect(try given.list("allergies").map(\.string) == ["Nuts", "Latex", "Pollen"])
    }
  }

  @Test(
    "rule 6: undone in any order, merges leave the survivor's own history, and nothing of others",
    arguments: [
      ["Asthma", "Asthma since 2010", "Asthma"], ["Gout", "Asthma\n\nGout", "Gout"],
      ["", "Asthma\n\nGout", "Gout"], ["b\n\na", "b\n\na\n\nb", "a\n\nb"],
      ["", "a\n\nb", "b\n\nc"], ["Gout.", "Gout", "Gout"],
    ], [[0, 1], [1, 0]])
  func histories(_ histories: [String], order: [Int]) async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      for (id, history) in zip(patients, histories) where !history.isEmpty {
        try await admin.call(
          "patients.update", ["id": .int(id), "medical_history": .string(history)])
      }
      func history() async throws -> String {
        try await admin.call("patients.get", ["id": .int(patients[0])])["medical_history"]?.string
          ?? ""
      }
      for id in patients.dropFirst() {
        try await admin.call("patients.merge", ["id": .int(id), "into": .int(patients[0])])
        for known in [histories[0], histories[patients.firstIndex(of: id) ?? 0]] {
          #expect("\n\n\(try await history())\n\n".contains("\n\n\(known)\n\n") || known.isEmpty)
        }
      }
      for (step, index) in order.enumerated() {
        try await admin.call("patients.unmerge", ["id": .int(patients[index + 1])])
        let left = step == 0 ? histories[order[1] + 1] : histories[0]
        #expect("\n\n\(try await history())\n\n".contains("\n\n\(left)\n\n") || left.isEmpty)
      }
      #expect(try await history() == histories[0])
    }
  }

  @Test("rule 6: a history that went through two merges stays with whose it is")
  func historiesInAChain() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3).map(JSON.int)
      let (x, y, z) = (patients[0], patients[1], patients[2])
      for (id, history) in [(x, "Gout"), (y, "Asthma")] {
        try await admin.call("patients.update", ["id": id, "medical_history": .string(history)])
      }
      for (id, into) in [(x, y), (y, z)] {
        try await admin.call("patients.merge", ["id": id, "into": into])
      }
      try await admin.call("patients.unmerge", ["id": x])
      try await admin.call("patients.merge", ["id": x, "into": z])
      for id in [x, y] { try await admin.call("patients.unmerge", ["id": id]) }
      for (id, history) in [(x, "Gout"), (y, "Asthma"), (z, nil)] {
        let patient = try await admin.call("patients.get", ["id": id])
        #expect(patient["medical_history"]?.string == history)
      }
    }
  }

  @Test(
    "rule 6: a history that the merges shared is the survivor's own once it is edited",
    arguments: [[1, 2], [2, 1]])
  func editedShared(order: [Int]) async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      func update(_ index: Int, _ history: String) async throws {
        try await admin.call(
          "patients.update",
          ["id": .int(patients[index]), "medical_history": .string(history)])
      }
      try await update(1, "Asthma\n\nGout")
      try await update(2, "Gout")
      for id in patients.dropFirst() {
        try await admin.call("patients.merge", ["id": .int(id), "into": .int(patients[0])])
      }
      try await update(0, "Asthma, mild\n\nGout")
      for index in order {
        try await admin.call("patients.unmerge", ["id": .int(patients[index])])
      }
      let record = try await admin.call("patients.get", ["id": .int(patients[0])])
      #expect(record["medical_history"]?.string == "Asthma, mild\n\nGout")
    }
  }

  @Test("rule 6: a contact and a history that somebody writes down after merges stay")
  func contactsWrittenDown() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      func update(_ index: Int, _ changes: JSON) async throws {
        try await admin.call("patients.update", changes.with("id", .int(patients[index])))
      }
      try await update(0, ["phone": nil])
      try await update(1, ["phone": "+1 555 0111", "medical_history": "Gout"])
      try await update(2, ["phone": "+1 555 0222"])
      for id in patients.dropFirst() {
        try await admin.call("patients.merge", ["id": .int(id), "into": .int(patients[0])])
      }
      try await update(0, ["phone": "+1 555 0222", "medical_history": nil])
      try await update(0, ["medical_history": "Gout"])
      for id in patients.dropFirst() {
        try await admin.call("patients.unmerge", ["id": .int(id)])
        let patient = try await admin.call("patients.get", ["id": .int(patients[0])])
        #expect(patient["phone"]?.string == "+1 555 0222")
        #expect(patient["medical_history"]?.string == "Gout")
      }
    }
  }

  @Test("rule 6: a merge that would make a record longer than one may be loses nothing of it")
  func tooLong() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let patients = try await clinic.patients(3)
      _ = try await clinic.postgres.query(
        """
        UPDATE patients SET allergies = ARRAY(SELECT id || ' ' || n FROM generate_series(1, 26) n), \
        medical_history = repeat(id::text, 10000)
        """)
      func refusal() async throws -> RPCError {
        try await admin.refused(
          "patients.merge", ["id": .int(patients[0]), "into": .int(patients[1])])
      }
      let lists = try await refusal()
      #expect(lists.code == -32004)
      #expect(lists.reason == "record_too_long")
      #expect(lists.data["field"] == "allergies")
      _ = try await clinic.postgres.query("UPDATE patients SET allergies = allergies[1:25]")
      #expect(try await refusal().data["field"] == "medical_history")
      _ = try await clinic.postgres.query(
        "UPDATE patients SET medical_history = left(medical_history, 9999)")
      let united = try await admin.call(
        "patients.merge", ["id": .int(patients[0]), "into": .int(patients[1])])
      #expect(try united.list("allergies").count == 50)
      #expect(united["medical_history"]?.string?.count == 20_000)
      // It can be changed still.
      try await admin.call(
        "patients.update", ["id": .int(patients[1]), "allergies": united["allergies"].json])
    }
  }

  @Test("rule 6: what a merge is refused for")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let desk = try await clinic.connect(.reception)
      let patients = try await clinic.patients(6)
      let doctor = try await clinic.member(.doctor)
      func reason(_ old: Int, _ into: Int, _ more: JSON = [:]) async throws -> String {
        try await admin.refused(
          "patients.merge", ["id": .int(old), "into": .int(into)]
        ).reason
      }
      #expect(try await reason(patients[0], patients[0]) == "same_patient")
      #expect(try await reason(patients[0], 999_999) == "not_found")
      #expect(try await reason(999_999, patients[0]) == "not_found")
      #expect(
        try await admin.refused(
          "patients.merge",
          ["id": .int(patients[0]), "into": .int(patients[1]), "version": 9]
        ).reason == "stale_version")
      try await desk.call("patients.delete", ["id": .int(patients[1])])
      #expect(try await reason(patients[0], patients[1]) == "patient_archived")
      try await desk.call("queue.walk_in", ["patient_id": .int(patients[0])])
      #expect(try await reason(patients[0], patients[2]) == "patient_in_queue")
      for patient in [patients[3], patients[4]] {
        _ = try await clinic.postgres.query(
          "INSERT INTO visits (patient_id, doctor_id) VALUES (\(patient), \(doctor.id))")
      }
      let open = try await admin.refused(
        "patients.merge", ["id": .int(patients[3]), "into": .int(patients[4])])
      #expect(open.reason == "visit_open")
      #expect(
        try await open.data["id"]
          == .int(clinic.number("SELECT id FROM visits WHERE patient_id = \(patients[3])")))
      for (patient, start) in [(patients[2], "09:00"), (patients[5], "09:00")] {
        _ = try await clinic.postgres.query(
          """
          WITH d AS (INSERT INTO users (username, password_hash, full_name, role) \
          VALUES ('of' || \(patient), '', 'D', 'DOCTOR') RETURNING id), \
          s AS (INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT id, \
          current_date + 1, \(start)::text::time, '10:00' FROM d RETURNING *) \
          INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
          created_by, changed_by) SELECT \(patient), id, doctor_id, date, start_time, end_time, \
          'test', 'test' FROM s
          """)
      }
      let overlap = try await admin.refused(
        "patients.merge", ["id": .int(patients[2]), "into": .int(patients[5])])
      #expect(overlap.reason == "appointments_overlap")
      #expect(
        try await overlap.data["appointment_id"]
          == .int(clinic.number("SELECT id FROM appointments WHERE patient_id = \(patients[2])")))
      // Refused means nothing changed.
      #expect(try await clinic.number("SELECT count(*) FROM patient_merges") == 0)
      #expect(try await clinic.number("SELECT count(*) FROM patient_merge_rows") == 0)
      #expect(
        try await desk.refused("patients.merge", ["id": 1, "into": 2]).reason == "role_not_allowed")
    }
  }

  @Test("rule 9: what one patient's appointments may do, those of two who are merged may not")
  func overlaps() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.connect(.admin)
      let desk = try await clinic.connect(.reception)
      let patients = try await clinic.patients(2)
      var slots: [Int] = []
      for _ in 0..<3 {
        slots += try await clinic.slots(of: try await clinic.member(.doctor))
      }
      let first = try await clinic.booking(of: slots[0], by: desk, for: patients[0])
      let told = try await desk.call(
        "appointments.create",
        ["patient_id": .int(patients[0]), "slot_id": .int(slots[1]), "override": true]
      ).integer("id")
      try await desk.call("appointments.cancel", ["id": .int(first)])
      let other = try await clinic.booking(of: slots[2], by: desk, for: patients[1])
      for (old, into, named) in [(0, 1, told), (1, 0, other)] {
        let refused = try await admin.refused(
          "patients.merge", ["id": .int(patients[old]), "into": .int(patients[into])])
        #expect(refused.reason == "appointments_overlap")
        #expect(refused.data["appointment_id"] == .int(named))
      }
      try await desk.call("appointments.cancel", ["id": .int(told)])
      try await admin.call(
        "patients.merge", ["id": .int(patients[0]), "into": .int(patients[1])])
    }
  }

  @Test("rule 6: chains resolve in one step, and are undone from any link")
  func chains() async throws {
    try await TestClinic.run(1) { clinic in
      let world = try await MergeWorld(clinic, patients: 4)
      let (a, b, c, d) = (
        world.patients[0], world.patients[1], world.patients[2], world.patients[3]
      )
      let before = try await world.rows()
      func merge(_ old: Int, _ into: Int) async throws {
        try await world.admin.call("patients.merge", ["id": .int(old), "into": .int(into)])
      }
      func unmerge(_ old: Int) async throws {
        try await world.admin.call("patients.unmerge", ["id": .int(old)])
      }
      func survivors() async throws -> [Int] {
        var ids: [Int] = []
        for patient in world.patients {
          ids.append(
            try await world.admin.call("patients.get", ["id": .int(patient)]).integer("id"))
        }
        return ids
      }
      try await merge(a, b)
      try await merge(b, c)
      try await merge(c, d)
      #expect(try await survivors() == [d, d, d, d])
      #expect(try await world.rows().filter { !$0.value.isEmpty }.keys.sorted() == [d])
      // From the middle: what was merged into it comes with it.
      try await unmerge(c)
      #expect(try await survivors() == [c, c, c, d])
      #expect(try await world.rows()[d] == before[d])
      // From the end.
      try await unmerge(a)
      #expect(try await survivors() == [a, c, c, d])
      #expect(try await world.rows()[a] == before[a])
      // Merged elsewhere, it does not follow the merge that it has left.
      try await merge(a, c)
      try await unmerge(b)
      #expect(try await survivors() == [c, b, c, d])
      #expect(try await world.rows()[b] == before[b])
      try await unmerge(a)
      #expect(try await world.rows() == before)
      #expect(try await survivors() == [a, b, c, d])
    }
  }

  @Test("rule 6: what comes for a patient who is being merged is the survivor's, or was moved")
  func whileMerging() async throws {
    try await TestClinic.run(2) { clinic in
      let admin = try await clinic.connect(.admin)
      let reception = try await clinic.member(.reception)
      let desks = try await concurrently(8) { try await clinic.connect(reception, on: $0 % 2) }
      let doctor = try await clinic.doctorAtWork(on: 1)
      let slots = try await clinic.slots(of: doctor.member, 12)
      let patients = try await clinic.patients(12)
      // Pairs of them, while each is booked and billed, and visits are opened.
      let reasons = try await concurrently(12 * 4) { index in
        let number = index % 12
        let id = JSON.int(patients[number])
        switch index / 12 {
        case 0:
          return try await desks[index % 8].outcome(
            "appointments.create", ["patient_id": id, "slot_id": .int(slots[number])]
          ).reason
        case 1:
          return try await desks[index % 8].outcome(
            "billing.create", JSON.manual(patients[number], "5")
          ).reason
        case 2 where number % 2 == 0:
          return try await admin.outcome(
            "patients.merge", ["id": id, "into": .int(patients[number + 1])]
          ).reason
        case 3 where number % 2 == 0:
          return try await doctor.caller.outcome("visits.create", ["patient_id": id]).reason
        default: return "ok"
        }
      }
      #expect(reasons.allSatisfy { $0 == "ok" }, "\(reasons)")
      for table in ["appointments", "invoices", "visits"] {
        #expect(
          try await clinic.number(
            """
            SELECT count(*) FROM \(raw: table) t JOIN patients p ON p.id = t.patient_id \
            WHERE p.merged_into IS NOT NULL
            """) == 0, "\(table)")
      }
      #expect(try await clinic.number("SELECT count(*) FROM appointments") == 12)
      #expect(try await clinic.number("SELECT count(*) FROM visits") == 6)
    }
  }

  @Test("rule 6: fifty merges and unmerges at once, in all directions: no cycle, no lost row")
  func concurrent() async throws {
    try await TestClinic.run(2) { clinic in
      let world = try await MergeWorld(clinic, patients: 5)
      let before = try await world.rows()
      let all = before.values.reduce(into: [String: Set<String>]()) { sum, tables in
        for (table, keys) in tables { sum[table, default: []].formUnion(keys) }
      }
      _ = try await concurrently(50) { index in
        let old = world.patients[index % 5]
        let into = world.patients[(index * 3 + 1) % 5]
        let caller = index % 2 == 0 ? world.admin : world.other
        let outcome =
          index % 3 == 2
          ? try await caller.outcome("patients.unmerge", ["id": .int(old)])
          : try await caller.outcome("patients.merge", ["id": .int(old), "into": .int(into)])
        #expect(
          [
            "ok", "already_merged", "not_merged", "same_patient", "patient_archived",
          ].contains(outcome.reason), "\(outcome.reason)")
      }
      #expect(
        try await clinic.number(
          """
          SELECT count(*) FROM patients p JOIN patients s ON s.id = p.merged_into \
          WHERE s.merged_into IS NOT NULL OR s.archived_at IS NOT NULL
          """) == 0, "one step resolves")
      let after = try await world.rows()
      let found = after.values.reduce(into: [String: Set<String>]()) { sum, tables in
        for (table, keys) in tables { sum[table, default: []].formUnion(keys) }
      }
      #expect(found == all, "no row is lost")
      // Whoever is merged has no rows.
      let merged = try await clinic.postgres.query(
        "SELECT id FROM patients WHERE merged_into IS NOT NULL"
      ).column(as: Int.self)
      #expect(merged.allSatisfy { after[$0] == [:] })
      for patient in merged {
        try await world.admin.call("patients.unmerge", ["id": .int(patient)])
      }
      #expect(try await world.rows() == before, "everybody has the own rows again")
    }
  }
}

/// Patients with rows in every table.
private struct MergeWorld: Sendable {
  let clinic: TestClinic
  let admin: TestConnection
  let other: TestConnection
  let patients: [Int]

  init(_ clinic: TestClinic, patients count: Int) async throws {
    self.clinic = clinic
    admin = try await clinic.connect(.admin)
    other = try await clinic.connect(.admin, on: clinic.daemons.count - 1)
    patients = try await clinic.patients(count)
    let doctor = try await clinic.member(.doctor)
    let medicine = try await clinic.medicine("Amoxicillin")
    for (index, patient) in patients.enumerated() {
      let token = try await admin.call("queue.walk_in", ["patient_id": .int(patient)])
      try await admin.call(
        "queue.set_status", ["token": token["token"].json, "status": "CANCELLED"])
      try await clinic.postgres.completedVisits(
        1, of: patient, by: doctor.id, medicine: medicine)
      try await clinic.postgres.invoices(1, of: patient)
      _ = try await clinic.postgres.query(
        """
        INSERT INTO dispensings (prescription_id, patient_id, pharmacist_id) \
        SELECT id, patient_id, doctor_id FROM prescriptions WHERE patient_id = \(patient)
        """)
      // Each at another hour.
      _ = try await clinic.postgres.query(
        """
        WITH s AS (INSERT INTO slots (doctor_id, date, start_time, end_time) \
        SELECT \(doctor.id), current_date + 1, make_time(8 + \(Int32(index)), 0, 0), \
        make_time(9 + \(Int32(index)), 0, 0) RETURNING *) \
        INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
        created_by, changed_by) SELECT \(patient), id, doctor_id, date, start_time, end_time, \
        'test', 'test' FROM s
        """)
    }
  }

  /// The rows of each patient by table.
  func rows() async throws -> [Int: [String: Set<String>]] {
    var rows = Dictionary(uniqueKeysWithValues: patients.map { ($0, [String: Set<String>]()) })
    for table in PatientTable.moved {
      let found = try await clinic.postgres.query(
        "SELECT patient_id, \(sql: table.key) FROM \(raw: table.name)")
      for row in found {
        var cells = row.cells
        rows[try cells.next(), default: [:]][table.name, default: []].insert(try cells.next())
      }
    }
    return rows
  }
}

extension Array where Element: Sendable {
  fileprivate func concurrentMap<Value: Sendable>(
    _ transform: @escaping @Sendable (Element) async throws -> Value
  ) async throws -> [Value] {
    try await concurrently(count) { try await transform(self[$0]) }
  }
}
