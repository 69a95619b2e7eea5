import Clinic
import JSONRPC
import Postgres
import TestSupport
import Testing

/// Calls that wait for a lock in PostgreSQL which somebody else holds.
@Suite struct WireDeadlineTests {
  @Test("a call past its time is refused, changes nothing, and holds up no other")
  func deadline() async throws {
    try await TestClinic.run(2, ["CLINIC_CALL_SECONDS": "6"]) { clinic in
      let patients = try await clinic.patients(3)
      let admin = try await clinic.admin()
      try await admin.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let before = try await clinic.contents()
      let wire = try clinic.daemons[0].wire()
      try await clinic.holding("SELECT FROM queue_days FOR UPDATE") {
        try await clinic.holdingPatient(patients[2]) {
          let started = ContinuousClock.now
          let key: JSON = "the key of a call past its time"
          try await wire.send(
            WireSocket.request(
              "queue.walk_in", ["patient_id": .int(patients[1]), "idempotency_key": key], id: 1)
              + WireSocket.request(
                "patients.update",
                ["id": .int(patients[2]), "name": "Another", "idempotency_key": key], id: 2))
          try await eventually("both wait") { try await clinic.waitingSessions() >= 2 }
          // What needs neither lock goes on.
          for caller in [admin, try await clinic.admin(on: 1)] {
            #expect(try await caller.call("queue.today").integer("version") == 1)
            try await caller.call("patients.get", ["id": .int(patients[2])])
            try await caller.call("users.list")
          }
          for id in [1, 2] {
            let answer = try await wire.answer(to: id, within: .seconds(30))
            #expect(answer.errorCode == -32006)
            #expect(answer.errorReason == "deadline_exceeded")
            #expect(answer["error"]?["data"]?["limit"]?.int == 6)
          }
          #expect(ContinuousClock.now - started > .seconds(5))
          #expect(ContinuousClock.now - started < .seconds(15))
          try await eventually("nothing waits any more") {
            try await clinic.waitingSessions() == 0
          }
        }
      }
      #expect(try await clinic.contents() == before)
      // The key was not used.
      try await admin.call("queue.walk_in", ["patient_id": .int(patients[1])])
      #expect(try await clinic.number("SELECT version FROM queue_days") == 2)
    }
  }

  @Test("calls that wait for a row, of as many clients as come, hold up no call that needs another")
  func manyWait() async throws {
    try await TestClinic.run(1) { clinic in
      let patients = try await clinic.patients(2)
      let admin = try await clinic.admin()
      let doctor = try await clinic.member(.doctor)
      let wire = try clinic.daemons[0].wire()
      try await clinic.holdingPatient(patients[0]) {
        let waiting = (1...20).map {
          WireSocket.request(
            "patients.update", ["id": .int(patients[0]), "address": .string("\($0)")], id: $0)
        }
        try await wire.send(Array(waiting.joined()))
        try await eventually("they wait") { try await clinic.waitingSessions() >= 2 }
        for number in 1...20 {
          try await admin.call("patients.create", ["name": .string("Another \(number)")])
          try await admin.call("patients.update", ["id": .int(patients[1]), "address": "Here"])
        }
        try await admin.call("queue.walk_in", ["patient_id": .int(patients[1])])
        try await admin.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      }
      for _ in 1...20 {
        let answer = try #require(try await wire.message())
        #expect(answer["result"] != nil)
      }
    }
  }

