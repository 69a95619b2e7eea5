import Glibc
import JSONRPC
import Postgres
import RPCClient
import Redis
import TestSupport
import Testing

@testable import Clinic

/// Kiosks and boards that are paired once, and whom kiosks identify.
@Suite struct DeviceTests {
  /// Pairs a device. - Returns: its connection and what its claim gave.
  private func pair(
    _ role: String, in clinic: TestClinic, on instance: Int = 0
  ) async throws -> (device: TestConnection, id: JSON, claim: JSONValue) {
    let device = try await clinic.stranger(on: instance)
    let request = try await device.call("devices.request_pairing", ["role": .string(role)])
    let desk = try await clinic.connect(.reception, on: 0)
    let approved = try await desk.call(
      "devices.approve", ["code": request["code"].json, "name": "By the door"])
    let claim = try await device.call("devices.claim", ["secret": request["secret"].json])
    return (device, approved["id"].json, claim)
  }

  @Test(
    "a board shows a code, is approved, claims its tokens, refreshes them and follows the queue")
  func board() async throws {
    try await TestClinic.run(2) { clinic in
      let board = try await clinic.stranger(on: 1)
      let request = try await board.call("devices.request_pairing", ["role": "DISPLAY"])
      let secret = request["secret"].json
      let early = try await board.call("devices.claim", ["secret": secret])
      #expect(early["status"]?.string == "PENDING")
      #expect(early["access_token"]?.isNull == true)
      let early2 = try await board.refused("queue.subscribe")
      #expect(early2.reason == "not_authenticated")
      let desk = try await clinic.connect(.reception)
      let code = try request.text("code").lowercased().replacing("-", with: " ")
      let approved = try await desk.call("devices.approve", ["code": .string(code)])
      #expect(approved["status"]?.string == "APPROVED")
      let again = try await desk.refused("devices.approve", ["code": .string(code)])
      #expect(again.reason == "not_found")
      let claim = try await board.call("devices.claim", ["secret": secret])
      #expect(claim["status"]?.string == "CLAIMED")
      let follower = try await board.subscribe()
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      try await follower.reach(1)
      let fresh = try await clinic.stranger()
      try await fresh.call("auth.refresh", ["refresh_token": claim["refresh_token"].json])
      // The device's own name is no way in.
      let user = try #require(claim["user"]?["username"]?.string)
      let guess = try await fresh.refused(
        "auth.login", ["username": .string(user), "password": "a password of somebody"])
      #expect(guess.reason == "bad_credentials")
    }
  }