  @Test("a call whose commit could not wait for a lock is done again")
  func waitingCommit() async throws {
    try await TestClinic.run(1) { clinic in
      // As a commit with notifications does while another one of them is slow.
      _ = try await clinic.postgres.query("CREATE SEQUENCE commits")
      _ = try await clinic.postgres.query(
        """
        CREATE FUNCTION lock_missed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        IF nextval('commits') <= 2 THEN RAISE 'missed' USING ERRCODE = 'lock_not_available'; END IF; \
        RETURN NULL; END $$
        """)
      _ = try await clinic.postgres.query(
        """
        CREATE CONSTRAINT TRIGGER lock_missed AFTER INSERT ON patients DEFERRABLE INITIALLY DEFERRED \
        FOR EACH ROW EXECUTE FUNCTION lock_missed()
        """)
      try await clinic.connect(.reception).call(
        "patients.create",
        ["name": "Asha Rao", "phone": "+919812345678", "date_of_birth": "1980-02-03"])
      #expect(try await clinic.number("SELECT last_value FROM commits") == 3)
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 1)
    }
  }

  @Test(
    "rpc.cancel ends a waiting call at once", arguments: WireTransport.allCases,
    ["queue.walk_in", "patients.update"])
  func cancel(_ transport: WireTransport, _ method: String) async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.member(.reception)
      let patients = try await clinic.patients(2)
      let admin = try await clinic.admin()
      try await admin.call("queue.walk_in", ["patient_id": .int(patients[0])])
      let wire = try clinic.daemons[0].wire(transport)
      if transport == .tcp { _ = try await wire.call("auth.login", desk.login) }
      let before = try await clinic.contents()
      let params: JSON =
        method == "queue.walk_in"
        ? ["patient_id": .int(patients[1])] : ["id": .int(patients[1]), "name": "Another"]
      try await clinic.holding("SELECT FROM queue_days FOR UPDATE") {
        try await clinic.holdingPatient(patients[1]) {
          try await wire.send(WireSocket.request(method, params, id: 7))
          try await eventually("it waits") { try await clinic.waitingSessions() > 0 }
          let started = ContinuousClock.now
          try await wire.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":7}}"# + "\n")
          let answer = try await wire.answer(to: 7)
          #expect(answer.errorCode == -32006)
          #expect(answer.errorReason == "cancelled")
          #expect(ContinuousClock.now - started < .seconds(3))
          try await eventually("nothing waits any more") {
            try await clinic.waitingSessions() == 0
          }
          let unknown = try await wire.call("rpc.cancel", ["id": 7], id: 9)
          #expect(unknown["result"]?["cancelled"]?.bool == false)
        }
      }
      #expect(try await clinic.contents() == before)
      #expect(try await wire.call(method, params, id: 10)["result"] != nil)
    }
  }

  @Test("a read of several parts ends at once too, and tells its deadline as such")
  func cancelledSnapshot() async throws {
    try await TestClinic.run(1, ["CLINIC_CALL_SECONDS": "3"]) { clinic in
      _ = try await clinic.admin()
      let wire = try clinic.daemons[0].wire()
      try await clinic.holding("LOCK TABLE invoices IN ACCESS EXCLUSIVE MODE") {
        try await wire.send(WireSocket.request("billing.get", ["id": 1], id: 7))
        try await eventually("it waits") { try await clinic.waitingSessions() > 0 }
        try await wire.send(#"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":7}}"# + "\n")
        #expect(try await wire.answer(to: 7).errorReason == "cancelled")
        #expect(
          try await wire.call("billing.get", ["id": 1], id: 8).errorReason == "deadline_exceeded")
      }
      #expect(try await wire.call("billing.get", ["id": 1], id: 9).errorReason == "not_found")
    }
  }

  @Test("a report that is cancelled does not tell that MongoDB is away")
  func cancelledReport() async throws {
    try await TestClinic.run(1) { clinic in
      _ = try await clinic.admin()
      let wire = try clinic.daemons[0].wire()
      var reasons: Set<String?> = []
      for id in 1...30 {
        let cancel = #"{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":\#(id)}}"# + "\n"
        try await wire.send(
          WireSocket.request("reports.audit_logs", [:], id: id) + Array(cancel.utf8))
        reasons.insert(try await wire.answer(to: id).errorReason)
      }
      #expect(reasons.contains("cancelled"))
      #expect(reasons.isSubset(of: ["cancelled", nil]))
    }
  }
}

extension TestClinic {
  /// The row of a patient, held by another session of the test's own.
  fileprivate func holdingPatient(
    _ id: Int, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await postgres.withConnection { connection in
      _ = try await connection.query("BEGIN")
      _ = try await connection.query("SELECT FROM patients WHERE id = \(id) FOR UPDATE")
      try await body()
      _ = try await connection.query("ROLLBACK")
    }
  }
}