  @Test("a device whose refresh got no answer for long uses its token again, once")
  func lostRefresh() async throws {
    try await TestClinic.run(2) { clinic in
      let (_, _, claim) = try await pair("KIOSK", in: clinic)
      let caller = try await clinic.stranger(on: 1)
      let params: JSON = ["refresh_token": claim["refresh_token"].json]
      let lost = try await caller.call("auth.refresh", params)
      _ = try await clinic.postgres.query(
        "UPDATE refresh_tokens SET used_at = used_at - interval '1 hour'")
      let next = try await caller.call("auth.refresh", params)
      #expect(
        try await caller.refused("auth.refresh", ["refresh_token": lost["refresh_token"].json])
          .reason == "token_revoked")
      #expect(
        try await caller.refused("auth.refresh", ["refresh_token": next["refresh_token"].json])
          .reason == "token_revoked", "somebody has two of them")
    }
  }

  @Test("a user who is called like a device keeps none out")
  func nameTaken() async throws {
    try await TestClinic.run(1) { clinic in
      _ = try await clinic.postgres.query(
        """
        INSERT INTO users (username, password_hash, full_name, role) \
        VALUES ('device-1', '', 'Somebody', 'RECEPTION')
        """)
      let (device, _, claim) = try await pair("DISPLAY", in: clinic)
      #expect(claim["user"]?["username"]?.string?.hasPrefix("device-1-") == true)
      #expect(claim["status"]?.string == "CLAIMED")
      _ = try await device.subscribe()
    }
  }

  @Test("a claim whose answer was lost is repeated; the tokens of the first one end")
  func lostAnswer() async throws {
    try await TestClinic.run(1) { clinic in
      let kiosk = try await clinic.stranger()
      let request = try await kiosk.call("devices.request_pairing", ["role": "KIOSK"])
      let desk = try await clinic.connect(.reception)
      try await desk.call("devices.approve", ["code": request["code"].json])
      let secret: JSON = ["secret": request["secret"].json]
      let first = try await kiosk.call("devices.claim", secret)
      let second = try await clinic.stranger()
      try await second.call("devices.claim", secret)
      #expect(try await second.call("auth.whoami")["role"]?.string == "KIOSK")
      let other = try await clinic.stranger()
      let refused = try await other.refused(
        "auth.refresh", ["refresh_token": first["refresh_token"].json])
      #expect(refused.reason == "token_revoked")
      _ = try await clinic.postgres.query(
        "UPDATE devices SET claimed_at = now() - interval '11 minutes'")
      #expect(try await other.refused("devices.claim", secret).reason == "token_revoked")
    }
  }

  @Test("rule 46: a revoked device loses its rights and its subscription at once, everywhere")
  func revoked() async throws {
    try await TestClinic.run(2) { clinic in
      let (board, id, claim) = try await pair("DISPLAY", in: clinic, on: 1)
      let follower = try await board.subscribe()
      let admin = try await clinic.admin()
      let device = try await admin.call("devices.revoke", ["id": id])
      #expect(device["status"]?.string == "REVOKED")
      try await follower.message("the end") { $0["kind"]?.string == "closed" }
      #expect(try await board.refused("queue.today").reason == "token_revoked")
      let other = try await clinic.stranger()
      let refresh = try await other.refused(
        "auth.refresh", ["refresh_token": claim["refresh_token"].json])
      #expect(refresh.reason == "token_revoked")
      let list = try await admin.call("devices.list", ["status": "REVOKED"])
      #expect(list["items"]?.count == 1)
    }
  }

  @Test("codes that nobody approves end, wrong secrets are told nothing, requests are throttled")
  func limits() async throws {
    try await TestClinic.run(1) { clinic in
      let device = try await clinic.stranger()
      let request = try await device.call("devices.request_pairing", ["role": "KIOSK"])
      let unknown = try await device.refused("devices.claim", ["secret": "no such secret"])
      #expect(unknown.reason == "token_invalid")
      _ = try await clinic.postgres.query(
        "UPDATE devices SET expires_at = now() - interval '1 second'")
      let desk = try await clinic.connect(.reception)
      let late = try await desk.refused("devices.approve", ["code": request["code"].json])
      #expect(late.reason == "not_found")
      let over = try await device.refused("devices.claim", ["secret": request["secret"].json])
      #expect(over.reason == "token_expired")
      var reasons: [String] = []
      for _ in 0..<12 {
        reasons.append(
          try await device.outcome("devices.request_pairing", ["role": "KIOSK"]).reason)
      }
      #expect(reasons.last == "too_many_attempts")
      #expect(reasons.count { $0 == "ok" } == 9)
      #expect(
        try await clinic.number(
          """
          SELECT count(DISTINCT resource_id) FROM audit_entries \
          WHERE method = 'devices.request_pairing' AND outcome = 'ok'
          """) == 10, "rule 47")
    }
  }

  @Test("one address holds few of the codes that may wait")
  func waitingCodes() async throws {
    try await TestClinic.run(1) { clinic in
      let device = try await clinic.stranger()
      var reasons: [String] = []
      for _ in 0..<65 {
        reasons.append(
          try await device.outcome("devices.request_pairing", ["role": "DISPLAY"]).reason)
        // A minute later.
        _ = try await clinic.redis.command(["DEL", "clinic:attempts:pairing:127.0.0.1"])
      }
      #expect(reasons.prefix(60).allSatisfy { $0 == "ok" })
      #expect(reasons.dropFirst(60).allSatisfy { $0 == "too_many_attempts" })
      #expect(try await clinic.number("SELECT count(*) FROM devices") == 60)
      let other = try await clinic.admin().outcome("devices.request_pairing", ["role": "KIOSK"])
      #expect(other.reason == "ok")
    }
  }

  /// At this cost a hash of each would take a minute, and none has ten seconds.
  @Test("a code is looked up, right or wrong, without a password's hash")
  func codesTakeNoHash() async throws {
    try await TestClinic.run(1, ["CLINIC_PASSWORD_COST": "15"]) { clinic in
      let desk = try await clinic.admin()
      let outcomes = try await concurrently(40) { _ in
        try await desk.outcome("devices.approve", ["code": "222-222"]).reason
      }
      #expect(outcomes.allSatisfy { $0 == "not_found" })
      let device = try await clinic.stranger()
      let request = try await device.call("devices.request_pairing", ["role": "DISPLAY"])
      try await desk.call("devices.approve", ["code": request["code"].json])
      try await device.call("devices.claim", ["secret": request["secret"].json])
    }
  }

  @Test("rule 47: of what a board may not do the first is in the audit at once, the others counted")
  func refusals() async throws {
    try await TestClinic.run(1) { clinic in
      let board = try await clinic.connect(.display)
      #expect(try await board.refused("patients.list").reason == "role_not_allowed")
      #expect(try await clinic.refusals(of: "patients.list") == 1)
      _ = try await concurrently(60) { _ in try await board.refused("patients.list") }
      _ = try await board.refused("users.list")
      _ = try await board.refused("patients.get", ["id": 7])
      await clinic.daemons[0].process.stop(SIGTERM)
      #expect(try await clinic.refusals(of: "patients.list") == 61)
      #expect(try await clinic.refusalEntries(of: "patients.list") < 20)
      #expect(try await clinic.refusals(of: "users.list") == 1)
      let asked = try await clinic.texts(
        "SELECT resource_type || resource_id FROM audit_entries WHERE method = 'patients.get'")
      #expect(asked == ["patient7"], "whose record somebody tried to open")
    }
  }

  @Test("rule 50: a look-up that fails has the shape of one that succeeds; attempts are throttled")
  func identify() async throws {
    try await TestClinic.run(2) { clinic in
      let kiosk = try await clinic.connect(.kiosk)
      _ = try await clinic.postgres.query(
        """
        INSERT INTO patients (name, phone, date_of_birth, registered_by) VALUES \
        ('Asha', '+44 20 7946 0001', '1980-02-03', 'test'), \
        ('Mette', '+45 12 34 56 78', '1975-05-06', 'test'), \
        ('Twin one', '020 7946 0002', '2001-02-03', 'test'), \
        ('Twin two', '020 7946 0002', '2001-02-03', 'test')
        """)
      // Whoever registers at a kiosk what somebody else has given keeps that one from nothing.
      _ = try await clinic.postgres.query(
        """
        INSERT INTO patients (name, phone, date_of_birth, registered_by, verified) \
        VALUES ('Not Asha', '020 7946 0001', '1980-02-03', 'test', false)
        """)
      // A twin who came first is not the one whom the reception knows.
      for (name, isVerified) in [("Twin three", false), ("Twin four", true)] {
        _ = try await clinic.postgres.query(
          """
          INSERT INTO patients (name, phone, date_of_birth, registered_by, verified) \
          VALUES (\(name), '020 7946 0003', '2001-02-03', 'test', \(isVerified))
          """)
      }
      func look(_ phone: String, _ born: String) async throws -> JSONValue {
        try await kiosk.call(
          "kiosk.identify", ["phone": .string(phone), "date_of_birth": .string(born)])
      }
      let hit = try await look("020 7946 0001", "1980-02-03")
      let misses = [
        try await look("020 7946 0001", "1980-02-04"),
        try await look("020 7946 0009", "1980-02-03"),
        try await look("020 7946 0002", "2001-02-03"),
        try await look("020 7946 0003", "2001-02-03"),
      ]
      for miss in misses {
        #expect(Array(miss.members.map(\.name)) == Array(hit.members.map(\.name)))
        #expect(miss["appointments"]?.count == 0 && hit["appointments"]?.count == 0)
        #expect(try miss.text("visitor").count == hit.text("visitor").count)
        let walkIn = try await kiosk.refused("queue.walk_in", ["visitor": miss["visitor"].json])
        #expect(walkIn.reason == "visitor_unknown")
      }
      // Who has no appointment is told the same as whom nobody knows.
      for word in misses + [hit] {
        let checkIn = try await kiosk.refused("queue.check_in", ["visitor": word["visitor"].json])
        #expect(checkIn.reason == "visitor_unknown" && checkIn.data["resource"] == nil)
      }
      let token = try await kiosk.call("queue.walk_in", ["visitor": hit["visitor"].json])
      #expect(token["state"]?.string == "WAITING")
      #expect(token["patient_id"] == nil)
      let mette = try await look("12 34 56 78", "1975-05-06")
      _ = try await kiosk.call("queue.walk_in", ["visitor": mette["visitor"].json])
      let twice = try await kiosk.refused("queue.walk_in", ["visitor": hit["visitor"].json])
      #expect(twice.reason == "already_in_queue")
      // The word is of this kiosk alone.
      let other = try await clinic.connect(.kiosk, on: 1)
      let stolen = try await other.refused("queue.walk_in", ["visitor": hit["visitor"].json])
      #expect(stolen.reason == "visitor_unknown")
      var last = ""
      for _ in 0..<6 {
        last = try await kiosk.outcome(
          "kiosk.identify", ["phone": "0000000001", "date_of_birth": "1990-01-01"]
        ).reason
      }
      #expect(last == "too_many_attempts")
    }
  }

  @Test("a visitor's word ends after five minutes")
  func visitorExpires() async throws {
    try await TestClinic.run(1) { clinic in
      let kiosk = try await clinic.connect(.kiosk)
      _ = try await clinic.postgres.query(
        """
        INSERT INTO patients (name, phone, date_of_birth, registered_by) \
        VALUES ('Asha', '0207946000', '1980-02-03', 'test')
        """)
      let found = try await kiosk.call(
        "kiosk.identify", ["phone": "0207946000", "date_of_birth": "1980-02-03"])
      #expect(found["expires_in"]?.int == 300)
      _ = try await clinic.postgres.query("UPDATE visitors SET expires_at = now()")
      let late = try await kiosk.refused("queue.walk_in", ["visitor": found["visitor"].json])
      #expect(late.reason == "visitor_unknown")
      // The relay prunes when it begins to lead.
      try await clinic.daemons[0].restart()
      try await eventually("the visitor is forgotten") {
        try await clinic.number("SELECT count(*) FROM visitors") == 0
      }
    }
  }
}

extension TestClinic {
  /// How many refusals of devices the audit tells of.
  fileprivate func refusals(of method: String) async throws -> Int {
    try await number(
      """
      SELECT coalesce(sum(coalesce((details::json->>'count')::bigint, 1)), 0)::bigint \
      FROM audit_entries WHERE method = \(method) AND outcome <> 'ok' \
      AND role IN ('KIOSK', 'DISPLAY') AND user_id IS NOT NULL
      """)
  }

  /// And in how many entries.
  fileprivate func refusalEntries(of method: String) async throws -> Int {
    try await number(
      "SELECT count(*) FROM audit_entries WHERE method = \(method) AND outcome <> 'ok'")
  }
}

/// Check-in at a kiosk.
@Suite struct KioskCheckInTests {
  @Test("a visitor is checked in for the next appointment of today; a kiosk names none itself")
  func checkIn() async throws {
    // A window that holds at any time of the day.
    let window = ["CLINIC_CHECK_IN_EARLY_MINUTES": "1440", "CLINIC_CHECK_IN_LATE_MINUTES": "1440"]
    try await TestClinic.run(2, window) { clinic in
      let doctor = try await clinic.member(.doctor, name: "Dr. Rao", room: "Room 1").id
      _ = try await clinic.postgres.query(
        """
        WITH p AS (INSERT INTO patients (name, phone, date_of_birth, registered_by) VALUES \
        ('Asha', '0207946000', '1980-02-03', 'test') RETURNING id), \
        s AS (INSERT INTO slots (doctor_id, date, start_time, end_time) SELECT \(doctor), \
        current_date, t, t + interval '10 minutes' FROM unnest(ARRAY['09:00', '15:00']::time[]) t \
        RETURNING id, date, start_time, end_time) \
        INSERT INTO appointments (patient_id, slot_id, doctor_id, date, start_time, end_time, \
        created_by, changed_by) SELECT p.id, s.id, \(doctor), date, start_time, end_time, 'test', \
        'test' FROM p, s
        """)
      let kiosk = try await clinic.connect(.kiosk, on: 1)
      let found = try await kiosk.call(
        "kiosk.identify", ["phone": "0207946000", "date_of_birth": "1980-02-03"])
      let times = try found.list("appointments").map { try $0.text("start_time") }
      #expect(times == ["09:00", "15:00"])
      #expect(try found.list("appointments").first?["doctor_label"]?.string == "Dr. Rao")
      let named = try await kiosk.refused("queue.check_in", ["appointment_id": 1])
      #expect(named.reason == "not_your_patient")
      let token = try await kiosk.call("queue.check_in", ["visitor": found["visitor"].json])
      #expect(token["state"]?.string == "WAITING" && token["room"]?.string == "Room 1")
      let again = try await kiosk.refused("queue.check_in", ["visitor": found["visitor"].json])
      #expect(again.reason == "already_in_queue")
      #expect(
        try await clinic.texts("SELECT status FROM appointments ORDER BY start_time")
          == ["CHECKED_IN", "SCHEDULED"])
      let neither = try await kiosk.refused("queue.check_in")
      #expect(neither.data["field"] == .string("appointment_id"))
    }
  }
}
